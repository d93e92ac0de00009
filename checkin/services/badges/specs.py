"""Specifications of badges for printing, listing and mailing, with tokens derived from the key."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast
from uuid import UUID, uuid4

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from badges.spec import BadgeSpec, Shape
from checkin.db.models import Badge, Category, Delegation, Event, Participant
from checkin.domain.people.fields import ShownIn, own_in
from checkin.domain.scanning.facts import RegistrationStatus
from checkin.protocol.codes import format_code, token_for
from checkin.protocol.time_zones import in_time_zone
from checkin.services.common.keys import Keys
from checkin.services.common.master_key import check_event_key
from checkin.services.events.events import categories_of
from checkin.services.people.registering.unchecked import is_given_out


@dataclass(frozen=True, slots=True)
class BadgeCode:
    """One line of the list that `badges codes` writes: a participant and their badge's code."""

    participant_id: int
    delegation: str
    category: str
    status: str
    name: str
    code: str


def _people(event: Event) -> Any:
    """Return the query for what badges say of an event's participants, but for the code."""
    return (
        select(
            Participant.id.label("participant_id"),
            *(getattr(Participant, key) for key in own_in(ShownIn.BADGE)),
            Participant.standing,
            Participant.category_id,
            Delegation.name.label("delegation"),
            Delegation.name_ar.label("delegation_ar"),
            Category.name.label("category"),
        )
        .join(Delegation, Delegation.id == Participant.delegation_id)
        .join(Category, Category.id == Participant.category_id)
        .where(Participant.event_id == event.id)
        .order_by(Delegation.name, Participant.id)
    )


def _all_badges(event: Event) -> Any:
    own = Badge.participant_id == Participant.id
    return _people(event).join(Badge, own).add_columns(Badge.id, Badge.issue)


def _working_badges(event: Event) -> Any:
    return _all_badges(event).where(Badge.revoked_at.is_(None))


def badge_codes(session: Session, event: Event, keys: Keys) -> Iterator[BadgeCode]:
    """Return the code of every valid badge of an event, delegation by delegation.

    Raises:
        SettingsError: the master key is not the one that the badges were made with.
    """
    check_event_key(event, keys)
    key = keys.for_event(event.slug)
    for row in session.execute(_working_badges(event)):
        yield BadgeCode(
            row.participant_id,
            row.delegation,
            row.category,
            row.standing,
            row.name or row.name_ar,
            format_code(token_for(key, row.id, row.issue)),
        )


def badges_by_delegation(
    session: Session, event: Event, delegation_id: int | None = None
) -> list[tuple[Delegation, int]]:
    """Return the delegations that have badges of confirmed people, by name, and how many.

    Args:
        delegation_id: only this one.
    """
    statement = (
        select(Delegation, func.count())
        .join(Participant, Participant.delegation_id == Delegation.id)
        .join(Badge, Badge.participant_id == Participant.id)
        .where(
            Delegation.event_id == event.id,
            Participant.standing == RegistrationStatus.CONFIRMED,
            Badge.revoked_at.is_(None),
        )
        .group_by(Delegation.id)
        .order_by(Delegation.name)
    )
    if delegation_id is not None:
        statement = statement.where(Delegation.id == delegation_id)
    return [(delegation, count) for delegation, count in session.execute(statement)]


def badge_specs(
    session: Session,
    event: Event,
    keys: Keys,
    *,
    delegation_id: int | None = None,
    participant_ids: Sequence[int] | None = None,
    given_out_at: datetime | None = None,
) -> list[BadgeSpec]:
    """Return the specifications of confirmed participants' badges.

    Args:
        given_out_at: only those that may be given out then; None: all.
        delegation_id: only this delegation's.
        participant_ids: only these people's, confirmed or not.
    """
    check_event_key(event, keys)
    statement = _working_badges(event)
    if delegation_id is not None:
        statement = statement.where(Delegation.id == delegation_id)
    if given_out_at is not None:
        statement = statement.where(is_given_out(given_out_at))
    if participant_ids is None:
        statement = statement.where(Participant.standing == RegistrationStatus.CONFIRMED)
    else:
        statement = statement.where(Participant.id.in_(participant_ids))
    return _specs(session, event, keys, statement)


def badge_spec(session: Session, event: Event, keys: Keys, badge_id: UUID) -> BadgeSpec:
    """Return the specification of one badge, which may be revoked."""
    check_event_key(event, keys)
    [spec] = _specs(session, event, keys, _all_badges(event).where(Badge.id == badge_id))
    return spec


def shown_spec(session: Session, event: Event, participant_id: int) -> BadgeSpec:
    """Return what a participant's badge says, with a code that opens nothing."""
    row = session.execute(_people(event).where(Participant.id == participant_id)).one()
    category = session.get_one(Category, row.category_id)
    return _spec(event, row, token_for(secrets.token_bytes(32), uuid4(), 1), category)


def _specs(session: Session, event: Event, keys: Keys, statement: Any) -> list[BadgeSpec]:
    categories = {one.id: one for one in categories_of(session, event)}
    key = keys.for_event(event.slug)
    return [
        _spec(event, row, token_for(key, row.id, row.issue), categories[row.category_id])
        for row in session.execute(statement)
    ]


def _spec(event: Event, row: Row[Any], token: bytes, category: Category) -> BadgeSpec:
    return BadgeSpec(
        code=format_code(token),
        number=str(row.participant_id),
        name=row.name or row.name_ar,
        name_ar=row.name_ar if row.name else None,
        delegation=row.delegation,
        delegation_ar=row.delegation_ar,
        category=category.name,
        category_ar=category.name_ar,
        category_colour=category.colour,
        category_shape=cast(Shape, category.shape),
        event_name=event.name,
        event_name_ar=event.name_ar,
        starts_at=in_time_zone(event.starts_at, event.timezone),
        venue=event.venue,
        venue_ar=event.venue_ar,
        language=row.language,
    )
