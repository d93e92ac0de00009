"""The admissions of two records of one person: joined to those of one, and parted again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import or_, select, true, update
from sqlalchemy.orm import Session

from checkin.db.models import Admission, Message, Participant, Scan
from checkin.domain.integrations.webhooks import WebhookKind
from checkin.domain.scanning.stays import Exit, Stay, stays_of_one_person
from checkin.services.common.arrival_tally import Change, count_arrival
from checkin.services.common.outside_events import rfc3339, tell_webhooks_of_many

#: of an admission before the merge, and the exit that the merge wrote, by the columns of the JSON
Former = dict[str, Any]


@dataclass(frozen=True, slots=True)
class AdmissionState:
    """What merging and parting change of an admission; the columns are those of its row."""

    participant_id: int
    delegation_id: int
    entry_no: int
    exited_at: datetime | None
    exit_scan_pk: int | None
    annulled_at: datetime | None
    without_place: bool

    @property
    def counted(self) -> Mapping[str, int]:
        """What the admission adds to the counts of its delegation, by the name of the count."""
        if self.annulled_at is not None:
            return {}
        return {
            "arrived": int(self.entry_no == 1),
            "inside": int(self.exited_at is None),
            "without_place": int(self.without_place),
        }


@dataclass(frozen=True, slots=True)
class Rewriting:
    """An admission and its state as it is to be."""

    admission: Admission
    scan: Scan
    state: AdmissionState

    @property
    def stands(self) -> bool:
        """Whether the admission counts afterwards."""
        return self.state.annulled_at is None

    @property
    def is_taken_back(self) -> bool:
        """Whether the admission counted before, and counts no more."""
        return not self.stands and self.admission.annulled_at is None

    @property
    def counts_again(self) -> bool:
        """Whether the admission did not count before, and does so again."""
        return self.stands and self.admission.annulled_at is not None


class _Counter(NamedTuple):
    """The rows of the tallies that an admission is counted in."""

    id: int
    event_id: int
    gate_id: int


class _Arrival(NamedTuple):
    """An arrival that counts, as webhooks are told of it."""

    participant_id: int
    delegation_id: int
    gate_id: int
    day: int


def lock_scans(session: Session, participant_ids: Collection[int]) -> None:
    """Lock the scans of these participants, so that nobody annuls one of them meanwhile."""
    wanted = select(Scan.id).where(Scan.participant_id.in_(participant_ids)).order_by(Scan.id)
    session.execute(wanted.with_for_update()).all()


def joined_stays(
    session: Session, kept: Participant, other: Participant, now: datetime
) -> list[Rewriting]:
    """Return how the admissions of both become those of the kept one; nothing is written.

    The arrival that counts is the first one. A second one is a further entry if the person had left
    before it, and is annulled otherwise.
    """
    rows = {admission.id: (admission, scan) for admission, scan in _rows(session, kept, other)}
    stays = {one.id: one for one in stays_of_one_person(_standing(_stays(rows.values())))}
    joined = []
    for admission, scan in rows.values():
        state = replace(_state_of(admission), participant_id=kept.id)
        if admission.annulled_at is None:
            state = _with_stay(state, stays[admission.id], kept.delegation_id, now)
        joined.append(Rewriting(admission, scan, state))
    return joined


def former_states(rewritings: Iterable[Rewriting]) -> dict[str, Former]:
    """Return the states that `parted_stays` needs, by the admission's id, to be kept as JSON."""
    return {
        str(one.admission.id): {
            "entry_no": one.admission.entry_no,
            "exited_at": one.admission.exited_at and one.admission.exited_at.isoformat(),
            "exit_scan_pk": one.admission.exit_scan_pk,
            "without_place": one.admission.without_place,
            "exit_written": one.state.exit_scan_pk,
        }
        for one in rewritings
        if one.admission.annulled_at is None
    }


def parted_stays(
    session: Session,
    kept: Participant,
    other: Participant,
    badge_ids: Collection[UUID],
    former: dict[str, Former],
    merged_at: datetime,
) -> list[Rewriting]:
    """Return how each gets back the admissions of their own badges; nothing is written.

    What was scanned or annulled after the merge stays as it is, with the owner of the badge.

    Args:
        badge_ids: the badges of the other one.
        former: what `former_states` returned when they were merged at `merged_at`.
    """
    own: dict[int, list[Rewriting]] = {kept.id: [], other.id: []}
    for admission, scan in _rows(session, kept):
        state = _former_state(admission, scan, former.get(str(admission.id)), merged_at)
        owner = other if scan.badge_id in badge_ids else kept
        if owner is other:
            state = replace(state, participant_id=other.id, delegation_id=other.delegation_id)
        own[owner.id].append(Rewriting(admission, scan, state))
    return [one for rewritings in own.values() for one in _numbered(rewritings, merged_at)]


def write_stays(session: Session, rewritings: Sequence[Rewriting], now: datetime) -> None:
    """Write the admissions as they are to be, and add the differences to the tallies.

    Webhooks are told of the arrivals that count no more as they did, and of those that do now.
    """
    changed = [one for one in rewritings if one.state != _state_of(one.admission)]
    before = {one.admission.id: _state_of(one.admission) for one in changed}
    for one in changed:
        # None counts in between: numbers change hands, and are unique among those that count.
        one.admission.annulled_at = one.admission.annulled_at or one.admission.admitted_at
    session.flush()
    for one in changed:
        _write(one.admission, one.state)
    session.flush()
    for one in changed:
        _count(session, one.admission, before[one.admission.id], one.state)
    if changed:
        _tell_of_arrivals(
            session,
            changed[0].admission.event_id,
            _arrivals((one.admission, before[one.admission.id]) for one in changed),
            _arrivals((one.admission, one.state) for one in changed),
            now,
        )


