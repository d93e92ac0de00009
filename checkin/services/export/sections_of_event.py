"""What the whole export tells of the event itself: what was laid down before anybody came."""

from __future__ import annotations

from sqlalchemy import select

from checkin.db.models import (
    Category,
    Delegation,
    Device,
    Event,
    Gate,
    GateCategory,
    MailSwitch,
    MessageText,
)
from checkin.services.export.people import Rows


def event_itself(event_id: int) -> Rows:
    """Return an event with all that it lays down."""
    return select(
        *(Event.slug, Event.name, Event.name_ar, Event.venue, Event.venue_ar),
        *(Event.timezone, Event.language, Event.starts_at, Event.ends_at),
        *(Event.doors_open_at, Event.doors_close_at, Event.grace_s, Event.reserve_from),
        *(Event.capacity, Event.reentry, Event.organiser, Event.contact),
        *(Event.retention_days, Event.sensitive, Event.logo, Event.colour),
        *(Event.rehearsal_since, Event.created_at, Event.purged_at),
    ).where(Event.id == event_id)


def delegations(event_id: int) -> Rows:
    """Return the delegations with their quotas."""
    return (
        select(
            Delegation.name.label("delegation"),
            Delegation.name_ar.label("delegation_ar"),
            Delegation.quota,
            Delegation.places_taken,
        )
        .where(Delegation.event_id == event_id)
        .order_by(Delegation.name)
    )


def categories(event_id: int) -> Rows:
    """Return the categories, in their order."""
    return (
        select(
            Category.name.label("category"),
            Category.name_ar.label("category_ar"),
            Category.colour,
            Category.shape,
            Category.position,
        )
        .where(Category.event_id == event_id)
        .order_by(Category.position, Category.id)
    )


def gates(event_id: int) -> Rows:
    """Return the gates; one that `gate_categories` does not name admits every category."""
    return select(Gate.name.label("gate")).where(Gate.event_id == event_id).order_by(Gate.id)


def gate_categories(event_id: int) -> Rows:
    """Return which categories a gate admits."""
    return (
        select(Gate.name.label("gate"), Category.name.label("category"))
        .select_from(GateCategory)
        .join(Gate, Gate.id == GateCategory.gate_id)
        .join(Category, Category.id == GateCategory.category_id)
        .where(GateCategory.event_id == event_id)
        .order_by(Gate.id, Category.id)
    )


def devices(event_id: int) -> Rows:
    """Return the devices, without what opens them."""
    return (
        select(
            Device.id.label("device_id"),
            Device.name,
            Device.software,
            Gate.name.label("gate"),
            *(Device.paired_at, Device.revoked_at, Device.wiped_at, Device.last_seen_at),
            *(Device.skew_ms, Device.waiting, Device.list_at),
        )
        .join(Gate, Gate.id == Device.gate_id)
        .where(Device.event_id == event_id)
        .order_by(Device.id)
    )


def message_texts(event_id: int) -> Rows:
    """Return the event's own words in its messages."""
    return (
        select(MessageText.language, MessageText.name, MessageText.text)
        .where(MessageText.event_id == event_id)
        .order_by(MessageText.language, MessageText.name)
    )


def mail_switch(event_id: int) -> Rows:
    """Return whether its messages may leave."""
    return select(MailSwitch.sending, MailSwitch.changed_at, MailSwitch.sender_seen_at).where(
        MailSwitch.event_id == event_id
    )
