"""After the event: the export, and the purge that leaves nothing."""

from __future__ import annotations

import csv
import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from checkin.cli.running import run as running
from tests.cli.conftest import Run
from tests.cli.test_setting_up import codes_of


def bytes_below(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


@pytest.fixture
def people(demo: Run, tmp_path: Path) -> list[dict[str, str]]:
    assert demo("export", tmp_path / "people.csv").code == 0
    with (tmp_path / "people.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file, delimiter=";"))


def test_the_export_holds_everyone_and_no_formula(demo: Run, people, tmp_path: Path) -> None:
    demo("export", tmp_path / "people.json")
    exported = json.loads((tmp_path / "people.json").read_text("utf-8"))["participants"]

    assert [row["Nom"] for row in people] == [row["name"] for row in exported]
    assert len(people) == 60
    phones = [row["Téléphone"] for row in people if row["Téléphone"]]
    assert phones
    assert all(phone.startswith("\u200e+212") for phone in phones)


def test_who_takes_the_records_out_is_written_down(demo: Run, people, tmp_path: Path) -> None:
    """The second export contains the log line of the first one, but not yet its own."""
    whole = tmp_path / "whole.json"
    assert (demo("export", whole).code, demo("export", tmp_path / "people.pdf").code) == (0, 2)

    noted = [
        (one["details"], one["operator"])
        for one in json.loads(whole.read_text("utf-8"))["activity"]
        if one["action"] == "event.export"
    ]
    assert noted == [({"format": "csv"}, None)]


def test_a_purge_needs_a_yes_and_the_events_end(demo: Run) -> None:
    unsure, too_early = demo("purge"), demo("purge", "--yes")

    assert (unsure.code, too_early.code) == (2, 1)
    assert "say --yes" in unsure.err
    assert "wait for it" in too_early.err
    assert len(codes_of(demo)) == 60


def test_after_a_purge_no_name_address_or_phone_is_left_anywhere(
    demo: Run, people, home: Path
) -> None:
    demo("badges", "send", "--limit", 3)
    demo("badges", "pdf", "--delegation", "Rabat")
    traces = [
        row[column].removeprefix("'").removeprefix("\u200e").encode()
        for row in people
        for column in ("Nom", "Nom en arabe", "E-mail", "Téléphone")
        if row[column]
    ]
    assert all(trace in bytes_below(home) for trace in traces)

    receipt = json.loads(demo("purge", "--yes", "--early", "--json").out)

    left = bytes_below(home)
    assert [trace.decode() for trace in traces if trace in left] == []
    assert receipt["rows"]["participant"] == 60
    assert receipt["files"] == 4
    assert codes_of(demo) == []


@pytest.mark.parametrize("command", ["init", "run"])
def test_a_restored_backup_is_purged_again_before_anybody_is_served(
    command: str, demo: Run, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "serve", lambda *_arguments, **_options: None)
    monkeypatch.setattr(running, "free_address", lambda host, _port: host)
    with (
        closing(sqlite3.connect(home / "marhaba.db")) as database,
        closing(sqlite3.connect(home.parent / "backup.db")) as backup,
    ):
        database.backup(backup)
    assert demo("purge", "--yes", "--early", "--keep", "gate-names").code == 0
    shutil.copy(home.parent / "backup.db", home / "marhaba.db")
    assert len(codes_of(demo)) == 60

    ran = demo(command)

    assert ran.code == 0
    assert "the personal data of rabat-2025 had been erased, and are so again\n" in ran.err
    assert codes_of(demo) == []
    assert "erased" not in demo(command).err


def test_a_purged_event_takes_nobody_from_a_list_or_a_command(demo: Run, tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text("Nom,Délégation,Catégorie\nAmina Alaoui,Rabat,Militant\n")
    told = json.loads(demo("purge", "--yes", "--early", "--json").out)

    tried = [demo("import", tmp_path / "list.csv"), demo("device", "add", "--gate", "Porte 1")]

    sentence = "the personal data of this event were erased: it takes nobody any more"
    assert [(ran.code, sentence in ran.err) for ran in tried] == [(1, True)] * 2
    assert (told["kept"], told["log_is_clean"], told["backups"]) == ([], True, 0)
