"""The applications of hubs that the seeds of one process share, beside the central server's."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from checkin.app import create_app
from checkin.db.engine import Database
from checkin.services.hub.keys import KeysOfHub
from checkin.settings import Settings
from tests.simulation.hall.hub import HubApplication
from tests.simulation.server import Application
from tests.support.databases.restores import copied

ADDRESSES = ("https://192.168.1.7:8443", "https://192.168.1.8:8443")


@pytest.fixture(scope="module")
def hall(application, sqlite_databases) -> Iterator[Application]:
    with ExitStack() as stack:
        application.hubs = [
            _hub(stack, sqlite_databases, application, address, number)
            for number, address in enumerate(ADDRESSES)
        ]
        yield application
        application.hubs = []


def _hub(stack, sqlite_databases, application, address, number) -> HubApplication:
    memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    home = stack.enter_context(tempfile.TemporaryDirectory(dir=memory))
    url = stack.enter_context(sqlite_databases.fresh(Path(home)))
    settings = Settings(home=Path(home), database_url=url, master_key=f"{number + 1:064x}")
    app, database = create_app(settings), Database(url)
    hub = HubApplication(app, database, application.time, address=address)
    hub.blank = copied(database, Path(home))
    # What it is told when it is paired, it is told for each seed anew.
    state = hub.state
    object.__setattr__(state, "keys", KeysOfHub(state.keys, b"\x01" * 32))
    object.__setattr__(state, "central_url", "https://central.test")
    stack.callback(database.dispose)
    stack.callback(state.database.dispose)
    stack.callback(state.live.close)
    return hub
