"""The latest arrivals of people whose flags name an open page, for those pages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, Select, select
from sqlalchemy.orm import Session

from checkin.db.models import Admission, Delegation, Gate, Participant, Scan
from checkin.domain.people.flags import FlagDetails, ShownFlag, shown_flags
from checkin.services.people.flags import flags_of

#: so many arrivals a page shows, the latest first
MOST_SHOWN, _MOST_READ = 50, 200
#: from here on a page says when the person came: the gate told it only later
LATE = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class FlaggedArrival:
    """The arrival of a person with flags.

    Attributes:
        flags: those that name a page.
        told_at: when the server learned of it, if that was long after; else None.
    """

    id: int
    name: str
    name_ar: str | None
    delegation: str
    delegation_ar: str | None
    gate: str
    gate_ar: str | None
    at: datetime
    told_at: datetime | None
    flags: tuple[ShownFlag, ...]

    def is_told_to(self, page: str) -> bool:
        """Say whether one of the flags names a page."""
        return any(flag.page == page for flag in self.flags)


def pages_of(session: Session, event_id: int) -> list[str]:
    """Return the pages that an event's flags name, each once."""
    return sorted({flag.page for flag in flags_of(session, event_id) if flag.page})


def flagged_arrivals(session: Session, event_id: int) -> tuple[FlaggedArrival, ...]:
    """Return the latest arrivals of people with flags for a page, the latest news first."""
    defined = flags_of(session, event_id)
    if not any(flag.page for flag in defined):
        return ()
    found = (_told(row, defined) for row in session.execute(_arrivals(event_id)))
    return tuple(one for one in found if one.flags)[:MOST_SHOWN]


def _told(row: Row[*tuple[Any, ...]], defined: Sequence[FlagDetails]) -> FlaggedArrival:
    is_late = row.received_at - row.at > LATE
    return FlaggedArrival(
        id=row.id,
        name=row.name,
        name_ar=row.name_ar,
        delegation=row.delegation,
        delegation_ar=row.delegation_ar,
        gate=row.gate,
        gate_ar=row.gate_ar,
        at=row.at,
        told_at=row.received_at if is_late else None,
        flags=tuple(flag for flag in shown_flags(row.flags, defined) if flag.page),
    )


def _arrivals(event_id: int) -> Select[*tuple[Any, ...]]:
    return (
        select(
            Admission.id,
            *(Participant.name, Participant.name_ar, Participant.flags),
            Delegation.name.label("delegation"),
            Delegation.name_ar.label("delegation_ar"),
            Gate.name.label("gate"),
            Gate.name_ar.label("gate_ar"),
            *(Admission.admitted_at.label("at"), Scan.received_at),
        )
        .join(Participant, Participant.id == Admission.participant_id)
        .join(Delegation, Delegation.id == Participant.delegation_id)
        .join(Gate, Gate.id == Admission.gate_id)
        .join(Scan, Scan.id == Admission.scan_pk)
        .where(
            Participant.event_id == event_id,
            Participant.flags.is_not(None),
            Admission.entry_no == 1,
            Admission.annulled_at.is_(None),
        )
        .order_by(Admission.id.desc())
        .limit(_MOST_READ)
    )
