"""Keep places of a delegation for gates, and lend them although somebody waits."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from checkin.db.engine import Database
from checkin.db.models import Delegation
from checkin.services.gates import leases
from tests.support.factories import write


def keep_places(database: Database, delegation_id: int, places: int) -> None:
    """Keep so many of a delegation's places for gates without the network."""
    kept = update(Delegation).where(Delegation.id == delegation_id).values(kept_places=places)
    write(database, lambda session: session.execute(kept))


def lend_before_anybody_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let people be on a reserve list at the start who came after the places were lent."""
    monkeypatch.setattr(leases, "move_up_everywhere", lambda *_: [])
    monkeypatch.setattr(leases, "_may_lend", lambda *_: True)
