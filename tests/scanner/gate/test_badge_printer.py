"""A badge goes to the system's printer; without one it is opened in memory, or not at all."""

from __future__ import annotations

import stat

import pytest

from scanner.core.errors import NoPrinter
from scanner.gate.badge_printer import print_badge
from tests.support.waiting import wait_for

PDF = b"%PDF-1.7 of a badge"


@pytest.fixture
def programs(tmp_path, monkeypatch):
    """The only folder of programs, and a folder in memory."""
    folder, memory = tmp_path / "bin", tmp_path / "memory"
    folder.mkdir()
    memory.mkdir()
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(memory))
    monkeypatch.setattr("shutil.which", lambda name: _program(folder / name))
    return folder


def _program(path):
    return str(path) if path.exists() else None


def a_program(folder, name, script):
    path = folder / name
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)


def test_the_printer_gets_the_badge_and_no_file_is_written(programs, tmp_path):
    a_program(programs, "lp", f'echo "$@" > {tmp_path}/asked; cat > {tmp_path}/printed')

    print_badge(PDF)

    assert (tmp_path / "printed").read_bytes() == PDF
    assert "print-scaling=none" in (tmp_path / "asked").read_text()
    assert list((tmp_path / "memory").iterdir()) == []


def test_without_a_printer_it_is_opened_from_memory_for_its_owner_alone(programs, tmp_path):
    a_program(programs, "lp", "exit 1")
    a_program(programs, "xdg-open", f'cp "$1" {tmp_path}/opened')

    print_badge(PDF)

    wait_for((tmp_path / "opened").exists)
    [file] = (tmp_path / "memory").iterdir()
    assert (file.read_bytes(), file.stat().st_mode & 0o777) == (PDF, 0o600)


def test_what_was_opened_is_erased_soon_and_what_a_crash_left_at_the_next_badge(
    programs, tmp_path, monkeypatch
):
    a_program(programs, "xdg-open", "exit 0")
    print_badge(PDF)
    [left] = (tmp_path / "memory").iterdir()
    monkeypatch.setattr("scanner.gate.badge_printer._KEPT_FOR_S", 0.01)

    print_badge(PDF)

    assert not left.exists()
    wait_for(lambda: not any((tmp_path / "memory").iterdir()))


def test_where_nothing_prints_or_opens_it_that_is_said(programs):
    with pytest.raises(NoPrinter):
        print_badge(PDF)
