"""Every program uses the time zone tables that it is shipped with, not the machine's."""

from __future__ import annotations

import os
import re
import sqlite3
import struct
import subprocess
import sys
from datetime import UTC, datetime

import pytest

from checkin.protocol.time_zones import (
    UnknownTimeZone,
    in_time_zone,
    time_zone,
    time_zone_names,
)
from tests.support.servers.server_process import ROOT

CASABLANCA = "Africa/Casablanca"
_ASKS_FOR_ZONES = re.compile(
    r"\b(ZoneInfo|zoneinfo|available_timezones|get_timezone|pytz|dateutil)\b"
)
_MAY_ASK = {"checkin/protocol/time_zones.py", "tests/protocol/test_time_zones.py"}
_HOUR_IN_UTC = """
from datetime import UTC, datetime
from zoneinfo import ZoneInfo
print(datetime(2026, 12, 5, 15, tzinfo=ZoneInfo("Africa/Casablanca")).astimezone(UTC).hour)
"""


@pytest.fixture
def old_tables(tmp_path):
    """The environment of a machine whose own table has Morocco an hour ahead for good."""
    nothing = struct.pack(">4s1s15x6l", b"TZif", b"2", 0, 0, 0, 0, 1, 4)
    zone = struct.pack(">lbb", 3600, 0, 0) + b"+01\0"
    table = tmp_path / "zones" / CASABLANCA
    table.parent.mkdir(parents=True)
    table.write_bytes((nothing + zone) * 2 + b"\n<+01>-1\n")
    ours = {name: value for name, value in os.environ.items() if name[:8] != "CHECKIN_"}
    return ours | {"PYTHONTZPATH": str(tmp_path / "zones"), "CHECKIN_HOME": str(tmp_path / "var")}


def run(environ, *arguments):
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env=environ,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_an_event_starts_when_the_clocks_at_the_venue_say_so(old_tables, tmp_path):
    event = ("congres", "--name", "Congrès", "--venue", "Salle couverte, Rabat")
    run(old_tables, "-m", "checkin", "init")
    run(old_tables, "-m", "checkin", "event", "add", *event, "--starts", "2026-12-05 15:00")

    database = sqlite3.connect(tmp_path / "var" / "marhaba.db")
    stored = database.execute("SELECT starts_at, doors_open_at FROM event").fetchone()
    database.close()
    assert stored == ("2026-12-05 15:00:00.000000", "2026-12-05 13:00:00.000000")


def test_such_a_machine_s_own_table_is_an_hour_off(old_tables):
    """The control: this is what Python says where nobody turns it to the shipped tables."""
    assert run(old_tables, "-c", _HOUR_IN_UTC) == "14\n"


@pytest.mark.parametrize("entry", ["checkin.cli.main", "checkin.app", "scanner.__main__"])
def test_every_program_turns_libraries_to_the_shipped_tables(entry, old_tables):
    assert run(old_tables, "-c", f"import {entry}{_HOUR_IN_UTC}") == "15\n"


def test_only_one_module_uses_the_time_zone_library():
    ours = [
        p
        for room in ("badges", "bench", "checkin", "scanner", "tests")
        for p in (ROOT / room).rglob("*.py")
    ]
    asking = {
        path.relative_to(ROOT).as_posix()
        for path in [*ours, ROOT / "wsgi.py"]
        if _ASKS_FOR_ZONES.search(path.read_text())
    }

    assert asking == _MAY_ASK


def test_morocco_has_kept_utc_since_september_2026():
    moments = [datetime(2026, month, 1, 14, tzinfo=UTC) for month in (9, 11)]

    assert [in_time_zone(moment, CASABLANCA).hour for moment in moments] == [15, 14]


@pytest.mark.parametrize("name", ["", "?", "../../etc/passwd", "/etc", "Africa", "Mars/Base", "é"])
def test_a_name_that_is_none_is_refused(name):
    with pytest.raises(UnknownTimeZone):
        time_zone(name)


def test_the_names_are_those_that_exist():
    names = time_zone_names()

    assert CASABLANCA in names
    assert names == sorted(names)
    assert all(time_zone(name) for name in names)
