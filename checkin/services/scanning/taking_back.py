"""Take a registered list back, in batches as it was registered.

Whom the list has added is canceled and their badge revoked; whom it has changed gets back what was
replaced. Whoever has arrived, or was changed by somebody since, stays as they are.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import exists, select, update
from sqlalchemy.orm import Session

from checkin.db.engine import Database, in_transaction
from checkin.db.models import Admission, Bus, Event, ImportedRow, ImportRun, Participant
from checkin.db.short_turns import short_turns
from checkin.domain.common.problems import FieldProblem
from checkin.domain.people.importing.importing import Action
from checkin.domain.people.importing.roster import OF_BUS
from checkin.domain.scanning.facts import RegistrationStatus
from checkin.errors import MarhabaError, NotFound
from checkin.services.badges.issue import mark_revoked, working_badge
from checkin.services.common.activity import note
from checkin.services.common.list_version import bump_list_version, next_list_version
from checkin.services.people.bus_leaders import add_leaders
from checkin.services.people.buses import leave_buses, seat_people
from checkin.services.people.importing.import_runs import TakenBack, marks_of
from checkin.services.people.importing.importing import BATCH
from checkin.services.people.moving import move_to_delegation
from checkin.services.people.names import keep_compared_names
from checkin.services.people.registering.registration import cancel

#: told (session, done, total) in the transaction of each batch; raising in it undoes the batch
Reached = Callable[[Session, int, int], object]


def run_named(
    session: Session, event: Event, number: int, own_delegation: int | None = None
) -> ImportRun:
    """Return a list that was registered.

    Raises:
        NotFound: there is none of this number, or it is not of the only delegation that counts.
    """
    run = session.get(ImportRun, number)
    is_of_others = own_delegation is not None and run and run.delegation_id != own_delegation
    if run is None or run.event_id != event.id or is_of_others:
        raise NotFound("there is no such list")
    return run


def take_back(
    database: Database,
    event: Event,
    run_id: int,
    clock: Callable[[], datetime],
    *,
    operator_id: int,
    reached: Reached = lambda _session, _done, _total: None,
) -> dict[str, int]:
    """Take a list back, the last row first, and return how many rows by `TakenBack`.

    It may be ended between two batches and begun again: what is done stays, and is not done twice.
    """
    with database.read() as session:
        numbers = list(session.scalars(_open_rows(run_id)))
        total = len(numbers)
    with short_turns(database, BATCH) as turns:
        done = 0
        while done < total:
            batch = numbers[done : done + turns.size]
            done += len(batch)

            def work(session: Session, batch: Sequence[int] = batch, done: int = done) -> None:
                turns.has_begun()
                _take_back_rows(session, event, run_id, batch, clock(), operator_id)
                reached(session, done, total)

            with turns.turn():
                in_transaction(database, work)
    return in_transaction(database, lambda s: _note_end(s, event, run_id, clock(), operator_id))


def _open_rows(run_id: int) -> Any:
    # Backwards: of two rows that changed one person, the later change goes first.
    return (
        select(ImportedRow.number)
        .where(ImportedRow.run_id == run_id, ImportedRow.outcome.is_(None))
        .order_by(ImportedRow.action.desc(), ImportedRow.number.desc())
    )


def _take_back_rows(
    session: Session,
    event: Event,
    run_id: int,
    numbers: Sequence[int],
    now: datetime,
    operator_id: int,
) -> None:
    version = next_list_version(session, event.id)
    rows = session.scalars(
        select(ImportedRow).where(
            ImportedRow.run_id == run_id,
            ImportedRow.number.in_(numbers),
            ImportedRow.outcome.is_(None),
        )
    ).all()
    rows = sorted(rows, key=lambda row: numbers.index(row.number))
    ids = [row.participant_id for row in rows]
    people = {
        person.id: person
        for person in session.scalars(
            select(Participant)
            .where(Participant.id.in_(ids))
            .order_by(Participant.id)
            .with_for_update(key_share=True)
            .execution_options(populate_existing=True)
        )
    }
    for row in rows:
        person = people[row.participant_id]
        row.outcome = _outcome(session, event, person, row, version, now, operator_id)
    session.execute(
        update(ImportRun)
        .where(ImportRun.id == run_id)
        .values(taken_back_at=now, taken_back_by=operator_id)
    )


def _outcome(
    session: Session,
    event: Event,
    person: Participant,
    row: ImportedRow,
    version: int,
    now: datetime,
    operator_id: int,
) -> TakenBack:
    if _has_come(session, person.id):
        return TakenBack.ARRIVED
    if marks_of(session, [person.id])[person.id] != row.mark or _is_canceled(person):
        return TakenBack.CHANGED
    if row.action == Action.ADD:
        cancel(session, event, person.id, now=now, operator_id=operator_id)
        mark_revoked(session, working_badge(session, person.id), version, now)
        return TakenBack.DONE
    return _restored(session, event, person, row.before or {}, version, now, operator_id)


def _has_come(session: Session, participant_id: int) -> bool:
    came: bool = session.execute(
        select(exists().where(Admission.participant_id == participant_id))
    ).scalar_one()
    return came


def _is_canceled(person: Participant) -> bool:
    if person.unchecked_as is not None:
        return person.unchecked_as == RegistrationStatus.CANCELED
    return person.standing == RegistrationStatus.CANCELED


def _restored(
    session: Session,
    event: Event,
    person: Participant,
    before: dict[str, Any],
    version: int,
    now: datetime,
    operator_id: int,
) -> TakenBack:
    values = dict(before)
    there = values.pop("delegation_id", None)
    of_bus = {key: values.pop(key) for key in OF_BUS if key in values}
    try:
        if there is not None:
            move_to_delegation(session, event, person, there, version, now, operator_id=operator_id)
    except FieldProblem:
        return TakenBack.CHANGED
    for name, value in values.items():
        setattr(person, name, value)
    keep_compared_names(person)
    session.flush()
    _seat_again(session, person.id, of_bus, version, now, operator_id)
    bump_list_version(session, [person.id], version)
    who = {"operator_id": operator_id, "participant_id": person.id}
    if values:
        note(session, event.id, "participant.edit", now, **who, fields=sorted(values))
    return TakenBack.DONE


def _seat_again(
    session: Session,
    participant_id: int,
    of_bus: dict[str, int | None],
    version: int,
    now: datetime,
    operator_id: int,
) -> None:
    """Give somebody their former bus, if it is still there and has a seat."""
    if not of_bus:
        return
    leave_buses(session, [participant_id], version)
    for key, act in (("bus", seat_people), ("bus_leader", add_leaders)):
        bus = session.get(Bus, of_bus[key]) if of_bus.get(key) else None
        if bus is None:
            continue
        try:
            act(session, bus, [participant_id], version, now=now, operator_id=operator_id)
        except MarhabaError:
            return


def _note_end(
    session: Session, event: Event, run_id: int, now: datetime, operator_id: int
) -> dict[str, int]:
    found = Counter(
        session.scalars(select(ImportedRow.outcome).where(ImportedRow.run_id == run_id))
    )
    counts = {str(outcome): found[outcome] for outcome in TakenBack}
    run = session.get_one(ImportRun, run_id)
    of = {"delegation_id": run.delegation_id} if run.delegation_id else {}
    note(session, event.id, "participants.take_back", now, operator_id=operator_id, **of, **counts)
    return counts
