"""Overrides of an event: who let whom in, why and where; counted once however many gates do it."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from checkin.db.models import Activity, Admission
from checkin.domain.scanning.reasons import Reason
from checkin.services.board.live_counts import live_counts
from checkin.services.scanning import record
from checkin.services.scanning.annul import annul_scan
from checkin.services.scanning.overrides import count_overridden, overrides_of
from tests.support import factories
from tests.support.factories import NOW, minutes
from tests.support.racing import race

WHY = "envoyée par le comité"


@pytest.fixture
def by(database):
    """What a scan says that a supervisor authorised."""
    return {"force_reason": WHY, "forced_by": factories.a_supervisor(database)}


@pytest.fixture
def waiting(database, event):
    """The code of somebody on a reserve list."""
    tiflet = factories.a_delegation(database, event, "Tiflet", quota=0)
    return factories.a_badge(database, event, "Amina Alaoui", delegation=tiflet)


def told(database, event):
    with database.read() as session:
        found = [
            (one.person.name, one.delegation.name, one.gate, one.supervisor, one.overridden)
            for one in overrides_of(session, event.id)
        ]
        return found, count_overridden(session, event.id)


def arrived(database, event):
    with database.read() as session:
        return live_counts(session, event.id, day=1).totals["arrived"]


def test_an_override_tells_who_whom_why_where_and_when(database, event, device, waiting, by):
    factories.scan(database, device, waiting, at=NOW - minutes(3), **by)

    with database.read() as session:
        [one] = overrides_of(session, event.id)
    assert (one.person.name, one.supervisor, one.why) == ("Amina Alaoui", "Superviseure", WHY)
    assert (one.gate, one.device, one.at) == ("Porte 1", "Laptop", NOW - minutes(3))
    assert (one.overridden, one.counted) == (Reason.UNAPPROVED, True)


def test_plain_entries_refusals_exits_and_other_events_are_none(
    database, event, device, waiting, by
):
    other = factories.an_event(database, "other")
    full = factories.a_delegation(database, other, "Salé", quota=0)
    elsewhere = factories.a_badge(database, other, delegation=full)
    factories.scan(database, factories.a_device(database, other), elsewhere, **by)
    factories.scan(database, device, factories.a_badge(database, event, "Driss Tazi"))
    factories.scan(database, device, waiting)
    factories.scan(database, device, "not one of ours", **by)

    assert told(database, event) == ([], 0)


def test_an_override_that_was_taken_back_is_none(database, event, device, waiting, by):
    answer = factories.scan(database, device, waiting, **by)
    factories.write(
        database,
        lambda s: annul_scan(
            s,
            event_id=event.id,
            scan_id=answer.scan_id,
            reason="erreur",
            now=NOW,
            device_id=device.id,
        ),
    )

    assert told(database, event) == ([], 0)


def test_a_person_forced_in_at_two_gates_one_after_the_other_is_one_person(
    database, event, device, waiting, by
):
    gates = [device, factories.a_device(database, event, "Porte 2")]
    for gate in gates:
        factories.scan(database, gate, waiting, **by)

    found, people = told(database, event)
    assert (len(found), people, arrived(database, event)) == (2, 1, 1)
    with database.read() as session:
        assert [one.counted for one in overrides_of(session, event.id)] == [False, True]


def test_a_badge_forced_at_sixteen_gates_at_once_counts_once(database, event, waiting, by):
    gates = [factories.a_device(database, event, f"Porte {n}") for n in range(16)]

    answers = race(16, lambda at: factories.scan(database, gates[at], waiting, **by))

    assert {str(answer.status) for answer in answers} == {"ok"}
    assert (arrived(database, event), told(database, event)[1]) == (1, 1)
    with database.read() as session:
        assert len(session.scalars(select(Admission)).all()) == 1
        logged = select(Activity.participant_id).where(Activity.action == "scan.override")
        assert len(session.scalars(logged).all()) == 16


def test_the_same_forced_scan_sent_eight_times_at_once_is_logged_once(
    database, event, device, waiting, by
):
    reading = factories.a_reading(waiting, **by)

    race(8, lambda _at: factories.record(database, device, reading))

    assert factories.noted(database, "scan") == ["scan.override"]
    assert told(database, event)[1] == 1


def test_control_without_the_log_an_override_leaves_no_line(
    database, device, waiting, by, monkeypatch
):
    monkeypatch.setattr(record, "note_override", lambda *_given: None)

    factories.scan(database, device, waiting, **by)

    assert factories.noted(database, "scan") == []
