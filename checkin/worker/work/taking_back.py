"""Take a registered list back."""

from __future__ import annotations

from typing import Any

from checkin.db.models import Event, Lane
from checkin.services.scanning.taking_back import take_back
from checkin.worker.context import JobContext, Kind


def take_list_back(context: JobContext) -> dict[str, Any]:
    """Take back the list of which the argument `run` is the number, from where that was left.

    Returns:
        How many rows by `TakenBack`, in all attempts.
    """
    claimed = context.claimed
    with context.database.read() as session:
        event = session.get_one(Event, claimed.event_id)
    run_id: int = context.arguments["run"]
    counts = take_back(
        context.database,
        event,
        run_id,
        context.clock,
        operator_id=claimed.operator_id or 0,
        reached=context.progress_within,
    )
    return {"run": run_id, **counts}


#: Not behind everybody else, as the registration of a list.
LIST_TAKE_BACK = Kind("list_take_back", Lane.UPLOADS, take_list_back, niceness=0)
