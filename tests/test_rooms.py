"""Imports between the subjects go one way; the scanner loads no library of the server."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SERVER_ONLY = ("flask", "apiflask", "sqlalchemy", "alembic", "granian", "badges")


def python(*arguments):
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
        timeout=120,
    )


def test_the_rooms_keep_their_contracts():
    done = python("-c", "from importlinter.cli import lint_imports_command as c; c()", "--no-cache")

    assert done.returncode == 0, done.stdout + done.stderr
    assert "7 kept, 0 broken" in done.stdout


@pytest.mark.parametrize("module", ["scanner", "scanner.gate.station", "scanner.__main__"])
def test_the_scanner_loads_nothing_of_the_server(module):
    loaded = f"import sys, {module}; print(*sorted(set({SERVER_ONLY}) & set(sys.modules)))"

    done = python("-c", loaded)

    assert (done.returncode, done.stdout.split()) == (0, []), done.stderr


@pytest.mark.parametrize("module", ["checkin.domain.scanning.verdict", "checkin.protocol.codes"])
def test_decisions_and_formats_load_no_framework(module):
    loaded = f"import sys, {module}; print(*sorted(set({SERVER_ONLY}) & set(sys.modules)))"

    done = python("-c", loaded)

    assert (done.returncode, done.stdout.split()) == (0, []), done.stderr


def test_the_package_itself_is_empty():
    assert (ROOT / "checkin" / "__init__.py").read_bytes() == b""


FOLDERS = ("badges", "bench", "checkin", "scanner", "script", "templates", "tests")
CODE = {".py", ".js", ".html", ".typ"}
MOST_FILES = 20


def test_no_folder_holds_more_files_than_one_looks_through():
    counts = Counter(
        file.parent.relative_to(ROOT).as_posix()
        for folder in FOLDERS
        for file in (ROOT / folder).rglob("*")
        if file.suffix in CODE and "vendor" not in file.parts
    )
    del counts["checkin/db/migrations/versions"]  # a series, read by its numbers

    assert {folder: n for folder, n in counts.items() if n > MOST_FILES} == {}
