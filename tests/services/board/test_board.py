"""The figures on a board equal a count over every row, after any sequence of scans."""

from __future__ import annotations

import random
from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import select

from checkin.db.models import Admission, Conflict, Role, Scan
from checkin.domain.board.arrivals import Outlook
from checkin.domain.scanning.reasons import Reason
from checkin.domain.scanning.verdict import Status
from checkin.services.board import minute_counts
from checkin.services.board.board import CountsByMinute, board_now
from checkin.services.board.minute_counts import MinuteCounts, arrivals_by_gate
from checkin.services.gates.authentication import mark_seen
from checkin.services.scanning.annul import annul_scan
from checkin.services.scanning.storage import Decided
from tests.support import factories
from tests.support.factories import NOW
from tests.web.browsing import an_operator

LET_IN = Decided(Status.OK, None)


@pytest.fixture
def counts_by_minute():
    return CountsByMinute()


@pytest.fixture
def supervisor(database):
    return an_operator(database, Role.SUPERVISOR)


def shown(database, event, counts_by_minute, now=NOW):
    with database.read() as session:
        return board_now(session, event.id, counts_by_minute, now)


def in_the_log(database):
    """Return arrivals by minute and refusals by reason, counted one by one."""
    arrived = select(Admission.admitted_at).where(
        Admission.entry_no == 1, Admission.annulled_at.is_(None)
    )
    refused = select(Scan.reason).where(
        Scan.status == Status.ERROR,
        Scan.annulled_at.is_(None),
        Scan.id.not_in(select(Conflict.scan_pk)),
    )
    with database.read() as session:
        moments, reasons = session.scalars(arrived).all(), session.scalars(refused).all()
    return Counter(at.replace(second=0, microsecond=0) for at in moments), Counter(reasons)


def on_the_board(board):
    """Return the same as the board has it."""
    assert board.curve.rows_of == timedelta(minutes=1)
    arrived = Counter({row.at: row.arrived for row in board.curve.rows if row.arrived})
    return arrived, Counter(dict(board.refusals))


def annul(database, event, supervisor, scan_id, now):
    def work(session):
        annul_scan(
            session,
            event_id=event.id,
            scan_id=scan_id,
            reason="essai",
            now=now,
            supervisor_id=supervisor.id,
        )

    factories.write(database, work)


@pytest.mark.parametrize("seed", [1, 2])
def test_counts_by_minute_equal_the_scans_after_late_uploads_and_annulments(
    database, event, device, supervisor, counts_by_minute, monkeypatch, seed
):
    monkeypatch.setattr(minute_counts, "WHOLE_EVERY_S", 0.0)
    chance = random.Random(seed)
    codes = [*factories.badges(database, event, 60), "HELLO"]
    for minute in range(30):
        now = NOW + timedelta(minutes=minute)
        answers = []
        for _ in range(3):
            late = timedelta(minutes=chance.choice([0, 0, minute]))
            decided = chance.choice([LET_IN, None]) if late else None
            code = chance.choice(codes)
            answers.append(factories.scan(database, device, code, at=now - late, decided=decided))
        if minute % 4 == 3:
            annul(database, event, supervisor, answers[0].scan_id, now)
        board = shown(database, event, counts_by_minute, now)
        assert on_the_board(board) == in_the_log(database)
        assert board.curve.rows[-1].total == board.counts.totals["arrived"]


def test_the_board_of_an_earlier_day_ends_with_it_and_forecasts_nothing(database, event, device):
    factories.a_further_day(database, event)
    factories.scan(database, device, factories.a_badge(database, event))
    with database.read() as session:
        next_day = NOW + timedelta(days=1)
        board = board_now(session, event.id, CountsByMinute(), next_day, day=1)

    assert board.curve.times[-1] == event.ends_at
    assert (board.counts.figures.arrived, board.forecast) == (1, None)


def test_an_unchanged_board_reads_no_arrivals_and_a_new_one_only_the_last_minutes(
    database, event, device
):
    read = []

    def noted(session, day, since):
        read.append(since)
        return arrivals_by_gate(session, day, since)

    counts_by_minute = CountsByMinute(arrivals=MinuteCounts(noted))
    first, second = factories.badges(database, event, 2)
    factories.scan(database, device, first, at=NOW - timedelta(minutes=20))

    shown(database, event, counts_by_minute)
    shown(database, event, counts_by_minute)
    factories.scan(database, device, second, at=NOW)
    shown(database, event, counts_by_minute)

    assert read == [None, NOW.replace(second=0) - minute_counts.YOUNG]


def test_a_board_shows_each_gate_s_pace_devices_and_warnings(database, event, device):
    other = factories.a_new_device(database, event, "Porte 1")
    quiet = factories.a_new_device(database, event, "Porte 2")
    for code in factories.badges(database, event, 10):
        factories.scan(database, device, code, at=NOW - timedelta(minutes=2))
    ago = NOW - timedelta(minutes=40)

    def tell(session):
        mark_seen(session, device.id, NOW, waiting=2, skew_ms=-90_000, list_at=NOW, battery=12)
        mark_seen(session, other.id, NOW, waiting=1, skew_ms=300, list_at=ago)
        mark_seen(session, other.id, NOW, battery=3, charging=True)
        mark_seen(session, quiet.id, ago, battery=2, charging=False)

    factories.write(database, tell)
    one, two = shown(database, event, CountsByMinute()).gates

    assert (one.per_minute, one.devices, one.online, one.waiting) == (5.0, 2, 2, 3)
    assert (one.list_at, one.skew_ms, one.low_battery) == (ago, -90_000, 12)
    assert (two.per_minute, two.devices, two.online, two.waiting) == (0.0, 1, 0, 0)
    assert (two.list_at, two.skew_ms, two.low_battery) == (None, None, None)


def test_a_board_shows_refusals_conflicts_and_the_forecast(
    database, event, device, counts_by_minute
):
    codes = factories.badges(database, event, 3)
    factories.scan(database, device, codes[0])
    for code in ("HELLO", "HELLO", codes[0]):
        factories.scan(database, device, code)
    factories.scan(database, device, codes[0], decided=LET_IN)

    board = shown(database, event, counts_by_minute)

    assert board.refusals == ((Reason.INVALID, 2), (Reason.ALREADY_REDEEMED, 1))
    assert board.conflicts == 1
    assert board.forecast.outlook == Outlook.TOO_FEW
    assert board.hall is None


def test_the_hall_is_shown_where_it_has_a_capacity(database, counts_by_minute):
    event = factories.an_event(database, "salle-2025", capacity=10)
    device = factories.a_device(database, event)
    for code in factories.badges(database, event, 9):
        factories.scan(database, device, code)

    hall = shown(database, event, counts_by_minute).hall

    assert (hall.inside, hall.percent, hall.level) == (9, 90, 90)
