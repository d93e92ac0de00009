"""Do jobs in the process of the test, as soon as they are asked for, with the real work and files.

What the process of a worker adds is tested in tests/worker.
"""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial

from checkin.db.engine import Database, in_transaction
from checkin.db.models import Lane
from checkin.services.common.keys import Keys
from checkin.services.jobs.queue import claim
from checkin.settings import Settings
from checkin.worker.context import Tools
from checkin.worker.kinds import KINDS
from checkin.worker.perform import perform


def do_waiting_jobs(database: Database, keys: Keys, settings: Settings) -> None:
    """Do every job that waits."""
    tools = Tools(database, keys, settings, lambda: datetime.now(UTC))
    for lane in Lane:
        next_one = partial(claim, lane=lane, worker="test", kinds=KINDS, now=tools.clock())
        while (claimed := in_transaction(database, next_one)) is not None:
            perform(claimed, KINDS, tools)
