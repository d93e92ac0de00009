"""An event to plan imports for."""

from __future__ import annotations

from dataclasses import replace

from checkin.domain.common.choices import Choices
from checkin.domain.people.buses import KnownBus, KnownBuses
from checkin.domain.people.importing.importing import Action, ImportPlanner, Person, Row

DELEGATIONS = [(1, ("Khémisset", "الخميسات")), (2, ("Rabat", "الرباط")), (3, ("Salé", None))]
CATEGORIES = [(10, ("Élu", "منتخب")), (11, ("Militant", "مناضل"))]
BUSES = [KnownBus(21, 1, "Car 1", 2), KnownBus(22, 1, "Car 2", 1), KnownBus(23, 2, "Car 1", 9)]

AMINA = Person(
    id=7,
    delegation_id=1,
    name="Amina El Fassi",
    name_ar="أمينة الفاسي",
    category_id=10,
    email="amina@example.ma",
    phone="+212612345678",
    language="ar",
)


def planned(cells, people=(), **defaults):
    """Plan an import of rows, or of their cells by column."""
    rows = [
        row if isinstance(row, Row) else Row(number, row) for number, row in enumerate(cells, 2)
    ]
    return planner(people, **defaults).plan(rows)


def planner(people=(), **defaults):
    return ImportPlanner(
        people,
        delegations=Choices(DELEGATIONS),
        categories=Choices(CATEGORIES),
        buses=KnownBuses(BUSES),
        **{"default_category": "Élu", **defaults},
    )


def applied(plan, people=()):
    """The participants once the plan is carried out."""
    known = {person.id: person for person in people}
    for row in plan:
        if row.action is Action.ADD:
            new_id = max(known, default=0) + 1
            known[new_id] = Person(id=new_id, **row.changes)
        elif row.action is Action.CHANGE:
            known[row.participant_id] = replace(known[row.participant_id], **row.changes)
    return list(known.values())


def fields(**known):
    nothing = dict.fromkeys(
        (
            *("name_ar", "category_id", "email", "phone", "language", "note", "flags", "no_mail"),
            *("bus", "bus_leader"),
        ),
    )
    return {"name": "", **nothing, "category_id": 10, **known}
