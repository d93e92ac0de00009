"""Register a list of participants in batches, each of them one short transaction.

What a batch has written stays, whatever happens to the next: each row is complete, with its place,
its badge and its message. So the gates never wait for a whole list, and one that was interrupted
goes on where it was.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from sqlalchemy import select
from sqlalchemy.orm import Session

from checkin.db.engine import Database, in_transaction
from checkin.db.models import Delegation, Event, Participant
from checkin.db.short_turns import ShortTurns, short_turns
from checkin.domain.common.problems import FieldProblem
from checkin.domain.messages.kinds import KIND_OF_MOVE, MessageKind
from checkin.domain.people.fields import CONTACTS, OWN
from checkin.domain.people.importing.importing import Action, ImportPlanner, PlannedRow, Row
from checkin.domain.people.importing.roster import OF_BUS
from checkin.domain.people.registration import Registration
from checkin.domain.scanning.facts import RegistrationStatus
from checkin.services.common.activity import note, note_counts
from checkin.services.common.keys import Keys
from checkin.services.common.list_version import bump_list_version, next_list_version
from checkin.services.people.badge_messages import queue_badge_messages, queue_missing_badge
from checkin.services.people.importing.import_plans import ImportPlan, learn_changes, planner_of
from checkin.services.people.importing.import_runs import begin_run, record_rows
from checkin.services.people.importing.import_seats import seat_as_planned
from checkin.services.people.importing.import_standing import ImportStanding
from checkin.services.people.importing.proposals import propose_telling
from checkin.services.people.moving import move_to_delegation
from checkin.services.people.names import keep_compared_names
from checkin.services.people.registering.duplicates import note_elsewhere
from checkin.services.people.registering.enrolment import Enrolment, enrol
from checkin.services.people.registering.registration import RegistrationSource
from checkin.services.people.registering.unchecked import badge_given_from
from checkin.services.spreadsheets.reading import Table

#: rows of one transaction at most: on SQLite scans wait for its end
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
        withholds_badges: nobody is given the badges of new people at once, because whoever uploads
            the list may know only the delegation.
        asks_before_changes: refuse rows that change somebody until a person confirms them.
        operator_id: None for the command line.
    """

    event: Event
    table: Table
    delegation: Delegation | None = None
    alone: bool = False
    withholds_badges: bool = False
    asks_before_changes: bool = False
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
    with short_turns(database, BATCH) as turns:
        batches = _Batches(database, importing, keys, clock, standing, record, turns)
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
        plans = planner.plan(rows)
        added = [row for row in plans if row.action == Action.ADD]
        return _Planned(rows, plans, planner, {row.row_number: _enrolment(row) for row in added})


@dataclass(frozen=True, slots=True)
class _Planned:
    """The rows of a batch, what becomes of them, and the planner for the next batch.

    Attributes:
        newcomers: by row number those whom it adds, ready to be inserted, so that nothing is
            worked out while others wait for the lock.
    """

    rows: Sequence[Row]
    plans: Sequence[PlannedRow]
    planner: ImportPlanner
    newcomers: Mapping[int, Enrolment]


