"""Whatever command of an installation starts first gives earlier badges their refs."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import func, select, update

from checkin.cli.running import run as serving
from checkin.cli.running import worker as working
from checkin.db.engine import Database, in_transaction
from checkin.db.models import Badge
from checkin.settings import Settings
from tests.cli.conftest import Run


@pytest.mark.parametrize("command", ["init", "run", "worker"])
def test_badges_of_an_earlier_version_get_their_refs_when_a_command_starts(
    command: str, demo: Run, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(serving, "serve", lambda *_arguments, **_named: None)
    monkeypatch.setattr(serving, "free_address", lambda host, _port: host)
    monkeypatch.setattr(working.Worker, "run", lambda _worker: None)
    without_ref = select(func.count()).select_from(Badge).where(Badge.ref.is_(None))
    database = Database(Settings(home=home).database)
    in_transaction(database, lambda session: session.execute(update(Badge).values(ref=None)))

    assert demo(command).code == 0

    with database.read() as session:
        assert session.scalar(without_ref) == 0
    database.dispose()
