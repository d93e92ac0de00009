"""A command that fails prints one line on standard error that says what is wrong."""

from __future__ import annotations

import socket
import stat
from pathlib import Path

import pytest

from checkin.cli.running.serving import free_address
from checkin.errors import SettingsError
from tests.cli.conftest import Run

TOO_LONG = "x" * 121
IN_VAIN = {
    "codes into a folder that is none": ("badges", "codes", "--csv", "none/codes.csv"),
    "codes into a folder": ("badges", "codes", "--csv", "."),
    "codes onto a full disk": ("badges", "codes", "--csv", "/dev/full"),
    "sheets where a file is": ("badges", "pdf", "--out", "a-file"),
    "an export into a folder that is none": ("export", "none/people.csv"),
    "an export of all into a folder that is none": ("export", "none/people.json"),
    "a sheet into a folder that is none": ("export", "none/people.xlsx"),
    "a gate without a name": ("device", "add", "--gate", "  "),
    "a gate with a name without end": ("device", "add", "--gate", TOO_LONG),
    "a gate with a number without end": ("device", "add", "--gate", "9" * 121),
    "a pairing at a gate without a name": ("device", "pair", "--gate", ""),
    "a device without a name": ("device", "add", "--gate", "Porte 1", "--name", " "),
    "a device's number without end": ("device", "revoke", "9" * 20),
    "a participant's number without end": ("badges", "revoke", "9" * 20, "--reason", "lost"),
    "a quota without end": ("delegation", "add", "Taza", "9" * 20),
    "a host that is none": ("run", "--host", "999.9.9.9"),
    "a host that is another's": ("run", "--host", "192.0.2.1"),
}


@pytest.mark.parametrize("what", IN_VAIN)
def test_a_fault_is_one_sentence_and_no_traceback(what: str, demo: Run, tmp_path: Path) -> None:
    (tmp_path / "a-file").write_text("x")

    ran = demo(*IN_VAIN[what])

    assert (ran.code in (1, 2), ran.out) == (True, "")
    assert "rror: " in ran.err.splitlines()[-1]
    assert "Traceback" not in ran.err


@pytest.mark.parametrize(
    ("variable", "value", "sentence"),
    [
        ("HOME", "a-file", "error: a-file: File exists"),
        ("DATABASE_URL", "postgresql+psycopg://nobody@127.0.0.1:1/x", "error: the database does"),
        ("DATABASE_URL", "sqlite:///a-file/marhaba.db", "error: a-file: "),
    ],
)
def test_a_setting_that_leads_nowhere_is_one_sentence(
    variable: str, value: str, sentence: str, run: Run, tmp_path: Path, monkeypatch
) -> None:
    (tmp_path / "a-file").write_text("x")
    monkeypatch.setenv(f"CHECKIN_{variable}", value)

    ran = run("init")

    assert (ran.code, ran.out, ran.err[: len(sentence)]) == (1, "", sentence)


def test_a_taken_port_is_told_before_anything_is_served(demo: Run) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

        ran = demo("run", "--port", port)

    assert (ran.code, ran.out) == (1, "")
    assert f"error: cannot listen on port {port} of 127.0.0.1" in ran.err


def test_a_host_may_be_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as soon_free:
        port = soon_free.getsockname()[1]

    assert free_address("localhost", port) == "127.0.0.1"
    with pytest.raises(SettingsError, match="no address of this machine"):
        free_address("nowhere.invalid", port)


@pytest.mark.parametrize(
    "command",
    [("badges", "codes", "--csv"), ("export",)],
    ids=["codes", "people"],
)
def test_files_with_codes_or_people_are_for_their_owner_alone(
    command: tuple[str, ...], demo: Run, tmp_path: Path
) -> None:
    for name in ("file.csv", "file.json", "file.xlsx"):
        demo(*command, tmp_path / name)

        assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o600


def test_the_doctor_names_a_setting_that_is_wrong_once(run: Run, monkeypatch) -> None:
    monkeypatch.setenv("CHECKIN_BASE_URL", "marhaba.example.org")

    ran = run("doctor")

    assert (ran.code, ran.out.count("✗"), ran.out.count("CHECKIN_BASE_URL")) == (1, 1, 1)
    assert "nothing else was looked at" in ran.out
