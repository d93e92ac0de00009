"""Walk-ins who may be registered already: recorded at the gate, decided by an organiser."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from checkin.db.models import (
    Admission,
    Delegation,
    Duplicate,
    Event,
    Participant,
    Scan,
)
from checkin.domain.people.registration import Likeness, Registration
from checkin.errors import NotFound
from checkin.services.common.activity import note as note_activity
from checkin.services.common.locks import lock_event
from checkin.services.people.delegations import first_arrival
from checkin.services.people.registering.duplicates import namesake_of, twin_of
from checkin.services.people.registering.registration import cancel
from checkin.services.scanning.annul import annul_scan
from checkin.services.scanning.conflicts import (
    ArrivalDetails,
    ArrivalJoin,
    Decided,
    Decision,
    decided,
    decisions_on,
    is_decided,
    reason_given,
    write_decision,
)


@dataclass(frozen=True, slots=True)
class Registered:
    """One of the two registrations, with its first admission; None if it had none."""

    person: Participant
    delegation: Delegation
    came: ArrivalDetails | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedDuplicate(Decided):
    """A walk-in who may be registered already, as the page of conflicts shows them."""

    id: int
    walk_in: Registered
    twin: Registered
    same: Likeness


def note_duplicate(
    session: Session,
    event: Event,
    registration: Registration,
    *,
    participant_id: int,
    delegation_id: int,
    now: datetime,
) -> None:
    """Record a new walk-in as a possible duplicate for an organiser to decide, if they are one.

    The name alone is enough in any delegation: who has come without a badge may have chosen another
    one at the gate.
    """
    twin = twin_of(session, event.id, delegation_id, registration, besides=participant_id)
    others = Participant.id != participant_id
    twin = twin or namesake_of(session, event.id, registration, others)
    if twin is None:
        return
    session.add(
        Duplicate(
            participant_id=participant_id,
            event_id=event.id,
            twin_id=twin.participant.id,
            same=twin.same,
            created_at=now,
        )
    )
    session.flush()


def duplicates_of(session: Session, event: Event) -> Sequence[ListedDuplicate]:
    """Return an event's possible duplicates by their time, the open ones first."""
    return [_listed(row) for row in session.execute(_listing(event))]


def decide_duplicate(
    session: Session,
    event: Event,
    participant_id: int,
    decision: Decision,
    note: str,
    operator_id: int,
    now: datetime,
) -> None:
    """Decide, once, whether a walk-in and an earlier registration are one person.

    KEEP means that they are two people; where they are one, `merging.py` makes one record of both
    and decides this as well. ANNUL means that they are one: the earlier registration is
    canceled if nobody came in by it, else the walk-in's is, and what that one counted is annulled.

    Raises:
        NotFound: the event has no such possible duplicate.
        InvalidRequest: the note is empty.
        Conflict: another decision was made before.
    """
    note = reason_given(note)
    lock_event(session.connection(), event.id)
    duplicate = session.get(Duplicate, participant_id)
    if duplicate is None or duplicate.event_id != event.id:
        raise NotFound(f"no possible duplicate has the number {participant_id}")
    if is_decided(duplicate, decision, participant_id):
        return
    if decision == Decision.ANNUL:
        _cancel_one(session, event, duplicate, note, operator_id, now)
    write_decision(duplicate, decision, note, operator_id, now)
    said: dict[str, Any] = {"participant_id": participant_id, "decision": decision, "note": note}
    note_activity(session, event.id, "conflict.duplicate", now, operator_id=operator_id, **said)


def settle_merged_duplicate(
    session: Session, kept_id: int, other_id: int, note: str, operator_id: int | None, now: datetime
) -> None:
    """Decide what two records were noted as, if they were and it is open: they are merged now."""
    duplicate = _noted(session, kept_id, other_id)
    if duplicate is not None and duplicate.decided_at is None:
        write_decision(duplicate, Decision.MERGE, note, operator_id, now)


def reopen_merged_duplicate(
    session: Session, kept_id: int, other_id: int, merged_at: datetime
) -> None:
    """Undo the decision that a merge made of what two records were noted as."""
    duplicate = _noted(session, kept_id, other_id)
    if duplicate is not None and duplicate.decided_at == merged_at:
        duplicate.decision = duplicate.note = None
        duplicate.decided_by = duplicate.decided_at = None


def _noted(session: Session, one_id: int, two_id: int) -> Duplicate | None:
    ids = (one_id, two_id)
    return session.scalar(
        select(Duplicate).where(Duplicate.participant_id.in_(ids), Duplicate.twin_id.in_(ids))
    )


def _cancel_one(
    session: Session, event: Event, duplicate: Duplicate, note: str, operator_id: int, now: datetime
) -> None:
    walk_in, twin = (_kept(session, one) for one in (duplicate.participant_id, duplicate.twin_id))
    if walk_in == twin:  # both were merged into one record since
        return
    if not _scans_that_let_in(session, twin):
        cancel(session, event, twin, now=now, operator_id=operator_id)
        return
    for scan in _scans_that_let_in(session, walk_in):
        annul_scan(
            session,
            event_id=event.id,
            scan_id=scan.scan_id,
            reason=note,
            now=now,
            supervisor_id=operator_id,
        )
    cancel(session, event, walk_in, now=now, operator_id=operator_id)


def _kept(session: Session, participant_id: int) -> int:
    """Return the record that stands for a person: this one, or the one that it was merged into."""
    return session.get_one(Participant, participant_id).merged_into or participant_id


def _scans_that_let_in(session: Session, participant_id: int) -> Sequence[Scan]:
    """Return the scans that counted a participant in, the last first."""
    return session.scalars(
        select(Scan)
        .join(Admission, Admission.scan_pk == Scan.id)
        .where(Admission.participant_id == participant_id, Admission.annulled_at.is_(None))
        .order_by(Admission.day.desc(), Admission.entry_no.desc())
    ).all()


class _Registration:
    """The joins that add one of the two registrations to a query, under aliases."""

    def __init__(self, name: str) -> None:
        self._person = aliased(Participant, name=name)
        self._delegation = aliased(Delegation, name=f"{name}_delegation")
        self._arrival = ArrivalJoin(f"{name}_admission")

    def join(self, query: Any, participant_id: Any) -> Any:
        """Join the participant with this id, and their first admission where there is one."""
        people = (
            query.join(self._person, self._person.id == participant_id)
            .join(self._delegation, self._delegation.id == self._person.delegation_id)
            .add_columns(self._person, self._delegation)
        )
        return self._arrival.join(people, first_arrival(self._arrival.admission, self._person))

    def of(self, row: Any) -> Registered:
        """Return the registration from a row of the query."""
        person, delegation = (row._mapping[one] for one in (self._person, self._delegation))
        return Registered(person, delegation, self._arrival.of(row))


_WALK_IN, _TWIN = _Registration("walk_in_person"), _Registration("twin")


def _listing(event: Event) -> Any:
    walk_ins = _WALK_IN.join(decisions_on(Duplicate, event), Duplicate.participant_id)
    both = _TWIN.join(walk_ins, Duplicate.twin_id)
    return both.order_by(Duplicate.created_at, Duplicate.participant_id)


def _listed(row: Any) -> ListedDuplicate:
    duplicate = row.Duplicate
    return ListedDuplicate(
        id=duplicate.participant_id,
        walk_in=_WALK_IN.of(row),
        twin=_TWIN.of(row),
        same=Likeness(duplicate.same),
        **decided(duplicate, row),
    )
