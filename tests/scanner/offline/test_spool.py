import os
import signal
import subprocess
import sys

import pytest

from scanner.core.errors import SpoolUnwritable
from scanner.core.scan import Scan
from scanner.offline.spool import Spool, Waiting
from tests.scanner.decode.pictures import a_code

# Puts scans for ever and says each scan_id only after `put` has returned.
PUTTER = """
import sys
from pathlib import Path
from scanner.core.scan import Scan
from scanner.offline.spool import Spool
spool = Spool(Path(sys.argv[1]))
while True:
    scan = Scan(code="M")
    spool.put(scan)
    print(scan.scan_id, flush=True)
"""


@pytest.fixture
def spool(tmp_path):
    spool = Spool(tmp_path / "spool")
    yield spool
    spool.close()


def test_what_was_put_before_kill_9_is_there_afterwards(tmp_path):
    for _ in range(3):
        putter = subprocess.Popen(
            [sys.executable, "-c", PUTTER, str(tmp_path)], stdout=subprocess.PIPE, text=True
        )
        acknowledged = [putter.stdout.readline().strip() for _ in range(40)]
        os.kill(putter.pid, signal.SIGKILL)
        acknowledged += putter.stdout.read().split()
        putter.stdout.close()
        putter.wait()

        spool = Spool(tmp_path)
        kept = [one.scan.scan_id for one in spool.undecided()]
        spool.close()
        assert set(acknowledged) <= set(kept)
        assert len(kept) == len(set(kept))


def test_a_file_that_others_could_read_is_closed_to_them(tmp_path):
    (tmp_path / "spool.sqlite").touch(0o644)

    Spool(tmp_path).close()

    assert (tmp_path / "spool.sqlite").stat().st_mode & 0o777 == 0o600


def test_every_commit_is_fsynced(spool):
    # 2 is FULL. With NORMAL a power cut may take back the last commits of a WAL database.
    assert spool._file.rows("PRAGMA synchronous") == [(2,)]


def test_a_scan_comes_back_word_for_word(spool):
    scan = Scan(code=a_code(1), type="exit")
    spool.put(scan)
    spool.put(scan)

    (kept,) = spool.undecided()

    assert kept.scan.body() == scan.body()
    assert kept.decided is None


def test_a_scan_that_is_put_again_keeps_its_answer_and_its_place(spool):
    first, second = Scan(code=a_code(1)), Scan(code=a_code(2))
    decided = {"status": "ok", "reason": None}
    for scan in (first, second):
        spool.put(scan)
        spool.decide(scan.scan_id, decided)

    spool.put(first)

    kept = [(one.scan.scan_id, one.decided) for one in spool.decided()]
    assert kept == [(first.scan_id, decided), (second.scan_id, decided)]


def test_the_last_skew_is_that_of_the_run_that_measured_last(spool):
    before = spool.last_skew()
    spool.keep_skew("first run", 3.0)
    spool.keep_skew("second run", 5.0)
    after_two = spool.last_skew()
    spool.keep_skew("first run", 4.0)

    assert (before, after_two, spool.last_skew()) == (0.0, 5.0, 4.0)


def test_only_decided_scans_are_batched_and_only_acknowledged_ones_are_removed(spool):
    first, second, third = (Scan(code=a_code(n)) for n in (1, 2, 3))
    for scan in (first, second, third):
        spool.put(scan)
    spool.decide(first.scan_id, {"status": "ok", "reason": None})
    spool.decide(third.scan_id, {"status": "ok", "reason": None})
    spool.done([third.scan_id, "never-heard-of"])

    ids = [one.scan.scan_id for one in spool.decided()]

    assert ids == [first.scan_id]
    assert spool.decided()[0].decided == {"status": "ok", "reason": None}
    assert spool.waiting_count() == 2


def test_a_rejected_scan_is_set_aside_and_not_sent_again(spool):
    scan = Scan(code=a_code(1))
    spool.put(scan)

    spool.set_aside(scan, "400 invalid_request")

    assert (spool.waiting_count(), spool.set_aside_count()) == (0, 1)


def test_a_code_that_was_sent_is_not_left_in_the_file(tmp_path):
    spool = Spool(tmp_path)
    scan = Scan(code=a_code(1))
    spool.put(scan)
    spool.done([scan.scan_id])
    spool.close()

    assert scan.code.encode() not in b"".join(p.read_bytes() for p in tmp_path.iterdir())


def test_a_full_disk_raises_and_nothing_is_partly_stored(spool):
    pages = spool._file.number("PRAGMA page_count")
    spool._file.rows(f"PRAGMA max_page_count = {pages}")
    kept = iter(range(10_000))

    def fill():
        for number in kept:
            spool.put(Scan(code=a_code(number)))

    with pytest.raises(SpoolUnwritable, match="full"):
        fill()

    assert spool.waiting_count() == next(kept) - 1


def test_a_folder_that_cannot_be_made_is_said(tmp_path):
    (tmp_path / "file").write_text("")

    with pytest.raises(SpoolUnwritable):
        Spool(tmp_path / "file" / "spool")


def test_waiting_scans_keep_the_order_of_reading(spool):
    scans = [Scan(code=a_code(n)) for n in range(5)]
    for scan in scans:
        spool.put(scan)

    assert spool.undecided(3) == [Waiting(scan_without_micros(s), None) for s in scans[:3]]


def scan_without_micros(scan):
    from scanner.core.scan import scan_from_body

    return scan_from_body(scan.body())
