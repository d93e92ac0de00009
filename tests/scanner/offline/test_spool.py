import json
import os
import signal
import subprocess
import sys

import pytest

from scanner.core.errors import SpoolUnwritable
from scanner.core.scan import Scan, kept_scan
from scanner.offline.disk import DeviceFile
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


def test_a_scan_of_a_person_without_a_badge_comes_back_with_their_number_alone(spool):
    scan = Scan(code="", source="bus", participant_id=7)
    spool.put(scan)

    [waiting] = spool.undecided()

    assert waiting.scan.kept() == scan.body()
    assert (waiting.scan.participant_id, waiting.scan.source) == (7, "bus")
    assert {"code", "badge_ref"} & set(scan.body()) == set()


def test_a_scan_comes_back_with_its_badge_s_ref_in_place_of_the_code(spool):
    scan = Scan(code=a_code(1), type="exit")
    spool.put(scan)
    spool.put(scan)

    (kept,) = spool.undecided()

    assert kept.scan.body() == scan.kept()
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


def every_byte(folder):
    return b"".join(path.read_bytes() for path in folder.iterdir())


def test_a_code_is_in_no_file_of_a_spool_that_is_open(tmp_path, spool):
    waiting, sent, refused = (Scan(code=a_code(number)) for number in (1, 2, 3))
    for scan in (waiting, sent, refused):
        spool.put(scan)
    spool.done([sent.scan_id])
    spool.set_aside(refused, "400 invalid_request")

    kept = every_byte(tmp_path / "spool")
    assert [scan.code.encode() in kept for scan in (waiting, sent, refused)] == [False] * 3
    assert waiting.badge_ref.encode() in kept


@pytest.fixture
def earlier(tmp_path):
    """The folder of a spool that an earlier version wrote, codes and all, and its scans."""
    scans = [Scan(code=a_code(number)) for number in range(1, 5)]
    spool = Spool(tmp_path / "spool")
    for scan in scans:
        spool.put(scan)
    spool.set_aside(scans[2], "400 invalid_request")
    for scan in scans:
        body = json.dumps({"code": scan.code} | scan.kept() | {"walk_in": {}})
        for table in ("waiting", "set_aside"):
            spool._file.write(
                f"UPDATE {table} SET body = ? WHERE scan_id = ?", (body, scan.scan_id)
            )
    spool.done([scans[3].scan_id])
    spool._file.write("PRAGMA user_version = 0")
    spool.close()
    return tmp_path / "spool", scans


def test_a_spool_of_an_earlier_version_loses_its_codes_and_no_scan(earlier):
    folder, scans = earlier
    assert all(scan.code.encode() in every_byte(folder) for scan in scans[:3])

    spool = Spool(folder)

    assert [one.scan.body() for one in spool.undecided()] == [one.kept() for one in scans[:2]]
    assert [one.scan.body() for one in spool.set_aside_list()] == [scans[2].kept()]
    assert not any(scan.code.encode() in every_byte(folder) for scan in scans)
    spool.close()


def test_a_spool_whose_rewriting_was_interrupted_is_rewritten_by_the_next_start(
    earlier, monkeypatch
):
    folder, scans = earlier
    with monkeypatch.context() as patch:
        patch.setattr(DeviceFile, "clean", interrupted)
        with pytest.raises(KeyboardInterrupt):
            Spool(folder)

    Spool(folder).close()

    assert not any(scan.code.encode() in every_byte(folder) for scan in scans)


def interrupted(_file):
    raise KeyboardInterrupt


def test_what_is_no_code_of_ours_goes_from_an_earlier_spool_without_a_trace(tmp_path):
    spool = Spool(tmp_path)
    foreign = Scan(code="https://example.org/Amina")
    spool.put(foreign)
    body = json.dumps({"code": foreign.code} | foreign.kept())
    spool._file.write("UPDATE waiting SET body = ?", (body,))
    spool._file.write("PRAGMA user_version = 0")
    spool.close()

    spool = Spool(tmp_path)

    assert b"Amina" not in every_byte(tmp_path)
    assert [one.scan.badge_ref for one in spool.undecided()] == [""]
    spool.close()


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

    assert spool.undecided(3) == [Waiting(as_kept(s), None) for s in scans[:3]]


def as_kept(scan):
    return kept_scan(scan.kept())
