"""What reads a stranger's file does so in a process of its own, which cannot do much else."""

from __future__ import annotations

import sys

import pytest

from checkin.errors import Unavailable
from checkin.services.common.turns import Turns
from checkin.services.uploads import contained as room
from checkin.services.uploads.contained import Limits, ReaderEnded, TookTooMuch, contained
from tests.services.uploads import readers
from tests.support.racing import race

_FEW = Limits(cpu_s=1, memory_mb=128, wall_s=60)
limited_by_unix = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such limits")


def test_it_returns_what_was_read():
    assert contained(readers.count, b"a b a", "a", limits=_FEW) == {"a": 2}


@limited_by_unix
@pytest.mark.parametrize(
    ("reader", "content"),
    [
        (readers.hoard, b"much"),
        (readers.turn_round, b""),
        (readers.abort, b""),
        (readers.count, b"x" * 200_000_000),
    ],
    ids=["memory", "time of the processor", "aborted by a library", "a file as large as that"],
)
def test_one_that_takes_too_much_is_ended_and_the_next_file_is_read(reader, content):
    options = ["x"] if reader is readers.count else []
    with pytest.raises(TookTooMuch):
        contained(reader, content, *options, limits=_FEW)

    assert contained(readers.count, b"a", "a", limits=_FEW) == {"a": 1}


def test_one_that_waits_is_ended_by_the_clock():
    with pytest.raises(TookTooMuch):
        contained(readers.sleep, b"", limits=Limits(cpu_s=1, memory_mb=128, wall_s=0.5))


def test_one_that_says_too_much_is_ended(monkeypatch):
    monkeypatch.setattr(room, "_LONGEST_ANSWER_BYTES", 1_000_000)

    with pytest.raises(TookTooMuch):
        contained(readers.shout, b"", limits=_FEW)


def test_a_fault_is_logged_by_its_place_and_not_with_what_the_file_held(caplog):
    with pytest.raises(ReaderEnded) as ended:
        contained(readers.stumble, b"Amina Tazi", limits=_FEW)

    assert type(ended.value) is ReaderEnded
    assert "KeyError ← stumble:" in caplog.text
    assert "Amina" not in caplog.text


def test_what_is_no_usual_exception_is_a_fault_too(caplog):
    with pytest.raises(ReaderEnded):
        contained(readers.panic, b"", limits=_FEW)

    assert "SystemExit ← panic:" in caplog.text


@pytest.mark.skipif(sys.platform != "linux", reason="/proc tells what is open")
def test_the_process_knows_neither_the_environment_nor_the_open_files(monkeypatch, tmp_path):
    monkeypatch.setenv("CHECKIN_MASTER_KEY", "secret")

    with (tmp_path / "database").open("w"):
        found = contained(readers.surroundings, b"", limits=_FEW)

    known = {"RAYON_NUM_THREADS", "LC_CTYPE"}
    assert set(found["environment"]) <= known
    assert found["files"] == ["/dev/null", "pipe"]


@limited_by_unix
def test_the_process_writes_no_file(tmp_path):
    path = tmp_path / "file"

    assert contained(readers.write, b"", str(path), limits=_FEW) == "File too large"
    assert path.read_bytes() == b""


def test_who_comes_when_too_many_files_are_read_is_told_to_come_later(monkeypatch):
    monkeypatch.setattr(room, "_TURNS", Turns(1, waiting=0, patience_s=1, refusal="later"))
    slow = Limits(cpu_s=1, memory_mb=128, wall_s=2)

    def upload(_at):
        try:
            contained(readers.sleep, b"", limits=slow)
        except (Unavailable, TookTooMuch) as fault:
            return type(fault)

    assert sorted(race(3, upload), key=str) == [Unavailable, Unavailable, TookTooMuch]
