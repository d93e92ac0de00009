"""The call list: people whom no channel has reached, by bus, and what came of each call."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from checkin.db.models import (
    Bus,
    BusPassenger,
    CallResult,
    Delegation,
    Event,
    Operator,
    Outreach,
    Participant,
)
from checkin.services.channels.outreach import is_shared, outreach_of
from checkin.services.common.activity import note
from checkin.services.events.events import delegations_of
from checkin.services.mail.delivery_report import UNREACHED, Chosen, chosen_people
from checkin.services.people.delegations import has_come


@dataclass(frozen=True, slots=True)
class ToCall:
    """Somebody on the call list.

    Attributes:
        bus: the bus that they ride in; None without one.
        result: what came of the last call; None before it.
        caller: who called, where an account has a name.
    """

    person: Participant
    bus: Bus | None
    result: CallResult | None
    called_at: datetime | None
    caller: str | None


@dataclass(frozen=True, slots=True)
class CallCounts:
    """The call list of a delegation in numbers.

    Attributes:
        not_called: nobody has called them yet.
        called: somebody has, and they have not said whether they come.
        without_number: those among all of them whose number nobody knows.
    """

    delegation: Delegation
    not_called: int = 0
    called: int = 0
    coming: int = 0
    not_coming: int = 0
    without_number: int = 0

    @property
    def all(self) -> int:
        """How many are on the list."""
        return self.not_called + self.called + self.coming + self.not_coming

    @property
    def open(self) -> int:
        """How many have not said whether they come."""
        return self.not_called + self.called


def people_to_call(
    session: Session,
    event: Event,
    delegation: Delegation,
    *,
    limit: int,
    offset: int = 0,
    only_open: bool = True,
    seen_at: datetime | None = None,
) -> list[ToCall]:
    """Return a delegation's call list, bus by bus, those without a bus last.

    Args:
        only_open: without those who have said whether they come.
        seen_at: when a coordinator sees them; None for organisers, see `Chosen`.
    """
    wanted = (
        _unreached(event, delegation.id, seen_at)
        .outerjoin(BusPassenger, BusPassenger.participant_id == Participant.id)
        .outerjoin(Bus, Bus.id == BusPassenger.bus_id)
        .outerjoin(Operator, Operator.id == Outreach.caller_id)
        .with_only_columns(
            Participant, Bus, Outreach.call_result, Outreach.called_at, Operator.name
        )
        .order_by(Bus.id.is_(None), Bus.name, Participant.folded_name, Participant.id)
        .limit(limit)
        .offset(offset)
    )
    if only_open:
        result = Outreach.call_result
        wanted = wanted.where(or_(result.is_(None), result == CallResult.CALLED))
    return [
        ToCall(person, bus, CallResult(result) if result else None, at, caller)
        for person, bus, result, at, caller in session.execute(wanted)
    ]


def call_counts(
    session: Session,
    event: Event,
    delegation_id: int | None = None,
    *,
    seen_at: datetime | None = None,
) -> list[CallCounts]:
    """Return the call lists of all delegations, or of one, in numbers, by name."""
    result = Outreach.call_result
    counted = (
        _unreached(event, delegation_id, seen_at)
        .with_only_columns(
            Participant.delegation_id,
            func.count().filter(result.is_(None)),
            *(func.count().filter(result == one) for one in CallResult),
            func.count().filter(Participant.phone.is_(None)),
        )
        .group_by(Participant.delegation_id)
    )
    found = {of: numbers for of, *numbers in session.execute(counted)}
    return [
        CallCounts(one, *found.get(one.id, ()))
        for one in delegations_of(session, event)
        if delegation_id in (None, one.id)
    ]


def record_call(
    session: Session,
    delegation: Delegation,
    participant_id: int,
    result: CallResult | None,
    *,
    operator_id: int,
    now: datetime,
) -> None:
    """Write down what came of a call; None takes it back. The last one counts.

    Raises:
        NotFound: nobody of this delegation has the number.
    """
    row = outreach_of(session, delegation, participant_id)
    row.call_result = None if result is None else str(result)
    row.called_at = None if result is None else now
    row.caller_id = None if result is None else operator_id
    session.flush()
    about = {"operator_id": operator_id, "participant_id": participant_id}
    note(session, row.event_id, "participant.call", now, result=row.call_result, **about)


def _unreached(event: Event, delegation_id: int | None, seen_at: datetime | None) -> Select[Any]:
    """Return the query for confirmed people whom nothing has reached, and who are not here yet."""
    chosen = Chosen(UNREACHED, delegation_id, seen_at=seen_at)
    return (
        select(Participant.id)
        .where(~has_come(), *chosen_people(event, chosen))
        .outerjoin(Outreach, Outreach.participant_id == Participant.id)
        .where(~is_shared(event))
    )
