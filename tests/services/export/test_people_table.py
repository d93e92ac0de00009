"""The table of people has their first arrival, and of several days that of each of them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from checkin.domain.scanning.facts import Direction
from checkin.services.export.people import people_and_arrivals, people_table
from checkin.services.scanning.annul import annul_scan
from tests.support import factories
from tests.support.factories import NOW, minutes, write

NEXT_DAY = NOW + timedelta(days=1)
ONE_DAY = tuple(column.name for column in people_and_arrivals(0).selected_columns)


def table(database, event, language="fr"):
    with database.snapshot() as session:
        found = people_table(session, event, language)
        return found.columns, list(found.rows)


def test_an_event_of_one_day_has_the_first_arrival_only(database, event, device):
    factories.scan(database, device, factories.a_badge(database, event))

    columns, [row] = table(database, event)

    assert columns == tuple(row) == ONE_DAY
    assert (row["arrived_at"], row["gate"]) == (NOW.isoformat(), "Porte 1")


@pytest.mark.parametrize(
    ("language", "headings"),
    [
        ("fr", ("Arrivée, jour 1 (14 juin 2025)", "Arrivée, jour 2 (15 juin 2025)")),
        ("ar", ("الوصول، اليوم 1 (14 يونيو 2025)", "الوصول، اليوم 2 (15 يونيو 2025)")),
    ],
)
def test_each_of_several_days_has_a_column_after_the_others(database, event, language, headings):
    factories.a_further_day(database, event)

    assert table(database, event, language)[0] == (*ONE_DAY, *headings)


def test_a_column_of_a_day_has_who_came_in_on_it_and_when_they_first_did(database, event):
    factories.a_further_day(database, event)
    device = factories.a_device(database, event)
    both, second, taken_back, _nobody = factories.badges(database, event, 4)
    factories.scan(database, device, both)
    factories.scan(database, device, both, at=NOW + minutes(5), direction=Direction.EXIT)
    for code in (both, second):
        factories.scan(database, device, code, at=NEXT_DAY)
    annul(database, event, device, factories.scan(database, device, taken_back, at=NEXT_DAY))

    _columns, rows = table(database, event, "en")

    told = [(row["arrived_at"], *list(row.values())[-2:]) for row in rows]
    first, following = NOW.isoformat(), NEXT_DAY.isoformat()
    assert told == [
        (first, first, following),
        (following, None, following),
        (None, None, None),
        (None, None, None),
    ]


def annul(database, event, device, answer):
    write(
        database,
        lambda s: annul_scan(
            s,
            event_id=event.id,
            scan_id=answer.scan_id,
            reason="essai",
            now=NEXT_DAY,
            device_id=device.id,
        ),
    )
