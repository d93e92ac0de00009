"""`doctor` shows PostgreSQL's connections, and says when one more process may be refused some."""

from __future__ import annotations

import re

import pytest

from tests.cli.conftest import Run

FIGURES = re.compile(
    r"PostgreSQL takes (\d+) connections, (\d+) of them reserved, (\d+) in use; "
    r"a process opens (\d+) at most: (.*)"
)


@pytest.fixture
def ready(run: Run, postgres_database, monkeypatch) -> Run:
    monkeypatch.setenv("CHECKIN_DATABASE_URL", postgres_database.url)
    assert run("init").code == 0
    return run


@pytest.mark.postgres
def test_the_figures_of_postgresql_are_shown(ready: Run) -> None:
    ran = ready("doctor")

    shown = FIGURES.search(ran.out)
    assert (ran.code, "– connections" in ran.out) == (0, False)
    assert shown
    assert shown.group(1, 2, 4) == ("300", "3", "20")
    assert shown[5] == f"room for {(297 - int(shown[3])) // 20} more processes"


@pytest.mark.postgres
def test_too_few_connections_are_told_with_what_to_set(ready: Run, monkeypatch) -> None:
    monkeypatch.setenv("CHECKIN_DATABASE_CONNECTIONS", "298")

    ran = ready("doctor")

    assert ran.code == 0
    assert "– connections: PostgreSQL takes 300 connections" in ran.out
    assert "raise max_connections" in ran.out


def test_sqlite_has_no_connections_to_count(demo: Run) -> None:
    assert "PostgreSQL" not in demo("doctor").out


def test_too_few_connections_for_a_process_are_refused(run: Run, monkeypatch) -> None:
    monkeypatch.setenv("CHECKIN_DATABASE_CONNECTIONS", "4")

    ran = run("init")

    assert (ran.code, "CHECKIN_DATABASE_CONNECTIONS" in ran.err) == (1, True)
