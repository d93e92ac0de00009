"""Build an application in the process that servers are forked from, and throw it away.

What the program does once in each process is then done for all of them: routes are read, classes
mapped, and modules imported that are first needed by a request.
"""

from __future__ import annotations

import gc
import tempfile
from pathlib import Path

from checkin.app import create_app
from checkin.db.engine import Database
from checkin.db.migrate import upgrade
from checkin.settings import Settings
from checkin.web.site.state import API, EXTENSION
from tests.support.factories import MASTER_KEY
from tests.support.servers.many_apps import compile_once


def _warm_up() -> None:
    compile_once()
    with tempfile.TemporaryDirectory() as folder:
        # Not a database of the tests: servers keep the program's own caches and waits.
        url = f"sqlite:///{folder}/warm.db"
        database = Database(url)
        upgrade(database)
        database.dispose()
        app = create_app(Settings(home=Path(folder), database_url=url, master_key=MASTER_KEY.hex()))
        for one in (app, app.extensions[API]):
            one.test_client().get("/healthz")
            one.url_map.update()
        app.test_client().get("/login")
        state = app.extensions[EXTENSION]
        state.background_tasks.wait()
        state.live.close()
        state.database.dispose()


_warm_up()
gc.collect()
