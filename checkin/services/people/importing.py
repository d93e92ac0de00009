"""Register a list of participants in batches, each of them one short transaction.

What a batch has written stays, whatever happens to the next: each row is complete, with its place,
its badge and its message. So the gates never wait for a whole list, and one that was interrupted
goes on where it was.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from checkin.db.engine import Database, in_transaction
from checkin.db.models import Delegation, Event, Participant
from checkin.domain.common.names import folded_both
from checkin.domain.messages.kinds import MessageKind
from checkin.domain.people.fields import OWN
from checkin.domain.people.importing import Action, ImportPlanner, PlannedRow, Row
from checkin.domain.people.registration import Registration
from checkin.domain.scanning.facts import RegistrationStatus
from checkin.services.common.activity import note_counts
from checkin.services.common.keys import Keys
from checkin.services.common.list_version import bump_list_version, next_list_version
from checkin.services.people.badge_messages import queue_badge_messages
from checkin.services.people.enrolment import Enrolment, enrol
from checkin.services.people.import_plans import ImportPlan, learn_changes, planner_of
from checkin.services.people.import_standing import ImportStanding
from checkin.services.people.proposals import propose_telling
from checkin.services.people.registration import RegistrationSource, move_to_delegation
from checkin.services.spreadsheets.reading import Table

#: rows of one transaction: on SQLite scans wait for its end, a few milliseconds
BATCH = {"sqlite": 25, "postgresql": 200}
_PASSES = (Action.ADD, Action.CHANGE)
#: called in the transaction of each batch; raising in it undoes the batch and ends the import
Record = Callable[[Session, ImportStanding], object]


@dataclass(frozen=True, slots=True)
class Importing:
    """A list that is registered, for whom, and by whom.

    Attributes:
        delegation: for rows that name none.
        alone: refuse what concerns any other delegation.
        operator_id: None for the command line.
    """

    event: Event
    table: Table
    delegation: Delegation | None = None
    alone: bool = False
    operator_id: int | None = None


def import_list(
    database: Database,
    importing: Importing,
    keys: Keys,
    clock: Callable[[], datetime],
    *,
    standing: ImportStanding = ImportStanding(),  # noqa: B008 it is frozen
    record: Record = lambda _session, _standing: None,
) -> ImportPlan:
    """Register a list, and return what became of the rows that were decided now.

    Args:
        standing: how far it is already; `record` is told.
    """
    batches = _Batches(database, importing, keys, clock, standing, record)
    decided = {row.row_number: row for action in _PASSES for row in batches.go_through(action)}
    return ImportPlan(list(decided.values()))


@dataclass(frozen=True, slots=True)
class _Known:
    """A planner, and the version of the gate list up to which it knows the participants."""

    planner: ImportPlanner
    version: int

    def ahead(self, rows: Sequence[Row]) -> _Planned:
        """Plan rows, and stay where this is."""
        planner = self.planner.copy()
        return _Planned(rows, planner.plan(rows), planner)


@dataclass(frozen=True, slots=True)
class _Planned:
    """The rows of a batch, what becomes of them, and the planner for the next batch."""

    rows: Sequence[Row]
    plans: Sequence[PlannedRow]
    planner: ImportPlanner


@dataclass(slots=True)
class _Batches:
    database: Database
    importing: Importing
    keys: Keys
    clock: Callable[[], datetime]
    standing: ImportStanding
    record: Record

    def go_through(self, action: Action) -> Iterator[PlannedRow]:
        """Go through the list for one action, and yield what was decided about which rows."""
        rows, begun = self.importing.table.rows, self.standing.begun(action)
        if self.standing.is_through(action, len(rows)):
            return
        known = self._known(rows[:begun])
        size = BATCH[self.database.dialect]
        for at in range(begun, len(rows), size):
            batch = rows[at : at + size]
            if not self.standing.is_concerned(action, at, size):
                known.planner.plan(batch)
                continue
            write = partial(
                self._write, known=known, ahead=known.ahead(batch), action=action, at=at
            )
            with self._half_of_the_time():
                known, self.standing, decided = in_transaction(self.database, write)
            yield from decided

    @contextmanager
    def _half_of_the_time(self) -> Iterator[None]:
        """Leave SQLite's lock to others for as long as it was held here."""
        began = time.monotonic()
        yield
        if self.database.dialect == "sqlite":
            time.sleep(time.monotonic() - began)

    def _known(self, before: Sequence[Row]) -> _Known:
        # The version first: what changes while people are read is read again by the first batch.
        importing = self.importing
        with self.database.read() as session:
            version = session.get_one(Event, importing.event.id).list_version
            planner = planner_of(
                session, importing.event, delegation=importing.delegation, alone=importing.alone
            )
        planner.plan(before)
        return _Known(planner, version)

    def _write(
        self, session: Session, known: _Known, ahead: _Planned, action: Action, at: int
    ) -> tuple[_Known, ImportStanding, list[PlannedRow]]:
        """Write a batch as it was planned ahead; plan it anew if the event has changed since.

        It may be run again: a planner learns of rows only in a copy.
        """
        event, now = self.importing.event, self.clock()
        version = next_list_version(session, event.id)
        if version != known.version + 1:
            learn_changes(session, event, known.planner, known.version)
            ahead = known.ahead(ahead.rows)
        planned = ahead.plans
        decided = self.standing.concerned(action, at, planned)
        concerned = _add(session, event, decided, self.keys, version, now)
        if action == Action.CHANGE:
            concerned |= _change(session, event, decided, version, now)
        standing = self.standing.after(action, at, planned, decided)
        standing = self._noted(session, self._proposed(session, standing, concerned, now), now)
        self.record(session, standing)
        return _Known(ahead.planner, version), standing, decided

    def _proposed(
        self,
        session: Session,
        standing: ImportStanding,
        people: Mapping[int, MessageKind],
        now: datetime,
    ) -> ImportStanding:
        of = self.importing
        number = propose_telling(
            session,
            of.event,
            standing.announcement_id,
            people,
            delegation_id=of.delegation.id if of.delegation and of.alone else None,
            operator_id=of.operator_id,
            now=now,
        )
        return replace(standing, announcement_id=number)

    def _noted(self, session: Session, standing: ImportStanding, now: datetime) -> ImportStanding:
        of = {"delegation_id": self.importing.delegation.id} if self.importing.delegation else {}
        activity_id = note_counts(
            session,
            self.importing.event.id,
            "participants.import",
            now,
            entry=standing.activity_id,
            operator_id=self.importing.operator_id,
            **of,
            **standing.counts,
        )
        return replace(standing, activity_id=activity_id)


