"""Do jobs in the process of the test, as soon as they are asked for, with the real work and files.

What the process of a worker adds is tested in tests/worker.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial

import pytest
from flask import Flask

from checkin.db.engine import Database, in_transaction
from checkin.db.models import Lane
from checkin.services.common.keys import Keys
from checkin.services.jobs.queue import claim
from checkin.settings import Settings
from checkin.web.site.state import EXTENSION
from checkin.worker import webhooks
from checkin.worker.context import Tools
from checkin.worker.kinds import KINDS
from checkin.worker.perform import perform


def do_waiting_jobs(
    database: Database,
    keys: Keys,
    settings: Settings,
    is_to_end: Callable[[], bool] = lambda: False,
) -> None:
    """Do every job that waits, once.

    Args:
        is_to_end: see `JobContext`; a job that ends so waits again.
    """
    webhooks.LINGER_S = 0.0  # nobody else does anything meanwhile
    tools = Tools(database, keys, settings, lambda: datetime.now(UTC))
    for lane in Lane:
        next_one = partial(claim, lane=lane, worker="test", kinds=KINDS, now=tools.clock())
        while (claimed := in_transaction(database, next_one)) is not None:
            perform(claimed, KINDS, tools, is_to_end)
            if is_to_end():
                return


def keep_jobs_waiting(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let jobs wait from now on, until `do_waiting_jobs` is called."""
    idle = replace(app.extensions[EXTENSION], wake_worker=lambda: None)
    monkeypatch.setitem(app.extensions, EXTENSION, idle)
