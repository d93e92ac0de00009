"""Import a participants' file: plan it, show the plan, apply it in one transaction."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from checkin.db.engine import Database, in_transaction
from checkin.db.models import Delegation, Event, Participant
from checkin.domain.common.choices import Choices
from checkin.domain.common.names import folded_apart, folded_both
from checkin.domain.people.fields import KEY_OF, OWN
from checkin.domain.people.importing import Action, Alone, PlannedRow, plan_import
from checkin.domain.people.registration import Registration
from checkin.domain.people.roster import Person
from checkin.domain.scanning.facts import RegistrationStatus
from checkin.services.common.activity import note
from checkin.services.common.keys import Keys
from checkin.services.common.list_version import bump_list_version, next_list_version
from checkin.services.events.events import categories_of
from checkin.services.people.badge_messages import queue_badge_messages
from checkin.services.people.enrolment import Enrolment, enrol
from checkin.services.people.registration import RegistrationSource, move_to_delegation
from checkin.services.spreadsheets.reading import Table

Progress = Callable[[int, int], None]
_CHUNK = 500


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """What an import would do, row by row.

    Attributes:
        list_version: the state of the event that it was planned for.
    """

    rows: Sequence[PlannedRow]
    list_version: int

    @property
    def counts(self) -> dict[str, int]:
        """How many rows are added, changed, skipped and refused."""
        found = Counter(row.action for row in self.rows)
        return {str(action): found[action] for action in Action}


def plan_table(
    session: Session,
    event: Event,
    table: Table,
    *,
    delegation: Delegation | None = None,
    alone: bool = False,
    progress: Progress = lambda _done, _total: None,
) -> ImportPlan:
    """Plan what each row of a file would do, without writing anything.

    Args:
        delegation: for rows that name none.
        alone: refuse what concerns any other delegation.
        progress: called with the rows done and their number.
    """
    version = session.scalars(select(Event.list_version).where(Event.id == event.id)).one()
    categories = categories_of(session, event)
    total = len(table.rows)

    def rows() -> Any:
        for done, row in enumerate(table.rows):
            if done % _CHUNK == 0:
                progress(done, total)
            yield row
        progress(total, total)

    planned = plan_import(
        rows(),
        _people(session, event),
        delegations=Choices(_delegations(session, event)),
        categories=Choices((c.id, (c.name, c.name_ar)) for c in categories),
        default_delegation=delegation.name if delegation else "",
        default_category=categories[-1].name if categories else "",
        alone=Alone(delegation.id, delegation.name) if alone and delegation else None,
    )
    return ImportPlan(planned, version)


def apply_plan(
    database: Database,
    event: Event,
    table: Table,
    plan: ImportPlan,
    keys: Keys,
    *,
    delegation: Delegation | None,
    alone: bool = False,
    operator_id: int | None = None,
    now: datetime,
) -> ImportPlan:
    """Apply an import plan in one transaction, and return the plan that was applied.

    If the participants changed since the plan was made, it is made again in the transaction.
    """

    def work(session: Session) -> ImportPlan:
        version = next_list_version(session, event.id)
        current = plan
        if plan.list_version != version - 1:
            current = plan_table(session, event, table, delegation=delegation, alone=alone)
        _add(session, event, current, keys, version, now)
        _change(session, event, current, version, now)
        of = {"delegation_id": delegation.id} if delegation else {}
        note(
            session,
            event.id,
            "participants.import",
            now,
            operator_id=operator_id,
            **of,
            **current.counts,
        )
        return current

    return in_transaction(database, work)


def _add(
    session: Session, event: Event, plan: ImportPlan, keys: Keys, version: int, now: datetime
) -> None:
    people = [_enrolment(row.changes) for row in plan.rows if row.action == Action.ADD]
    if people:
        enrol(
            session,
            event,
            people,
            source=RegistrationSource.IMPORT,
            keys=keys,
            version=version,
            now=now,
        )


def _enrolment(columns: Mapping[str, Any]) -> Enrolment:
    registration = Registration(delegation="", **{key: columns[key] for key in OWN})
    return Enrolment(registration, columns["delegation_id"], columns["category_id"])


def _change(session: Session, event: Event, plan: ImportPlan, version: int, now: datetime) -> None:
    changed = [row for row in plan.rows if row.action == Action.CHANGE]
    new_addresses: list[int] = []
    for row in changed:
        changes = dict(row.changes)
        person = session.get_one(Participant, row.participant_id)
        if delegation_id := changes.pop("delegation_id", None):
            move_to_delegation(session, event, person, delegation_id, version, now)
        for name, value in changes.items():
            setattr(person, name, value)
        person.folded, person.folded_name = folded_both(person.name, person.name_ar)
        if "email" in changes and person.standing == RegistrationStatus.CONFIRMED:
            new_addresses.append(person.id)
    session.flush()
    ids = [row.participant_id for row in changed if row.participant_id is not None]
    for start in range(0, len(ids), _CHUNK):
        bump_list_version(session, ids[start : start + _CHUNK], version)
    queue_badge_messages(session, event, new_addresses, now)


def _people(session: Session, event: Event) -> Iterator[Person]:
    rows = session.connection().execute(
        select(
            Participant.id,
            Participant.standing,
            Participant.folded,
            Participant.folded_name,
            *(getattr(Participant, column) for column in KEY_OF),
        ).where(Participant.event_id == event.id)
    )
    for number, standing, folded, folded_name, *values in rows:
        yield Person(
            id=number,
            canceled=standing == RegistrationStatus.CANCELED,
            folded_names=folded_apart(folded, folded_name),
            **dict(zip(KEY_OF, values, strict=True)),
        )


def _delegations(session: Session, event: Event) -> list[tuple[int, tuple[str | None, ...]]]:
    rows = session.execute(
        select(Delegation.id, Delegation.name, Delegation.name_ar)
        .where(Delegation.event_id == event.id)
        .order_by(Delegation.id)
    )
    return [(row.id, (row.name, row.name_ar)) for row in rows]
