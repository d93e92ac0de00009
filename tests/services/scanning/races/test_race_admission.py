"""One badge at many gates is counted once, on both databases; controls without guards."""

from __future__ import annotations

import random
from collections import Counter
from datetime import timedelta
from functools import partial
from uuid import uuid4

import pytest
from sqlalchemy import func, insert, select
from sqlalchemy.exc import IntegrityError, OperationalError

from checkin.db.engine import Database, in_core_transaction
from checkin.db.models import Admission, Scan
from checkin.domain.scanning.reasons import Reason
from checkin.domain.scanning.verdict import Status
from checkin.services.board.live_counts import live_counts
from checkin.services.gates.authentication import device_by_token
from checkin.services.scanning import record, storage, writing
from checkin.services.scanning.storage import Decided
from tests.support import factories, guards
from tests.support.factories import NOW
from tests.support.racing import race, race_outcomes, race_processes, wait_for_the_others

PROCESSES, THREADS = 4, 16


def scan_from_one_process(at, url, tokens, code, unguard):
    """Scan one badge in 16 threads; return what each was told."""
    database = Database(url)
    if unguard:
        unguard(database)
    device = device_by_token(database, tokens[at])
    wait_for_the_others()

    def told(_thread):
        answer = factories.scan(database, device, code, at=NOW + timedelta(seconds=1))
        return answer.reason, answer.first and (answer.first.at, answer.first.gate_name)

    try:
        return [
            str(outcome) if isinstance(outcome, Exception) else outcome
            for outcome in race_outcomes(THREADS, told)
        ]
    finally:
        database.dispose()


def contest(database, event, *, unguard=None):
    """Scan one badge in 4 processes of 16 threads at 4 gates; return all that they were told."""
    code = factories.a_badge(database, event)
    gates = [f"Porte {number}" for number in range(1, PROCESSES + 1)]
    tokens = [factories.a_new_device(database, event, gate).token for gate in gates]
    arguments = (database.url, tokens, code, unguard)
    by_process = race_processes(PROCESSES, scan_from_one_process, arguments)
    return [told for process in by_process for told in process]


def admissions(database):
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(Admission))


def test_one_badge_scanned_64_times_at_once_is_admitted_once(database, event):
    told = contest(database, event)

    with database.read() as session:
        [admission] = session.scalars(select(Admission)).all()
        gate = f"Porte {admission.device_id}"
        record = session.scalar(select(func.count()).select_from(Scan))
        counts = live_counts(session, event.id, day=1).totals
    first = (admission.admitted_at, gate)
    assert Counter(told) == {(None, first): 1, (Reason.ALREADY_REDEEMED, first): 63}
    assert (record, counts["arrived"], counts["inside"], counts["refused"]) == (64, 1, 1, 63)


def test_control_without_the_unique_indexes_a_badge_is_admitted_several_times(postgres_database):
    guards.without_admission_indexes(postgres_database)

    def admitted(round_no):
        before = admissions(postgres_database)
        event = factories.an_event(postgres_database, f"round-{round_no}")
        contest(postgres_database, event, unguard=guards.without_turns)
        return admissions(postgres_database) - before

    # The first may be through before the others look, but hardly five times.
    assert any(admitted(round_no) > 1 for round_no in range(5))


def test_control_with_a_plain_begin_sqlite_is_locked(sqlite_database):
    told = contest(
        sqlite_database, factories.an_event(sqlite_database), unguard=guards.with_plain_begin
    )

    assert "database is locked" in " ".join(t for t in told if isinstance(t, str))


@pytest.mark.parametrize("count", [100, pytest.param(1000, marks=pytest.mark.proof)])
def test_badges_that_eight_gates_all_scan_are_admitted_once_each(count, database, event):
    codes = factories.badges(database, event, count)
    devices = [factories.a_device(database, event, f"Porte {n}") for n in range(8)]

    def scan_all(at):
        order = random.Random(at).sample(codes, count)
        return [(code, factories.scan(database, devices[at], code).status) for code in order]

    told = Counter(answer for gate in race(8, scan_all) for answer in gate)

    expected = {(code, Status.OK): 1 for code in codes}
    assert told == expected | {(code, Status.ERROR): 7 for code in codes}
    assert admissions(database) == count


