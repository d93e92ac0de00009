"""A spool that is damaged is moved aside, what can be read of it is kept, and it is said."""

from __future__ import annotations

import os
import random
import shutil
import sqlite3
from contextlib import closing
from datetime import UTC, datetime

import pytest

from checkin.domain.scanning.facts import Direction
from scanner.core.scan import Scan
from scanner.offline.acknowledged import Acknowledgement
from scanner.offline.damaged import forget_damaged
from scanner.offline.held_list import GATE_LIST, HeldList
from scanner.offline.memory import Passage
from scanner.offline.salvage import salvaged_rows
from scanner.offline.spool import Spool
from tests.scanner.decode.pictures import a_code

OK = {"status": "ok", "reason": None}
EPOCH = "c" * 32
COUNT = 60


def fill(spool):
    """Put some scans of each kind into a spool; return their ids."""
    ids = []
    for number in range(COUNT):
        scan = Scan(code=a_code(number))
        ids.append(scan.scan_id)
        spool.put(scan)
        passage = Passage(
            scan.scan_id, "tag", number, 1, str(Direction.ENTRY), datetime.now(UTC), "Porte A"
        )
        if number % 3 == 0:
            told = Acknowledgement(scan, OK, "run", epoch=EPOCH, counter=f"{number} {scan.scan_id}")
            spool.done([scan.scan_id], passage, [told])
        elif number % 3 == 1:
            spool.decide(scan.scan_id, OK, passage)
        else:
            spool.set_aside(scan, "400 invalid_request")
    return ids


def kept_in(spool):
    """Return the ids of all scans that a spool holds."""
    ids = {one.scan.scan_id for one in spool.decided() + spool.undecided()}
    ids |= {one.scan.scan_id for one in spool.set_aside_list()}
    return ids | {str(row[0]) for row in spool._file.rows("SELECT scan_id FROM acknowledged")}


@pytest.fixture
def folder(tmp_path):
    return tmp_path


@pytest.fixture
def ids(folder):
    """The scans of a spool that was closed in peace, beside a gate list."""
    with closing(Spool(folder, frame="run")) as spool, closing(HeldList(folder)):
        ids = fill(spool)
        spool.acknowledged.meet(EPOCH)
        for _ in range(7):
            spool.next_turn()
    return ids


def overwrite(path, at, length):
    with path.open("r+b") as file:
        file.seek(at)
        file.write(os.urandom(length))


def test_a_spool_without_a_fault_is_left_alone(folder, ids):
    with closing(Spool(folder)) as spool:
        assert kept_in(spool) == set(ids)
        assert spool.loss() is None
    assert not list(folder.glob("damaged-*"))


def test_an_overwritten_header_loses_nothing(folder, ids):
    overwrite(folder / "spool.sqlite", 0, 100)

    with closing(Spool(folder)) as spool:
        assert kept_in(spool) == set(ids)
        assert spool.loss() == COUNT
        assert spool.acknowledged.epoch == EPOCH
        assert spool.acknowledged.count_to_offer() == 0
        assert spool.set_aside_count() == spool.decided_count() == COUNT // 3
        assert spool.memory.history("tag", 3).entries > 0
        assert spool.next_turn() == 8
    [aside] = folder.glob("damaged-*")
    assert (aside / "spool.sqlite").exists()


def test_nor_do_overwritten_first_pages_while_the_journal_is_there(folder):
    spool = Spool(folder, frame="run")
    ids = fill(spool)
    copy = folder / "copy"
    copy.mkdir()
    for file in folder.glob("spool.sqlite*"):  # as kill -9 leaves them
        shutil.copy(file, copy / file.name)
    spool.close()
    overwrite(copy / "spool.sqlite", 0, 4096)

    with closing(Spool(copy)) as salvaged:
        assert kept_in(salvaged) == set(ids)


@pytest.mark.parametrize("share", [0.3, 0.5, 0.8])
def test_of_an_overwritten_middle_the_other_rows_are_kept(folder, ids, share):
    path = folder / "spool.sqlite"
    overwrite(path, int(path.stat().st_size * share), 5_000)

    with closing(Spool(folder)) as spool:
        kept = kept_in(spool)
        assert kept <= set(ids)
        assert len(kept) >= COUNT // 2
        assert spool.loss() == len(kept)
        spool.put(Scan(code=a_code(99)))  # it works


@pytest.mark.parametrize("share", [0.4, 0.7, 0.95])
def test_of_a_truncated_spool_the_rest_is_kept(folder, ids, share):
    path = folder / "spool.sqlite"
    os.truncate(path, int(path.stat().st_size * share))

    with closing(Spool(folder)) as spool:
        assert kept_in(spool) <= set(ids)
        assert spool.loss() is not None


def test_a_row_whose_text_is_spoilt_is_left_out(folder, ids):
    with closing(sqlite3.connect(folder / "spool.sqlite")) as connection:
        connection.execute("UPDATE waiting SET body = '{broken' WHERE scan_id = ?", (ids[1],))
        connection.commit()

    with closing(Spool(folder)) as spool:
        assert kept_in(spool) == set(ids) - {ids[1]}


def test_an_empty_file_is_no_new_one(folder, ids):
    (folder / "spool.sqlite").write_bytes(b"")

    with closing(Spool(folder)) as spool:
        assert (spool.loss(), kept_in(spool)) == (0, set())


def test_a_file_that_is_gone_is_missed(folder, ids):
    (folder / "spool.sqlite").unlink()

    with closing(Spool(folder)) as spool:
        assert spool.loss() == 0


def test_a_new_folder_has_lost_nothing(tmp_path):
    with closing(Spool(tmp_path / "new")) as spool:
        assert spool.loss() is None


def test_what_was_moved_aside_and_not_read_is_read_at_the_next_start(folder, ids, monkeypatch):
    overwrite(folder / "spool.sqlite", 0, 100)
    with monkeypatch.context() as patched:
        patched.setattr("scanner.offline.damaged.read_back", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            Spool(folder)

    for _ in range(2):  # and not once more
        with closing(Spool(folder)) as spool:
            assert kept_in(spool) == set(ids)
            assert spool.loss() == COUNT


def test_the_loss_is_told_until_the_server_knows_it(folder, ids):
    overwrite(folder / "spool.sqlite", 0, 100)
    with closing(Spool(folder)):
        pass
    with closing(Spool(folder)) as spool:
        assert spool.loss() == COUNT
        spool.loss_is_told()
        assert spool.loss() is None


def test_a_damaged_gate_list_is_fetched_again(folder, ids):
    overwrite(folder / GATE_LIST, 0, 100)

    with closing(HeldList(folder)) as held:
        assert not held.is_there


def test_what_was_moved_aside_goes_when_the_device_is_wiped(folder, ids):
    overwrite(folder / "spool.sqlite", 0, 100)
    with closing(Spool(folder)):
        forget_damaged(folder)

    assert not list(folder.glob("damaged-*"))


@pytest.mark.parametrize("seed", range(20))
def test_no_bytes_whatever_stop_the_salvage(folder, ids, seed):
    chance = random.Random(seed)
    path = folder / "spool.sqlite"
    content = bytearray(path.read_bytes())
    for _ in range(chance.randrange(1, 400)):
        content[chance.randrange(len(content))] = chance.randrange(256)
    path.write_bytes(bytes(content[: chance.randrange(len(content))]))

    for number, row in salvaged_rows(path):
        assert isinstance(number, int)
        assert isinstance(row, tuple)
    with closing(Spool(folder)) as spool:
        assert kept_in(spool) <= set(ids)
