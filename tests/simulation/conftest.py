"""The application that the seeds of one process share."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

import scanner.server.client
import scanner.server.courier
from checkin.app import create_app
from checkin.db.engine import Database
from checkin.settings import Settings
from checkin.web.site.state import EXTENSION
from tests.simulation.server import Application
from tests.support import factories

#: so many seeds share a test, and what --seeds gives in its place
CHUNK = 100
PROOFS = {
    "proof_seeds": (0, 10_000),
    "newcomers_seeds": (0, 2000),
    "office_seeds": (0, 1000),
    "restoring_seeds": (0, 1000),
    "hall_seeds": (0, 10_000),
}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Split the seeds of a proof into chunks, which may run in parallel."""
    for name, usual in PROOFS.items():
        if name in metafunc.fixturenames:
            first, end = metafunc.config.getoption("seeds") or usual
            chunks = [range(at, min(at + CHUNK, end)) for at in range(first, end, CHUNK)]
            metafunc.parametrize(name, chunks, ids=[f"{c.start}-{c.stop}" for c in chunks])


@pytest.fixture(scope="module")
def application(sqlite_databases) -> Iterator[Application]:
    # In memory where the system offers that: thousands of fsyncs of the server prove nothing here.
    memory = Path("/dev/shm")
    with (
        tempfile.TemporaryDirectory(dir=memory if os.access(memory, os.W_OK) else None) as home,
        sqlite_databases.fresh(Path(home)) as url,
        pytest.MonkeyPatch.context() as patch,
    ):
        settings = Settings(
            home=Path(home), database_url=url, master_key=factories.MASTER_KEY.hex()
        )
        app, database = create_app(settings), Database(url)
        application = Application(app, database)
        application.turn_clocks(patch)
        factories.a_supervisor(database)
        # Without timeouts: their threads could not be replayed in the same order.
        for module in (scanner.server.client, scanner.server.courier):
            patch.setattr(module, "within", lambda _seconds, work: work())
        yield application
        app.extensions[EXTENSION].live.close()
        app.extensions[EXTENSION].database.dispose()
        database.dispose()