def upload_from_eight_gates(database, event, monkeypatch):
    """Upload the same badges in eight orders at once, each part tried once; return what came."""
    monkeypatch.setattr(record, "in_core_transaction", partial(in_core_transaction, attempts=1))
    codes = factories.badges(database, event, 50)
    devices = [factories.a_device(database, event, f"Porte {n}") for n in range(8)]
    let_in = Decided(Status.OK, None)

    def upload(at):
        order = random.Random(at).sample(codes, len(codes))
        readings = [factories.a_reading(code, decided=let_in) for code in order]
        return record.record_batch(database, devices[at], readings, factories.KEYS)

    return race_outcomes(8, upload)


def test_gates_that_upload_the_same_badges_in_different_orders_do_not_deadlock(
    database, event, monkeypatch
):
    uploads = upload_from_eight_gates(database, event, monkeypatch)

    told = Counter((answer.status, answer.conflict) for answers in uploads for answer in answers)
    assert told == {(Status.OK, False): 50, (Status.ERROR, True): 350}
    assert admissions(database) == 50


def test_control_without_serialisation_uploads_deadlock(postgres_database, monkeypatch):
    event = factories.an_event(postgres_database)
    monkeypatch.setattr(record, "queue_uploads", lambda *_: None)

    uploads = upload_from_eight_gates(postgres_database, event, monkeypatch)

    assert any("deadlock" in str(fault) for fault in uploads if isinstance(fault, OperationalError))


def send_ten_times(database, device, event):
    reading = factories.a_reading(factories.a_badge(database, event), scan_id=uuid4())
    more = {"scan_id": reading.scan_id}
    return race_outcomes(10, lambda _: factories.scan(database, device, reading.code, **more))


def test_one_scan_id_sent_ten_times_at_once_is_one_row_and_one_answer(database, event, device):
    answers = send_ten_times(database, device, event)

    with database.read() as session:
        record = session.scalar(select(func.count()).select_from(Scan))
    first = next(answer for answer in answers if not answer.replayed)
    same = {(a.status, a.reason, a.first, a.holder.arrived, a.holder.name) for a in answers}
    assert same == {(Status.OK, None, first.first, 1, "Amina Alaoui")}
    assert Counter(answer.replayed for answer in answers) == {True: 9, False: 1}
    assert (record, admissions(database)) == (1, 1)


def plain_insert(monkeypatch):
    plain = {"sqlite": insert(Scan), "postgresql": insert(Scan).returning(Scan.id)}
    monkeypatch.setattr(storage, "INSERT_SCAN", plain)
    monkeypatch.setattr(writing, "_AT_ONCE", writing._insert_with_admission(plain["postgresql"]))


def test_control_with_a_plain_insert_a_repeated_scan_gets_no_answer(
    database, event, device, monkeypatch
):
    plain_insert(monkeypatch)

    answers = send_ten_times(database, device, event)

    assert Counter(isinstance(answer, IntegrityError) for answer in answers) == {True: 9, False: 1}


def test_control_without_the_unique_scan_id_a_repeated_scan_is_several_rows(
    postgres_database, monkeypatch
):
    plain_insert(monkeypatch)
    guards.run(postgres_database, "ALTER TABLE scan DROP CONSTRAINT uq_scan_scan_id")
    event = factories.an_event(postgres_database)

    send_ten_times(postgres_database, factories.a_device(postgres_database, event), event)

    with postgres_database.read() as session:
        assert session.scalar(select(func.count()).select_from(Scan)) == 10


def test_control_without_turns_sqlite_writers_may_still_not_both_admit(sqlite_database):
    """The lock in the database is enough to be right; the turns make it fair."""
    event = factories.an_event(sqlite_database)
    code, device = (
        factories.a_badge(sqlite_database, event),
        factories.a_device(sqlite_database, event),
    )
    guards.without_turns(sqlite_database)

    answers = race_outcomes(8, lambda _: factories.scan(sqlite_database, device, code))

    faults = [answer for answer in answers if isinstance(answer, OperationalError)]
    assert (admissions(sqlite_database), faults) == (1, [])
