"""Write entries to the activity log."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from checkin.db.models import Activity


def note(
    session: Session,
    event_id: int | None,
    action: str,
    now: datetime,
    *,
    operator_id: int | None = None,
    device_id: int | None = None,
    **details: Any,
) -> None:
    """Add an entry to the activity log, in the transaction of the action that it records."""
    session.add(
        Activity(
            event_id=event_id,
            at=now,
            operator_id=operator_id,
            device_id=device_id,
            action=action,
            details=details,
        )
    )
