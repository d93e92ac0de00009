"""Build an application in the process that servers are forked from, and throw it away.

What the program does once in each process is then done for all of them: routes are read, classes
mapped, and modules imported that are first needed by a request.
"""

from __future__ import annotations

import gc
import tempfile
from pathlib import Path

from checkin.app import create_app
from checkin.settings import Settings
from checkin.web.site.state import API, EXTENSION
from tests.support.databases import SqliteDatabases
from tests.support.factories import MASTER_KEY
from tests.support.many_apps import compile_once


def _warm_up() -> None:
    compile_once()
    with tempfile.TemporaryDirectory() as folder:
        databases = SqliteDatabases(Path(folder))
        with databases.fresh(Path(folder)) as url:
            settings = Settings(home=Path(folder), database_url=url, master_key=MASTER_KEY.hex())
            app = create_app(settings)
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
