"""Plan an import against the participants of an event, without writing anything."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, not_, or_, select
from sqlalchemy.orm import Session

from checkin.db.models import (
    Admission,
    Badge,
    Bus,
    BusLeader,
    BusPassenger,
    Delegation,
    Event,
    Participant,
)
from checkin.domain.common.choices import Choices
from checkin.domain.common.name_key import whole_terms_in
from checkin.domain.common.names import folded_apart
from checkin.domain.people.buses import KnownBus, KnownBuses
from checkin.domain.people.fields import KEY_OF
from checkin.domain.people.flags import FlagDetails
from checkin.domain.people.importing.foreseen_moves import Mover, Room, foresee
from checkin.domain.people.importing.importing import Action, Alone, ImportPlanner, PlannedRow
from checkin.domain.people.importing.roster import KEPT, Person
from checkin.domain.scanning.facts import RegistrationStatus
from checkin.services.events.events import categories_of, only_category
from checkin.services.people.delegations import first_arrival
from checkin.services.people.flags import flags_of
from checkin.services.people.importing.import_runs import IS_TAKEN_BACK
from checkin.services.people.moved_arrivals import arrival_with
from checkin.services.people.places import free_places
from checkin.services.people.registering.unchecked import IS_TO_BE_CHECKED
from checkin.services.people.reserve_list import WAITS
from checkin.services.spreadsheets.reading import Table

#: told (done, total)
Progress = Callable[[int, int], None]
_CHUNK = 500


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """What an import would do, or has done, row by row."""

    rows: Sequence[PlannedRow]

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
    now: datetime,
    delegation: Delegation | None = None,
    alone: bool = False,
    asks_before_changes: bool = False,
    progress: Progress = lambda _done, _total: None,
) -> ImportPlan:
    """Plan what each row of a file would do.

    Args:
        now: when places that are lent to devices are free again.
        delegation: for rows that name none.
        alone: refuse what concerns any other delegation.
        asks_before_changes: refuse rows that change somebody until a person confirms them.
        progress: called with the rows done and their number.
    """
    planner = planner_of(
        session,
        event,
        delegation=delegation,
        alone=alone,
        asks_before_changes=asks_before_changes,
        default_category=table.default_category,
    )
    planned: list[PlannedRow] = []
    for start in range(0, len(table.rows), _CHUNK):
        progress(start, len(table.rows))
        planned += planner.plan(table.rows[start : start + _CHUNK])
    progress(len(table.rows), len(table.rows))
    return ImportPlan(_with_refused_moves(session, event, planned, now))


def planner_of(
    session: Session,
    event: Event,
    *,
    delegation: Delegation | None,
    alone: bool,
    asks_before_changes: bool = False,
    default_category: str = "",
) -> ImportPlanner:
    """Return a planner that knows everybody who is registered now; see `plan_table`."""
    delegations, categories, flags, buses = _choices(session, event)
    return ImportPlanner(
        _people(session, event),
        delegations=delegations,
        categories=categories,
        flags=flags,
        buses=buses,
        default_delegation=delegation.name if delegation else "",
        default_category=default_category or only_category(session, event),
        alone=Alone(delegation.id, delegation.name) if alone and delegation else None,
        asks_before_changes=asks_before_changes,
    )


def _with_refused_moves(
    session: Session, event: Event, planned: Sequence[PlannedRow], now: datetime
) -> Sequence[PlannedRow]:
    """Refuse what `move_to_delegation` will refuse, as far as that can be known beforehand."""
    moved = [
        row.participant_id
        for row in planned
        if row.action == Action.CHANGE and "delegation_id" in row.changes and row.participant_id
    ]
    if not moved:
        return planned
    return foresee(planned, _movers(session, moved), _rooms(session, event, now))


def _movers(session: Session, ids: Sequence[int]) -> dict[int, Mover]:
    found: dict[int, Mover] = {}
    for start in range(0, len(ids), _CHUNK):
        rows = session.execute(
            select(
                Participant.id,
                Participant.delegation_id,
                Participant.standing,
                Admission.without_place,
            )
            .outerjoin(Admission, first_arrival())
            .where(Participant.id.in_(ids[start : start + _CHUNK]))
        )
        for number, delegation_id, standing, without_place in rows:
            arrival = arrival_with(without_place)
            found[number] = Mover(delegation_id, RegistrationStatus(standing), arrival)
    return found


def _rooms(session: Session, event: Event, now: datetime) -> dict[int, Room]:
    waiting = (
        select(func.count())
        .where(Participant.delegation_id == Delegation.id, WAITS)
        .correlate(Delegation)
        .scalar_subquery()
    )
    rows = session.execute(
        select(Delegation.id, Delegation.name, Delegation.quota, free_places(now), waiting).where(
            Delegation.event_id == event.id
        )
    )
    return {number: Room(*room) for number, *room in rows}


def learn_changes(session: Session, event: Event, planner: ImportPlanner, version: int) -> None:
    """Tell a planner what has changed since a version of the event's gate list.

    Every change to a participant marks their working badge with a new version. Those who have had
    a badge revoked, or are to be checked, are read again whatever the version, because they may
    have none that works.
    """
    concerned = select(Badge.participant_id).where(
        Badge.event_id == event.id, or_(Badge.list_version > version, Badge.revoked_at.is_not(None))
    )
    planner.choose_among(*_choices(session, event))
    without_badge = Participant.unchecked_as.is_not(None)
    planner.learn(_people(session, event, or_(Participant.id.in_(concerned), without_badge)))


def known_names(session: Session, event: Event, *, alone: bool) -> dict[str, Choices]:
    """Return what the event has, by each column of a list whose unknown texts are asked about.

    Args:
        alone: the list is of one delegation, and names no other.
    """
    delegations, categories, _flags, _buses = _choices(session, event)
    return (
        {"category": categories} if alone else {"delegation": delegations, "category": categories}
    )


def names_of_ids(session: Session, event: Event) -> dict[str, dict[int, str]]:
    """Return what the ids in `PlannedRow.changes` are called, by column and id."""
    buses = _named(session, Bus, event)
    return {
        "delegation_id": _named(session, Delegation, event),
        "category_id": {one.id: one.name for one in categories_of(session, event)},
        "bus": buses,
        "bus_leader": buses,
    }


def _named(session: Session, table: type[Bus] | type[Delegation], event: Event) -> dict[int, str]:
    rows = session.execute(select(table.id, table.name).where(table.event_id == event.id))
    return {row.id: row.name for row in rows}


def _choices(
    session: Session, event: Event
) -> tuple[Choices, Choices, list[FlagDetails], KnownBuses]:
    categories = categories_of(session, event)
    delegations = session.execute(
        select(Delegation.id, Delegation.name, Delegation.name_ar)
        .where(Delegation.event_id == event.id)
        .order_by(Delegation.id)
    )
    return (
        Choices([(row.id, (row.name, row.name_ar)) for row in delegations]),
        Choices((c.id, (c.name, c.name_ar)) for c in categories),
        flags_of(session, event.id),
        _buses(session, event),
    )


def _buses(session: Session, event: Event) -> KnownBuses:
    rows = session.execute(
        select(
            Bus.id, Bus.delegation_id, Bus.name, Bus.seats - func.count(BusPassenger.participant_id)
        )
        .outerjoin(BusPassenger, BusPassenger.bus_id == Bus.id)
        .where(Bus.event_id == event.id)
        .group_by(Bus.id)
        .order_by(Bus.id)
    )
    return KnownBuses(KnownBus(*row) for row in rows)


def _people(session: Session, event: Event, *which: ColumnElement[bool]) -> Iterator[Person]:
    rows = session.connection().execute(
        select(
            Participant.id,
            Participant.standing,
            Participant.merged_into,
            IS_TO_BE_CHECKED.label("to_check"),
            Participant.folded,
            Participant.folded_name,
            Participant.name_terms,
            *(getattr(Participant, column) for column in KEY_OF),
            *(BusPassenger.bus_id, BusLeader.bus_id.label("led_bus_id")),
        )
        .outerjoin(BusPassenger, BusPassenger.participant_id == Participant.id)
        .outerjoin(BusLeader, BusLeader.participant_id == Participant.id)
        .where(Participant.event_id == event.id, not_(IS_TAKEN_BACK), *which)
    )
    for number, standing, merged_into, to_check, folded, folded_name, terms, *values in rows:
        is_canceled = standing == RegistrationStatus.CANCELED and not to_check
        yield Person(
            id=number,
            canceled=is_canceled and merged_into is None,
            merged_into=merged_into,
            folded_names=folded_apart(folded, folded_name),
            name_terms=whole_terms_in(terms or ""),
            **dict(zip(KEPT, values, strict=True)),
        )
