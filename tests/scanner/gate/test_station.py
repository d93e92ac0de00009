import pytest

from checkin.protocol.codes import group_for_people
from scanner.core.errors import SpoolUnwritable
from scanner.core.scan import Kind
from scanner.gate.station import Sight, Station
from scanner.offline.spool import Spool
from tests.scanner.decode.pictures import a_code

CODE = a_code(1)


@pytest.fixture
def spool(tmp_path):
    spool = Spool(tmp_path)
    yield spool
    spool.close()


@pytest.fixture
def submitted():
    return []


@pytest.fixture
def station(spool, submitted):
    return Station(spool, submitted.append, tell=pytest.fail)


def test_a_badge_is_on_disk_before_it_is_sent(station, spool, submitted):
    station.submit = lambda scan: submitted.append((scan.code, spool.waiting_count()))

    assert station.saw(CODE, 0) == Sight.SENT
    assert submitted == [(CODE, 1)]


def test_other_codes_are_named_and_never_sent(station, submitted):
    wrong_check = CODE[:-1] + ("0" if CODE[-1] != "0" else "1")
    texts = ["https://example.org", wrong_check, "", "M", "\x00" * 29, CODE[:9], "١" * 29]

    assert [station.saw(text, 0) for text in texts] == [
        Sight.NOT_OURS,
        Sight.AGAIN,
        Sight.NOT_OURS,
        Sight.NOT_OURS,
        Sight.NOT_OURS,
        Sight.AGAIN,
        Sight.NOT_OURS,
    ]
    assert submitted == []


def test_a_code_is_the_same_badge_however_its_qr_was_drawn(station, submitted):
    drawn = [CODE.lower(), f" {CODE}\n", group_for_people(CODE)]

    assert [station.saw(text, 0) for text in drawn] == [Sight.SENT, *[Sight.HELD] * 2]
    assert [scan.code for scan in submitted] == [CODE]


def test_a_badge_in_view_is_sent_once_and_again_after_a_turn_to_exit(station, submitted):
    sights = [station.saw(CODE, 0), station.saw(CODE, 1)]
    station.turn()
    sights.append(station.saw(CODE, 1.5))

    assert sights == [Sight.SENT, Sight.HELD, Sight.SENT]
    assert [scan.type for scan in submitted] == ["entry", "exit"]


def test_a_scan_that_cannot_be_kept_is_red_and_may_be_shown_again(station, spool, submitted):
    told = []
    station.tell = told.append
    whole = spool.put

    def full(scan):
        raise SpoolUnwritable(detail="disk full")

    spool.put = full
    first = station.saw(CODE, 0)
    spool.put = whole

    assert [first, station.saw(CODE, 0.1)] == [Sight.NOT_KEPT, Sight.SENT]
    assert [(v.kind, "NON enregistré" in v.message) for v in told] == [(Kind.REFUSED, True)]
    assert len(submitted) == 1


def test_a_badge_that_left_and_is_back_is_told_and_a_foreign_code_only_once(station, submitted):
    pictures = ([CODE, "x"], [], [CODE, "x"])
    sights = [station.saw_picture(texts, at_s) for at_s, texts in enumerate(pictures)]
    station.release(CODE)

    assert sights == [
        {CODE: Sight.SENT, "x": Sight.NOT_OURS},
        {},
        {CODE: Sight.SHOWN_AGAIN, "x": Sight.HELD},
    ]
    assert station.saw(CODE, 2.5) == Sight.HELD  # it is before the camera still
    station.saw_picture([], 3)
    assert station.saw(CODE, 3.5) == Sight.SENT
    assert len(submitted) == 2
