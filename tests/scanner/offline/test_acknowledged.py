"""What each request tells costs the same, however many scans were acknowledged."""

from __future__ import annotations

import pytest

from scanner.core.scan import Scan
from scanner.offline.acknowledged import HIGHEST_NUMBER, Acknowledgement
from scanner.offline.spool import Spool

EPOCHS = ("a" * 32, "b" * 32)


@pytest.fixture
def spool(tmp_path):
    """A spool to which each of two epochs has acknowledged scans."""
    spool = Spool(tmp_path)
    for epoch in EPOCHS:
        spool.acknowledged.meet(epoch)
    yield spool
    spool.close()


def acknowledge(spool, number, epoch):
    scan = Scan(code="", kept_ref=f"{number:032x}")
    decided = {"status": "ok", "reason": None}
    told = Acknowledgement(scan, decided, "run", epoch, f"{number} {scan.scan_id}")
    spool.done([], None, [told])
    return scan.scan_id


def test_the_highest_number_of_the_present_epoch_is_told(spool):
    acknowledge(spool, 900, EPOCHS[0])
    acknowledge(spool, 7, EPOCHS[1])
    highest = acknowledge(spool, 12, EPOCHS[1])
    acknowledge(spool, 11, EPOCHS[1])

    assert spool.acknowledged.seen() == f"{EPOCHS[1]} 12 {highest}"


def test_it_is_read_from_an_index_in_its_order(spool):
    rows = spool._file.rows(f"EXPLAIN QUERY PLAN {HIGHEST_NUMBER}", (EPOCHS[1],))

    assert [detail for *_, detail in rows] == [
        "SEARCH acknowledged_by USING COVERING INDEX highest_number (epoch=? AND number>?)"
    ]


def test_a_spool_of_an_earlier_version_gets_the_index(spool, tmp_path):
    acknowledge(spool, 12, EPOCHS[1])
    spool._file.write("DROP INDEX highest_number")
    spool.close()

    again = Spool(tmp_path)

    assert again._file.number("SELECT count(*) FROM sqlite_master WHERE name = 'highest_number'")
    again.close()
