"""People whom an organiser has to check first, because they may be somebody of another delegation.

Whoever is registered by a coordinator or a public link, with the e-mail or the telephone number of
somebody of another delegation, is accepted like anybody else, so that nobody learns who is
registered elsewhere. They have no place and no badge, and are stored as canceled; coordinators see
them as they would see a newcomer. See ADR 25.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from checkin.db.models import Event, Participant
from checkin.domain.scanning.facts import RegistrationStatus
from checkin.services.people.reserve_list import (
    places_to_move_up,
    reserve_numbers,
    seems_to_be,
    still_waited_for,
)

Row = dict[str, Any]
_STANDS_AS = (RegistrationStatus.CONFIRMED, RegistrationStatus.RESERVE)
#: waits for an organiser; who was canceled before they were checked does not
IS_TO_BE_CHECKED = and_(Participant.unchecked_as.in_(_STANDS_AS), Participant.merged_into.is_(None))
#: registered, as far as a coordinator may know
IS_SEEN_AS_REGISTERED = or_(Participant.standing != RegistrationStatus.CANCELED, IS_TO_BE_CHECKED)
#: confirmed, as far as a coordinator may know
IS_SEEN_AS_CONFIRMED = or_(
    Participant.standing == RegistrationStatus.CONFIRMED, seems_to_be(RegistrationStatus.CONFIRMED)
)


@dataclass(frozen=True, slots=True)
class SeenStanding:
    """The standing of a participant as somebody sees it, and whether they are to be checked."""

    standing: str
    reserve_no: int | None
    to_check: bool = False


def standing_seen(person: Participant, *, by_coordinator: bool) -> SeenStanding:
    """Return a participant's standing as it may be shown.

    Args:
        by_coordinator: it is shown to somebody who must not know who is to be checked.
    """
    if person.unchecked_as is None or person.merged_into is not None:
        return SeenStanding(person.standing, person.reserve_no)
    to_check = not by_coordinator and person.unchecked_as in _STANDS_AS
    return SeenStanding(person.unchecked_as, person.unchecked_no, to_check)


def is_badge_withheld(person: Participant, now: datetime) -> bool:
    """Say whether nobody but an organiser is given this participant's badge yet."""
    if person.unchecked_as is not None:
        return True
    return person.badge_from is not None and person.badge_from > now


def is_withheld_from(person: Participant, own_delegation: int | None, now: datetime) -> bool:
    """Say whether an operator is not given this participant's badge yet.

    Args:
        own_delegation: the only one whose people the operator may know; None for organisers.
    """
    return own_delegation is not None and is_badge_withheld(person, now)


def is_given_out(at: datetime) -> ColumnElement[bool]:
    """Return the condition that a participant's badge may be given out at a moment."""
    return or_(Participant.badge_from.is_(None), Participant.badge_from <= at)


def badge_given_from(event: Event, now: datetime) -> datetime:
    """Return from when the badge of somebody is given out who registers by a link now."""
    return now + timedelta(seconds=event.badge_delay_s)


@dataclass(frozen=True, slots=True)
class Unchecked:
    """How many of a delegation are to be checked, by what their coordinator sees them as."""

    confirmed: int = 0
    reserve: int = 0

    @property
    def all(self) -> int:
        """How many there are."""
        return self.confirmed + self.reserve


def unchecked_by_delegation(session: Session, event_id: int) -> dict[int, Unchecked]:
    """Return how many people of each delegation are to be checked, of those that have any."""
    count = func.count(Participant.id)
    rows = session.execute(
        select(
            Participant.delegation_id,
            count.filter(Participant.unchecked_as == RegistrationStatus.CONFIRMED),
            count.filter(Participant.unchecked_as == RegistrationStatus.RESERVE),
        )
        .where(Participant.event_id == event_id, IS_TO_BE_CHECKED)
        .group_by(Participant.delegation_id)
    )
    return {of: Unchecked(confirmed, reserve) for of, confirmed, reserve in rows}


def seem_registered(
    session: Session,
    event: Event,
    delegation_id: int,
    rows: Sequence[Row],
    version: int,
    now: datetime,
) -> None:
    """Let those of a delegation's new rows who are to be checked look as newcomers do.

    Whoever would have got a place seems confirmed, the others on the reserve list. It is asked
    before the newcomers take their places. The caller holds the lock on the event's row.

    Args:
        rows: all that are enrolled, in their order.
    """
    if not any(row["unchecked_as"] for row in rows):
        return
    places = _places_seen(session, event, delegation_id, version, now)
    late = [row for row in rows[places:] if row["unchecked_as"]]
    numbers = reserve_numbers(session, delegation_id, len(late))
    for row, number in zip(late, numbers, strict=True):
        row["unchecked_as"], row["unchecked_no"] = RegistrationStatus.RESERVE, number


def seems(
    session: Session, event: Event, delegation_id: int, version: int, now: datetime
) -> tuple[str, int | None]:
    """Return standing and number that somebody seems to have who is registered again now."""
    row: Row = {"unchecked_as": RegistrationStatus.CONFIRMED, "unchecked_no": None}
    seem_registered(session, event, delegation_id, [row], version, now)
    return row["unchecked_as"], row["unchecked_no"]


def _places_seen(
    session: Session, event: Event, delegation_id: int, version: int, now: datetime
) -> int:
    """Return how many places of a delegation are free as its coordinator sees it."""
    if still_waited_for(session, event, delegation_id, version, now):
        return 0
    return places_to_move_up(session, delegation_id, now)
