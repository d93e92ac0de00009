"""An installation that is a hub."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from checkin.db.models import Upstream
from tests.support.factories import write


@pytest.fixture
def as_hub(database, event, device):
    """Make the database that of a hub."""

    def link(session):
        session.add(
            Upstream(
                id=1,
                url="https://central.example.org",
                authority="",
                hub_id=1,
                name="Salle A",
                token="secret",
                event_id=event.id,
                list_public_key="",
                walk_in_key=b"\1" * 32,
                certificate={},
                epoch="",
                counter="",
                mirror_etag="",
                scans_until=0,
                arrivals_until=0,
                exchanged_at=datetime.now(UTC),
            )
        )

    write(database, link)
