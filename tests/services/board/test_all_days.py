"""Of several days the boards, the report's arrivals and the exports tell the same numbers."""

from __future__ import annotations

import io
import json
import random
from collections import Counter
from datetime import timedelta

import pytest

from checkin.db.models import Role
from checkin.services.board.all_days import all_days_of
from checkin.services.board.board import CountsByMinute, board_now
from checkin.services.export.people import people_table
from checkin.services.export.whole import write_export
from checkin.services.lifecycle.purge import purge_event
from tests.support import factories
from tests.support.factories import NOW
from tests.web.board.histories import GATES, History
from tests.web.browsing import an_operator

A_DAY = timedelta(days=1)
DAYS = (1, 2)


#: of the histories; the longer run draws more of them
SEEDS = (5, *(pytest.param(seed, marks=pytest.mark.proof) for seed in range(6, 16)))


@pytest.fixture(params=SEEDS)
def event(request, database):
    """An event of two days and what has happened on them, at random; one person came on both."""
    supervisor = an_operator(database, Role.SUPERVISOR)
    history = History(database, supervisor.id, random.Random(request.param))
    factories.a_further_day(database, history.event, reserve_from=NOW + A_DAY)
    history.devices = [factories.a_device(database, history.event, gate) for gate in GATES]
    rabat = factories.a_delegation(database, history.event, "Rabat", 1)
    [regular] = factories.badges(database, history.event, 1, delegation=rabat)
    for day in DAYS:
        history.now = NOW + (day - 1) * A_DAY
        factories.scan(database, history.devices[0], regular, at=history.now)
        history.go_on(45)
    return history.event


def exported(session, event):
    """The rows of the table of people, with the columns of the days by their numbers."""
    table = people_table(session, event, "en")
    by_day = dict(zip(table.columns[-2:], DAYS, strict=True))
    return [{by_day.get(name, name): value for name, value in row.items()} for row in table.rows]


def admissions(session, event):
    """How many arrivals the whole export has at each gate on each day."""
    file = io.BytesIO()
    write_export(session, event, "json", file, now=NOW)
    found = json.loads(file.getvalue())["admissions"]
    arrivals = [one for one in found if one["entry_no"] == 1 and not one["annulled_at"]]
    return Counter((one["gate"], one["day"]) for one in arrivals)


def attendance(rows):
    """The people of these rows by their registration, the registered, and the arrivals by day."""
    came = Counter(row["status"] for row in rows if row["arrived_at"])
    return (
        (came["confirmed"], came["reserve"], came["canceled"]),
        sum(row["status"] == "confirmed" for row in rows),
        tuple(sum(row[day] is not None for row in rows) for day in DAYS),
    )


def told(one):
    """The same as all days have it."""
    people = (one.people.registered, one.people.reserve, one.people.canceled)
    return people, one.registered, one.by_day


def test_boards_of_several_days_tell_what_the_exports_hold(database, event, tmp_path):
    with database.snapshot() as session:
        rows, at_gates = exported(session, event), admissions(session, event)
        all_days = all_days_of(session, event.id)
        counts = CountsByMinute()
        boards = {day: board_now(session, event.id, counts, NOW + A_DAY, day) for day in DAYS}

    assert told(all_days.whole) == attendance(rows)
    assert all_days.whole.arrivals > all_days.whole.people.all, "some came on both days"
    for delegation, of in all_days.delegations:
        here = [row for row in rows if row["delegation"] == delegation.name]
        assert told(of) == attendance(here), delegation.name
    first_gates = Counter(row["gate"] for row in rows if row["arrived_at"])
    for gate, of in all_days.gates:
        assert of.people.all == first_gates[gate.name]
        assert of.by_day == tuple(at_gates[gate.name, day] for day in DAYS)
    for day, board in boards.items():
        check_a_board(board, day, all_days, rows)

    purge_event(database, event, tmp_path, now=NOW, early=True)
    with database.snapshot() as session:
        kept = all_days_of(session, event.id)
    assert (kept.whole.people, kept.whole.by_day) == (None, all_days.whole.by_day)


def check_a_board(board, day, all_days, rows):
    """A board of one day tells the arrivals that all days and the table have of it."""
    arrived = all_days.whole.by_day[day - 1]
    assert board.counts.figures.arrived == arrived == sum(row[day] is not None for row in rows)
    assert board.curve.rows[-1].total == arrived
    assert [one.figures.arrived for one in board.counts.delegations] == [
        of.by_day[day - 1] for _, of in all_days.delegations
    ]
    assert [one.arrived for one in board.counts.gates] == [
        of.by_day[day - 1] for _, of in all_days.gates
    ]