@dataclass(slots=True)
class _Batches:
    database: Database
    importing: Importing
    keys: Keys
    clock: Callable[[], datetime]
    standing: ImportStanding
    record: Record
    turns: ShortTurns

    def go_through(self, action: Action) -> Iterator[PlannedRow]:
        """Go through the list for one action, and yield what was decided about which rows."""
        rows, begun = self.importing.table.rows, self.standing.begun(action)
        if self.standing.is_through(action, len(rows)):
            return
        known = self._known(rows[:begun])
        end = begun
        while end < len(rows):
            at, end = end, min(end + self.turns.size, len(rows))
            batch = rows[at:end]
            if not self.standing.is_concerned(action, at, len(batch)):
                known.planner.plan(batch)
                continue
            write = partial(
                self._write, known=known, ahead=known.ahead(batch), action=action, at=at
            )
            with self.turns.turn():
                known, self.standing, decided = in_transaction(self.database, write)
            yield from decided

    def _known(self, before: Sequence[Row]) -> _Known:
        # The version first: what changes while people are read is read again by the first batch.
        importing = self.importing
        with self.database.read() as session:
            version = session.get_one(Event, importing.event.id).list_version
            planner = planner_of(
                session,
                importing.event,
                delegation=importing.delegation,
                alone=importing.alone,
                asks_before_changes=importing.asks_before_changes,
                default_category=importing.table.default_category,
            )
        planner.plan(before)
        return _Known(planner, version)

    def _write(
        self, session: Session, known: _Known, ahead: _Planned, action: Action, at: int
    ) -> tuple[_Known, ImportStanding, list[PlannedRow]]:
        """Write a batch as it was planned ahead; plan it anew if the event has changed since.

        It may be run again: a planner learns of rows only in a copy.
        """
        self.turns.has_begun()
        event, now = self.importing.event, self.clock()
        version = next_list_version(session, event.id)
        if version != known.version + 1:
            learn_changes(session, event, known.planner, known.version)
            ahead = known.ahead(ahead.rows)
        planned = ahead.plans
        decided = self.standing.concerned(action, at, planned)
        by = self.importing.operator_id
        since = badge_given_from(event, now) if self.importing.withholds_badges else None
        concerned, done = _add(
            session,
            event,
            [row for row in decided if row.action == Action.ADD],
            ahead.newcomers,
            self.keys,
            version,
            now,
            by,
            badge_from=since,
        )
        if action == Action.CHANGE:
            decided, moved = _change(session, event, decided, version, now, by)
            if self.importing.alone:
                _note_elsewhere(session, decided, now)
            concerned |= moved
            done = [(row, row.participant_id) for row in decided if row.action == Action.CHANGE]
        standing = self.standing.after(action, at, planned, decided)
        standing = self._proposed(session, standing, concerned, now)
        standing = self._noted(session, standing, now)
        standing = self._recorded(session, standing, done, now)
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

    def _recorded(
        self,
        session: Session,
        standing: ImportStanding,
        done: Sequence[tuple[PlannedRow, int | None]],
        now: datetime,
    ) -> ImportStanding:
        """Record what was done to whom, so that the list can be taken back."""
        rows = [(row, one) for row, one in done if one is not None]
        if not rows:
            return standing
        of = self.importing
        run_id = standing.run_id or begin_run(
            session, of.event, of.delegation.id if of.delegation else None, of.operator_id, now
        )
        record_rows(session, of.event, run_id, rows)
        return replace(standing, run_id=run_id)

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
    added: Sequence[PlannedRow],
    newcomers: Mapping[int, Enrolment],
    keys: Keys,
    version: int,
    now: datetime,
    operator_id: int | None,
    *,
    badge_from: datetime | None,
) -> tuple[dict[int, MessageKind], Sequence[tuple[PlannedRow, int | None]]]:
    """Register new people.

    Returns:
        Those who have no place, with what they may be told; and each row with whom it has added.
    """
    if not added:
        return {}, []
    enrolled = enrol(
        session,
        event,
        [newcomers[row.row_number] for row in added],
        source=RegistrationSource.IMPORT,
        keys=keys,
        version=version,
        now=now,
        operator_id=operator_id,
        badge_from=badge_from,
    )
    new = list(zip((row["id"] for row, _badge in enrolled), added, strict=True))
    seat_as_planned(session, new, version, now, operator_id)
    # Whoever is to be checked is among them as a newcomer would be; no message is sent to them.
    seen = ((row["id"], row["unchecked_as"] or row["standing"]) for row, _badge in enrolled)
    waiting = {one: MessageKind.RESERVE for one, as_ in seen if as_ == RegistrationStatus.RESERVE}
    return waiting, [(row, one) for one, row in new]