def _add(
    session: Session,
    event: Event,
    rows: Sequence[PlannedRow],
    keys: Keys,
    version: int,
    now: datetime,
) -> dict[int, MessageKind]:
    """Register new people, and return those who have no place, with what they may be told."""
    people = [_enrolment(row.changes) for row in rows if row.action == Action.ADD]
    if not people:
        return {}
    enrolled = enrol(
        session,
        event,
        people,
        source=RegistrationSource.IMPORT,
        keys=keys,
        version=version,
        now=now,
    )
    waiting = (row for row, _ in enrolled if row["standing"] == RegistrationStatus.RESERVE)
    return {row["id"]: MessageKind.RESERVE for row in waiting}


def _enrolment(columns: Mapping[str, Any]) -> Enrolment:
    registration = Registration(delegation="", **{key: columns[key] for key in OWN})
    return Enrolment(registration, columns["delegation_id"], columns["category_id"])


def _change(
    session: Session, event: Event, rows: Sequence[PlannedRow], version: int, now: datetime
) -> dict[int, MessageKind]:
    """Change people, and return those who were moved, with what they may be told."""
    changed = [row for row in rows if row.action == Action.CHANGE]
    ids = [row.participant_id for row in changed if row.participant_id is not None]
    people = session.scalars(select(Participant).where(Participant.id.in_(ids))).all()
    by_id = {person.id: person for person in people}
    new_addresses: list[int] = []
    for number, row in zip(ids, changed, strict=True):
        person = by_id[number]
        _change_one(session, event, person, dict(row.changes), version, now)
        if "email" in row.changes and person.standing == RegistrationStatus.CONFIRMED:
            new_addresses.append(number)
    session.flush()
    bump_list_version(session, ids, version)
    queue_badge_messages(session, event, new_addresses, now)
    moved = {n for n, row in zip(ids, changed, strict=True) if "delegation_id" in row.changes}
    return {
        number: kind
        for number in moved - set(new_addresses)
        if (kind := _KIND_OF_MOVE.get(by_id[number].standing))
    }


#: what somebody is told who was moved to another delegation, by their registration there
_KIND_OF_MOVE: Mapping[str, MessageKind] = {
    RegistrationStatus.CONFIRMED: MessageKind.MOVED,
    RegistrationStatus.RESERVE: MessageKind.RESERVE,
}


def _change_one(
    session: Session,
    event: Event,
    person: Participant,
    changes: dict[str, Any],
    version: int,
    now: datetime,
) -> None:
    if delegation_id := changes.pop("delegation_id", None):
        move_to_delegation(session, event, person, delegation_id, version, now)
    for name, value in changes.items():
        setattr(person, name, value)
    person.folded, person.folded_name = folded_both(person.name, person.name_ar)
