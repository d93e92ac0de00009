"""A scan whose live answer was lost is uploaded again with the gate's own decision."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from checkin.db.models import Admission, Conflict, Scan
from checkin.domain.scanning.facts import Direction
from checkin.domain.scanning.reasons import Reason
from checkin.domain.scanning.verdict import Status
from checkin.services.board.live_counts import live_counts
from checkin.services.gates.leases import grant_lease
from checkin.services.scanning import record
from checkin.services.scanning.annul import annul_scan
from checkin.services.scanning.conflicts import conflicts_of
from checkin.services.scanning.storage import Decided, replay
from tests.support import factories
from tests.support.factories import NOW, minutes, write
from tests.support.lending import keep_places
from tests.support.racing import race

LET_IN = Decided(Status.OK, None)
TURNED_AWAY = Decided(Status.ERROR, Reason.QUOTA_EXCEEDED)
LATER = NOW + minutes(2)


@pytest.fixture
def waiting(database, event):
    """The code of somebody on the reserve list of a delegation that has no place."""
    tiflet = factories.a_delegation(database, event, "Tiflet", quota=0)
    return factories.a_badge(database, event, delegation=tiflet)


def live(database, device, code):
    """Ask the server, whose answer is lost; return what comes again later."""
    scan_id = factories.scan(database, device, code).scan_id
    return {"scan_id": scan_id, "received_at": LATER}


def told(answer):
    return (answer.status, answer.reason, answer.conflict, answer.replayed)


def totals(database, event):
    with database.read() as session:
        counts = live_counts(session, event.id, day=1).totals
        return counts["arrived"], counts["inside"], counts["refused"]


def listed(database, event):
    with database.read() as session:
        return [(one.reason, one.counted) for one in conflicts_of(session, event)]


UNAPPROVED = (Status.ERROR, Reason.UNAPPROVED)


def test_a_person_refused_live_but_admitted_by_the_gate_is_counted_once_and_a_conflict(
    database, event, device, waiting
):
    again = live(database, device, waiting)

    answers = [
        told(factories.scan(database, device, waiting, decided=LET_IN, **again)) for _ in range(3)
    ]

    assert answers == [(*UNAPPROVED, True, True)] * 3
    assert listed(database, event) == [(Reason.UNAPPROVED, True)]
    assert totals(database, event) == (1, 1, 1)
    with database.read() as session:
        scan, admission = (
            session.scalars(select(Scan)).one(),
            session.scalars(select(Admission)).one(),
        )
    assert (scan.status, scan.reason, scan.decided_status) == (*UNAPPROVED, None)
    assert (admission.scan_pk, admission.without_place) == (scan.id, True)


def test_a_person_refused_live_but_admitted_on_a_lease_uses_its_place(database, event, device):
    tiflet = factories.a_delegation(database, event, "Tiflet", quota=2)
    keep_places(database, tiflet.id, 1)
    lease = write(database, lambda s: grant_lease(s, device, now=NOW))
    codes = factories.badges(database, event, 2, delegation=tiflet)
    again = live(database, device, codes[1])

    factories.scan(database, device, codes[1], decided=LET_IN, lease_id=lease.lease_id, **again)

    with database.read() as session:
        assert session.scalars(select(Admission.without_place)).all() == [False]
    assert listed(database, event) == [(Reason.UNAPPROVED, True)]


def test_a_repeated_scan_of_a_person_inside_is_a_conflict_and_not_counted_again(
    database, event, device, waiting
):
    again = live(database, device, waiting)
    gate = factories.a_device(database, event, "Porte 2")
    by = {"force_reason": "envoyée par le comité", "forced_by": factories.a_supervisor(database)}
    factories.scan(database, gate, waiting, **by)

    factories.scan(database, device, waiting, decided=LET_IN, **again)

    assert listed(database, event) == [(Reason.UNAPPROVED, False)]
    assert totals(database, event) == (1, 1, 1)


def test_a_person_counted_live_but_refused_by_the_gate_is_a_conflict_and_stays_counted(
    database, event, device
):
    code = factories.a_badge(database, event)
    again = live(database, device, code)

    answers = [
        told(factories.scan(database, device, code, decided=TURNED_AWAY, **again)) for _ in range(2)
    ]

    assert answers == [(Status.OK, None, True, True)] * 2
    assert listed(database, event) == [(Reason.QUOTA_EXCEEDED, True)]
    assert totals(database, event) == (1, 1, 0)


def test_a_repeated_scan_with_the_same_decision_is_no_conflict(database, event, device, waiting):
    fine = factories.a_badge(database, event)
    admitted, refused = live(database, device, fine), live(database, device, waiting)

    factories.scan(database, device, fine, decided=LET_IN, **admitted)
    factories.scan(database, device, waiting, decided=TURNED_AWAY, **refused)

    assert listed(database, event) == []


def test_a_repeated_exit_gets_its_first_answer(database, event, device):
    code = factories.a_badge(database, event)
    factories.scan(database, device, code)
    answer = factories.scan(database, device, code, direction=Direction.EXIT)
    again = {"scan_id": answer.scan_id, "direction": Direction.EXIT}

    factories.scan(database, device, code, decided=TURNED_AWAY, **again)

    assert (listed(database, event), totals(database, event)) == ([], (1, 0, 0))


def test_annulling_takes_back_the_arrival_and_the_refusal(database, event, device, waiting):
    again = live(database, device, waiting)
    factories.scan(database, device, waiting, decided=LET_IN, **again)

    undo = {"event_id": event.id, "scan_id": again["scan_id"], "reason": "not there"}
    write(database, lambda s: annul_scan(s, **undo, now=LATER, device_id=device.id))

    late = factories.scan(database, device, waiting, decided=LET_IN, **again)
    assert (totals(database, event), late.conflict) == ((0, 0, 0), True)
    assert listed(database, event) == [(Reason.UNAPPROVED, False)]


def test_sixteen_uploads_of_one_scan_at_once_are_one_conflict_and_one_arrival(
    database, event, device, waiting
):
    again = live(database, device, waiting)

    answers = race(
        16, lambda _: told(factories.scan(database, device, waiting, decided=LET_IN, **again))
    )

    assert answers == [(*UNAPPROVED, True, True)] * 16
    assert listed(database, event) == [(Reason.UNAPPROVED, True)]
    assert totals(database, event) == (1, 1, 1)


def test_a_repeated_scan_and_a_concurrent_override_count_the_person_once(
    database, event, device, waiting
):
    again = live(database, device, waiting)
    gate, supervisor = (
        factories.a_device(database, event, "Porte 2"),
        factories.a_supervisor(database),
    )

    def upload_or_admit(at):
        if at % 2:
            return factories.scan(database, device, waiting, decided=LET_IN, **again)
        return factories.scan(
            database, gate, waiting, force_reason="envoyée par le comité", forced_by=supervisor
        )

    race(8, upload_or_admit)

    assert len(listed(database, event)) == 1
    assert totals(database, event)[:2] == (1, 1)


def test_control_without_comparing_the_decisions_no_conflict_is_recorded(
    database, event, device, waiting, monkeypatch
):
    monkeypatch.setattr(record, "repeat", replay)
    again = live(database, device, waiting)

    factories.scan(database, device, waiting, decided=LET_IN, **again)

    with database.read() as session:
        assert session.scalars(select(Conflict)).all() == []
    assert totals(database, event) == (0, 0, 1)