def _enrolment(row: PlannedRow) -> Enrolment:
    columns = row.changes
    registration = Registration(delegation="", **{key: columns[key] for key in OWN})
    return Enrolment(registration, columns["delegation_id"], columns["category_id"], row.unchecked)


def _change(
    session: Session,
    event: Event,
    rows: Sequence[PlannedRow],
    version: int,
    now: datetime,
    operator_id: int | None,
) -> tuple[list[PlannedRow], dict[int, MessageKind]]:
    """Change people in the order of their rows.

    A row that moves somebody who has arrived to a delegation without a free place is refused.

    Returns:
        The rows as they were decided, and those who were moved, with what they may be told.
    """
    ids = [row.participant_id for row in rows if row.action == Action.CHANGE]
    people = _locked(session, [one for one in ids if one is not None])
    decided = [
        _changed(session, event, people[row.participant_id], row, version, now, operator_id)
        if row.action == Action.CHANGE and row.participant_id is not None
        else row
        for row in rows
    ]
    session.flush()
    changed = {
        row.participant_id: row
        for row in decided
        if row.action == Action.CHANGE and row.participant_id is not None
    }
    seat_as_planned(session, changed.items(), version, now, operator_id)
    bump_list_version(session, list(changed), version)
    of_people = [(people[one], row) for one, row in changed.items()]
    informed = _send_badges(session, event, of_people, now)
    moved = [person for person, row in of_people if "delegation_id" in row.changes]
    concerned = {
        person.id: kind
        for person in moved
        if person.id not in informed and (kind := KIND_OF_MOVE.get(person.standing))
    }
    return decided, concerned


def _note_elsewhere(session: Session, rows: Sequence[PlannedRow], now: datetime) -> None:
    """Note who has got the e-mail or phone of somebody of another delegation, for organisers."""
    for row in rows:
        if row.action == Action.CHANGE and not row.changes.keys().isdisjoint(CONTACTS):
            note_elsewhere(session, session.get_one(Participant, row.participant_id), now)


def _locked(session: Session, ids: Sequence[int]) -> dict[int, Participant]:
    """Lock people before anything is counted, as an admission does."""
    people = session.scalars(
        select(Participant)
        .where(Participant.id.in_(ids))
        .order_by(Participant.id)
        .with_for_update(key_share=True)
    )
    return {person.id: person for person in people}


def _changed(
    session: Session,
    event: Event,
    person: Participant,
    row: PlannedRow,
    version: int,
    now: datetime,
    operator_id: int | None,
) -> PlannedRow:
    changes = {name: value for name, value in row.changes.items() if name not in OF_BUS}
    try:
        if delegation_id := changes.pop("delegation_id", None):
            move_to_delegation(
                session, event, person, delegation_id, version, now, operator_id=operator_id
            )
    except FieldProblem as refused:
        return replace(row, action=Action.REFUSE, why=(refused.problem,))
    for name, value in changes.items():
        setattr(person, name, value)
    keep_compared_names(person)
    if changes:
        who = {"operator_id": operator_id, "participant_id": person.id}
        note(session, event.id, "participant.edit", now, **who, fields=sorted(changes))
    return row


def _send_badges(
    session: Session,
    event: Event,
    changed: Sequence[tuple[Participant, PlannedRow]],
    now: datetime,
) -> set[int]:
    """Queue the badges that changes call for, and return the ids of those who get one."""
    new_addresses = [
        person.id
        for person, row in changed
        if "email" in row.changes and person.standing == RegistrationStatus.CONFIRMED
    ]
    queue_badge_messages(session, event, new_addresses, now)
    missing = [
        person.id
        for person, row in changed
        if "delegation_id" in row.changes
        and "email" not in row.changes
        and queue_missing_badge(session, event, person, now)
    ]
    return {*new_addresses, *missing}
