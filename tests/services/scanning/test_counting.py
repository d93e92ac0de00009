"""Counting entries, exits and refusals: which exit ends which stay, and the tallies by gate."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from checkin.db.engine import in_core_transaction
from checkin.db.models import Admission, ArrivalTally, RefusalTally, Scan
from checkin.domain.scanning.facts import Direction, Reentry
from checkin.domain.scanning.verdict import Status
from checkin.services.scanning.annul import annul_scan
from checkin.services.scanning.counting import leave
from checkin.services.scanning.storage import Decided
from tests.services.scanning.test_facts import facts_of
from tests.support import factories
from tests.support.factories import NOW, minutes, write

LET_IN = Decided(Status.OK, None)
ENTRY, EXIT = Direction


@pytest.fixture
def event(database):
    return factories.an_event(database, reentry=Reentry.AFTER_EXIT)


@pytest.fixture
def gates(database, event):
    return [factories.a_device(database, event, f"Porte {number}") for number in (1, 2)]


@pytest.fixture
def code(database, event):
    return factories.a_badge(database, event)


def uploaded(database, gate, code, ago, direction=ENTRY, **more):
    """Upload what a gate let through by itself some minutes ago."""
    at = NOW - minutes(ago)
    more = {"received_at": NOW, "decided": LET_IN, "direction": direction} | more
    return factories.scan(database, gate, code, at=at, **more)


def stays(database):
    """Return how many minutes before NOW each admission began and ended."""
    with database.read() as session:
        rows = session.execute(
            select(Admission.admitted_at, Admission.exited_at).order_by(Admission.id)
        ).all()
    return [tuple(at and (NOW - at) / minutes(1) for at in row) for row in rows]


def tallies(database, table, *columns):
    with database.read() as session:
        rows = session.execute(
            select(*(getattr(table, name) for name in ("device_id", *columns))).order_by(
                table.device_id
            )
        ).all()
    return [tuple(row) for row in rows]


def inside(database):
    return sum(row[1] for row in tallies(database, ArrivalTally, "inside"))


def test_each_gate_has_its_own_counts_and_its_last_scan_whatever_arrives_late(
    database, event, gates
):
    codes = factories.badges(database, event, 3)
    for gate, one, ago in ((0, 0, 10), (0, 1, 30), (1, 2, 20)):
        factories.scan(database, gates[gate], codes[one], at=NOW - minutes(ago))
    factories.scan(database, gates[1], codes[0], at=NOW - minutes(5), direction=EXIT)

    counts = tallies(
        database, ArrivalTally, "gate_id", "event_id", "arrived", "inside", "last_scan_at"
    )
    assert counts == [
        (gates[0].id, gates[0].gate_id, event.id, 2, 2, NOW - minutes(10)),
        (gates[1].id, gates[1].gate_id, event.id, 1, 0, NOW - minutes(5)),
    ]


def test_who_is_let_in_without_a_place_is_counted_so(database, event, gates):
    tiflet = factories.a_delegation(database, event, "Tiflet", quota=1)
    forced = {
        "force_reason": "envoyée par le comité",
        "forced_by": factories.a_supervisor(database),
    }
    for code in factories.badges(database, event, 3, delegation=tiflet):
        factories.scan(database, gates[0], code, **forced)

    counts = tallies(database, ArrivalTally, "arrived", "inside", "without_place")
    assert counts == [(gates[0].id, 3, 3, 2)]


def test_refusals_are_counted_by_gate_with_the_last_of_them(database, event, gates):
    for gate, ago in ((0, 10), (0, 30), (1, 20)):
        factories.scan(database, gates[gate], "not one of ours", at=NOW - minutes(ago))

    counts = tallies(database, RefusalTally, "gate_id", "event_id", "refused", "last_scan_at")
    assert counts == [
        (gates[0].id, gates[0].gate_id, event.id, 2, NOW - minutes(10)),
        (gates[1].id, gates[1].gate_id, event.id, 1, NOW - minutes(20)),
    ]


@pytest.mark.parametrize(("ago", "ended"), [(31, None), (30, 30), (29, 29)])
def test_an_exit_ends_a_stay_that_began_before_it_or_with_it(ago, ended, database, gates, code):
    factories.scan(database, gates[0], code, at=NOW - minutes(30))

    uploaded(database, gates[0], code, ago, EXIT)

    assert stays(database) == [(30, ended)]
    assert inside(database) == (ended is None)


@pytest.mark.parametrize("annulled", [False, True])
def test_a_stay_that_ended_meanwhile_is_not_ended_again(annulled, database, event, gates, code):
    entry = factories.scan(database, gates[0], code, at=NOW - minutes(30))
    reading = factories.a_reading(code, direction=EXIT)
    holder = facts_of(database, gates[0], code)[1]  # still inside, as this gate reads it
    if annulled:
        annul(database, event, entry, gates[0], NOW - minutes(30))
    else:
        factories.scan(database, gates[1], code, at=NOW - minutes(20), direction=EXIT)
    before = (stays(database), inside(database))

    in_core_transaction(
        database, lambda c: leave(c, gates[0], reading, holder, scan_pk=scan_key(database))
    )

    assert (stays(database), inside(database)) == before
    assert inside(database) == 0


def annul(database, event, answer, device, now=NOW):
    asked = {"event_id": event.id, "scan_id": answer.scan_id, "reason": "erreur", "now": now}
    write(database, lambda s: annul_scan(s, **asked, device_id=device.id))


def scan_key(database):
    with database.read() as session:
        return session.scalars(select(Scan.id)).first()


def test_the_earliest_exit_since_the_entry_ends_a_stay_that_is_uploaded_late(database, gates, code):
    for ago in (40, 10, 20):
        uploaded(database, gates[1], code, ago, EXIT)

    uploaded(database, gates[0], code, ago=30)

    assert stays(database) == [(30, 20)]
    assert inside(database) == 0


def test_an_exit_at_the_moment_of_the_entry_ends_the_stay(database, gates, code):
    uploaded(database, gates[1], code, 30, EXIT)

    uploaded(database, gates[0], code, ago=30)

    assert stays(database) == [(30, 30)]


def test_an_exit_of_somebody_else_or_one_that_was_annulled_ends_no_stay(
    database, event, gates, code
):
    uploaded(database, gates[1], factories.a_badge(database, event, "Omar Tazi"), 20, EXIT)
    annul(database, event, uploaded(database, gates[1], code, 10, EXIT), gates[1])

    uploaded(database, gates[0], code, ago=30)

    assert stays(database) == [(30, None)]
    assert inside(database) == 1


def test_another_scan_since_the_entry_is_no_exit(database, gates, code):
    refused = Decided(Status.ERROR, None)
    uploaded(database, gates[1], code, 20, EXIT, decided=refused)
    uploaded(database, gates[1], code, 10, decided=refused)

    uploaded(database, gates[0], code, ago=30)

    assert stays(database) == [(30, None)]
