"""A hub beside its central server, both in this process."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from sqlalchemy import select

from checkin.db.engine import Database, in_transaction
from checkin.db.migrate import upgrade
from checkin.db.models import Base, Upstream
from checkin.services.common.keys import Keys
from checkin.services.gates.authentication import device_numbered
from checkin.services.hub.exchange import Exchange, Exchanged
from checkin.services.hub.joining import CentralServer, keep_upstream
from checkin.services.hub.keys import KeysOfHub
from checkin.services.hub.link import CentralUnreachable
from checkin.web.site.state import EXTENSION, Marhaba
from tests.support import factories
from tests.support.hub_client import a_code, told_of_itself
from tests.support.servers.central_in_process import URL, central_of

KEY = "5e" * 32
ADDRESS = "https://192.168.1.7:8443"


@cache
def _migrated() -> bytes:
    """Return a sealed file with the schema: making one takes seconds."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "hub.db"
        database = Database(f"sqlite:///{file}", key=KEY)
        upgrade(database)
        database.dispose()
        return file.read_bytes()


class Hub:
    """A paired hub with a sealed database."""

    def __init__(self, app: Any, database: Database, event: Any, file: Any) -> None:
        self.state: Marhaba = app.extensions[EXTENSION]
        file.write_bytes(_migrated())
        self.database = Database(f"sqlite:///{file}", key=KEY)
        own = Keys(b"h" * 32)
        central, _ = central_of(app)
        told = told_of_itself(a_code(database, event))
        paired = central.pair(told)
        self.central, self.line = central_of(app, paired["hub_token"])
        in_transaction(
            self.database, lambda s: keep_upstream(s, CentralServer(URL, ""), "Salle A", paired)
        )
        with self.database.read() as session:
            self.keys: Keys = KeysOfHub(own, session.get_one(Upstream, 1).walk_in_key)
        self.now = datetime.now(UTC)
        self.exchange_of = Exchange(
            self.database, self.keys, self.central, lambda: [ADDRESS], lambda: datetime.now(UTC)
        )
        self.line.is_cut = True
        with pytest.raises(CentralUnreachable):
            self.exchange_of.take_mirror()  # the line breaks off after the pairing
        self.line.is_cut = False
        assert self.exchange_of.take_mirror() > 0

    def exchange(self) -> Exchanged:
        """Exchange once, with a central server that has looked through its rows just now."""
        self.state.mirror_marks._looked.clear()
        return self.exchange_of.run()

    def rows(self, model: type[Base]) -> list[Any]:
        """Return all rows of a table, here."""
        with self.database.read() as session:
            return list(session.scalars(select(model)).all())

    def device(self, device_id: int) -> Any:
        """Return a device as the hub knows it."""
        with self.database.reading() as connection:
            return device_numbered(connection, device_id)


@contextmanager
def paired_hub(app: Any, database: Database, event: Any, folder: Any) -> Iterator[Hub]:
    hub = Hub(app, database, event, folder / "hub.db")
    yield hub
    hub.database.dispose()


@pytest.fixture
def delegation(database, event):
    return factories.a_delegation(database, event)


@pytest.fixture
def hub(app, database, event, device, delegation, tmp_path):
    with paired_hub(app, database, event, tmp_path) as hub:
        yield hub
