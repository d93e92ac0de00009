"""What the whole export tells of people: who they are, their badges, messages and consents."""

from __future__ import annotations

from sqlalchemy import select

from checkin.db.models import (
    Application,
    Badge,
    BadgePrint,
    Bus,
    Category,
    Consent,
    ConsentText,
    Delegation,
    Message,
    Operator,
    Participant,
    SelfRegistration,
)
from checkin.services.export.people import Rows, participants_and_arrivals


def participants(event_id: int) -> Rows:
    """Return everybody who was registered, canceled ones too."""
    return participants_and_arrivals(event_id).add_columns(
        *(Participant.reserve_no, Participant.blocked, Participant.note),
        *(Participant.registered_by, Participant.registered_at, Participant.canceled_at),
    )


def badges(event_id: int) -> Rows:
    """Return the badges, without their codes."""
    return (
        select(Badge.participant_id, Badge.issue, Badge.issued_at, Badge.revoked_at)
        .where(Badge.event_id == event_id)
        .order_by(Badge.participant_id, Badge.issue)
    )


def badge_prints(event_id: int) -> Rows:
    """Return what was put on paper at a desk."""
    return (
        select(
            *(
                Badge.participant_id,
                Badge.issue.label("badge_issue"),
                BadgePrint.copies,
                BadgePrint.design,
            ),
            *(BadgePrint.printer, BadgePrint.at, Operator.name.label("operator")),
        )
        .select_from(BadgePrint)
        .join(Badge, Badge.id == BadgePrint.badge_id)
        .outerjoin(Operator, Operator.id == BadgePrint.operator_id)
        .where(BadgePrint.event_id == event_id)
        .order_by(BadgePrint.id)
    )


def messages(event_id: int) -> Rows:
    """Return how far each message has come, without its words."""
    return (
        select(
            *(
                Message.participant_id,
                Badge.issue.label("badge_issue"),
                Message.address,
                Message.state,
            ),
            *(Message.attempts, Message.created_at, Message.next_try_at, Message.claimed_at),
            *(Message.handed_at, Message.sent_at, Message.bounced_at, Message.last_answer),
        )
        .join(Badge, Badge.id == Message.badge_id)
        .where(Message.event_id == event_id)
        .order_by(Message.id)
    )


def applications(event_id: int) -> Rows:
    """Return who applied by a link and waits for a decision."""
    return (
        select(
            Delegation.name.label("delegation"),
            *(Application.name, Application.name_ar, Application.email, Application.phone),
            Application.language,
            Application.applied_at.label("consented_at"),
            Application.consent_text_id.label("consent_text"),
        )
        .join(Delegation, Delegation.id == Application.delegation_id)
        .where(Application.event_id == event_id)
        .order_by(Application.id)
    )


def links(event_id: int) -> Rows:
    """Return the links for registering oneself, without their secret."""
    return (
        select(
            Delegation.name.label("delegation"),
            *(SelfRegistration.issue, SelfRegistration.is_open, SelfRegistration.approval),
            Category.name.label("category"),
            SelfRegistration.changed_at,
        )
        .select_from(SelfRegistration)
        .join(Delegation, Delegation.id == SelfRegistration.delegation_id)
        .join(Category, Category.id == SelfRegistration.category_id)
        .where(SelfRegistration.event_id == event_id)
        .order_by(Delegation.name)
    )


def consent_texts(event_id: int) -> Rows:
    """Return the words that people agreed to."""
    used = (
        select(Consent.text_id)
        .where(Consent.event_id == event_id)
        .union(select(Application.consent_text_id).where(Application.event_id == event_id))
    )
    return (
        select(
            ConsentText.id.label("consent_text"),
            *(ConsentText.language, ConsentText.text, ConsentText.first_used_at),
        )
        .where(ConsentText.id.in_(used))
        .order_by(ConsentText.first_used_at, ConsentText.id)
    )


def buses(event_id: int) -> Rows:
    """Return the buses and who leads them."""
    return (
        select(
            Delegation.name.label("delegation"),
            Bus.name.label("bus"),
            *(Bus.leader, Bus.leader_phone, Bus.seats),
        )
        .join(Delegation, Delegation.id == Bus.delegation_id)
        .where(Bus.event_id == event_id)
        .order_by(Delegation.name, Bus.name)
    )
