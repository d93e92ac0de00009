"""Do one job, and record how it ended."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping

from sqlalchemy.exc import InterfaceError, OperationalError

from checkin.db.engine import in_transaction
from checkin.services.jobs.files import JobEnded, sweep
from checkin.services.jobs.problems import JobFailed, ProblemCode
from checkin.services.jobs.queue import Claimed, fail, give_back
from checkin.worker.context import JobContext, Kind, Tools

_log = logging.getLogger(__name__)


def perform(
    claimed: Claimed,
    kinds: Mapping[str, Kind],
    tools: Tools,
    is_to_end: Callable[[], bool] = lambda: False,
) -> None:
    """Do a job that was claimed, and record its end, whatever it is.

    Args:
        is_to_end: see `JobContext`.

    Raises:
        MemoryError: there is no memory left, not even to record that.
        OperationalError, InterfaceError: the database has gone, so nothing can be recorded.
    """
    try:
        context = JobContext(claimed, tools, is_to_end)
        result = kinds[claimed.kind].work(context)
        in_transaction(tools.database, lambda session: context.finish(session, result))
    except JobEnded:
        end_early(claimed, tools)
    except JobFailed as fault:
        record_failure(claimed, tools, fault)
    except (MemoryError, OperationalError, InterfaceError):
        raise
    except Exception:  # whatever it is, its asker is told, and the log has the rest
        _log.exception("job %s (%s) failed", claimed.id, claimed.kind)
        record_failure(claimed, tools, JobFailed(ProblemCode.FAULT))


def end_early(claimed: Claimed, tools: Tools) -> None:
    """Record that a job was canceled, or is to be done later by another worker."""
    in_transaction(tools.database, lambda s: give_back(s, claimed, tools.clock()))
    sweep(tools.database, tools.settings.home)


def record_failure(claimed: Claimed, tools: Tools, fault: JobFailed) -> None:
    """Record why a job failed, unless its end is recorded already."""
    in_transaction(tools.database, lambda s: fail(s, claimed, fault, tools.clock()))
    sweep(tools.database, tools.settings.home)