def _arrivals(admissions: Iterable[tuple[Admission, AdmissionState]]) -> dict[_Arrival, datetime]:
    """Return the arrivals that count, and when each was."""
    return {
        _Arrival(state.participant_id, state.delegation_id, one.gate_id, one.day): one.admitted_at
        for one, state in admissions
        if state.counted.get("arrived")
    }


def _tell_of_arrivals(
    session: Session,
    event_id: int,
    before: Mapping[_Arrival, datetime],
    after: Mapping[_Arrival, datetime],
    now: datetime,
) -> None:
    gone = [one._asdict() for one in before if one not in after]
    come = [
        one._asdict() | {"arrived_at": rfc3339(at)}
        for one, at in after.items()
        if one not in before
    ]
    connection = session.connection()
    tell_webhooks_of_many(connection, event_id, WebhookKind.ANNULLED, now, gone)
    # Later, for receivers that go by the time: the same person may have come in by another gate
    # than was told.
    later = now + timedelta(microseconds=1)
    tell_webhooks_of_many(connection, event_id, WebhookKind.ARRIVED, later, come)


def move_history(
    session: Session, source: Participant, target: Participant, badge_ids: Collection[UUID]
) -> None:
    """Make the scans and messages of these badges, which are the source's, the target's.

    What both were written of one announcement stays with each: nobody has two messages of it.
    """
    theirs = select(Message.announcement_id).where(
        Message.participant_id == target.id, Message.announcement_id.is_not(None)
    )
    once = or_(Message.announcement_id.is_(None), Message.announcement_id.not_in(theirs))
    for kind, wanted in ((Scan, true()), (Message, once)):
        session.execute(
            update(kind)
            .where(kind.participant_id == source.id, kind.badge_id.in_(badge_ids), wanted)
            .values(participant_id=target.id)
            .execution_options(synchronize_session=False)
        )


def _rows(session: Session, *people: Participant) -> list[tuple[Admission, Scan]]:
    found = session.execute(
        select(Admission, Scan)
        .join(Scan, Scan.id == Admission.scan_pk)
        .where(Admission.participant_id.in_([one.id for one in people]))
        .order_by(Admission.id)
        .execution_options(populate_existing=True)
    )
    return [(admission, scan) for admission, scan in found]


def _stays(rows: Iterable[tuple[Admission, Scan]]) -> list[Stay]:
    return [_stay(admission, _state_of(admission)) for admission, _ in rows]


def _stay(admission: Admission, state: AdmissionState) -> Stay:
    left = None
    if state.exited_at is not None and state.exit_scan_pk is not None:
        left = Exit(state.exited_at, state.exit_scan_pk)
    entry_no = None if state.annulled_at is not None else state.entry_no
    return Stay(
        id=admission.id,
        at=admission.admitted_at,
        entry_no=entry_no,
        left=left,
        without_place=state.without_place,
        day=admission.day,
    )


def _standing(stays: Iterable[Stay]) -> list[Stay]:
    return [one for one in stays if one.entry_no is not None]


def _with_stay(
    state: AdmissionState, stay: Stay, delegation_id: int, now: datetime
) -> AdmissionState:
    """Return a state changed to what became of its stay; one that counts no more is annulled."""
    if stay.entry_no is None:
        return replace(state, annulled_at=now, exited_at=None, exit_scan_pk=None)
    return replace(
        state,
        delegation_id=delegation_id,
        entry_no=stay.entry_no,
        exited_at=stay.left.at if stay.left else None,
        exit_scan_pk=stay.left.scan_pk if stay.left else None,
        without_place=stay.without_place,
    )


def _former_state(
    admission: Admission, scan: Scan, former: Former | None, merged_at: datetime
) -> AdmissionState:
    state = _state_of(admission)
    if former is None:
        return state
    if admission.annulled_at == merged_at == scan.annulled_at:
        state = replace(state, annulled_at=None)
    if state.exit_scan_pk == former["exit_written"] or admission.annulled_at == merged_at:
        exited_at = former["exited_at"]
        state = replace(
            state,
            exited_at=datetime.fromisoformat(exited_at) if exited_at else None,
            exit_scan_pk=former["exit_scan_pk"],
        )
    return replace(state, entry_no=former["entry_no"], without_place=former["without_place"])


def _numbered(rewritings: list[Rewriting], now: datetime) -> list[Rewriting]:
    stays = {
        one.id: one
        for one in stays_of_one_person(
            _stay(each.admission, each.state) for each in rewritings if each.stands
        )
    }
    return [
        replace(
            one,
            state=_with_stay(one.state, stays[one.admission.id], one.state.delegation_id, now),
        )
        if one.stands
        else one
        for one in rewritings
    ]


def _state_of(admission: Admission) -> AdmissionState:
    columns = AdmissionState.__dataclass_fields__
    return AdmissionState(**{name: getattr(admission, name) for name in columns})


def _write(admission: Admission, state: AdmissionState) -> None:
    for name in AdmissionState.__dataclass_fields__:
        setattr(admission, name, getattr(state, name))


def _count(
    session: Session, admission: Admission, before: AdmissionState, after: AdmissionState
) -> None:
    changes: dict[int, Counter[str]] = {}
    for state, sign in ((before, -1), (after, 1)):
        counted = changes.setdefault(state.delegation_id, Counter())
        for name, count in state.counted.items():
            counted[name] += sign * count
    gate = _Counter(admission.device_id, admission.event_id, admission.gate_id)
    for delegation_id, counted in changes.items():
        if any(counted.values()):
            change = Change(
                counted["arrived"], counted["inside"], counted["without_place"], admission.day
            )
            count_arrival(session.connection(), gate, delegation_id, admission.admitted_at, change)
