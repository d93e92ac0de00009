"""Stop all entries of an event, lift the stop, and list who did so and when."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, select
from sqlalchemy.orm import Session, aliased

from checkin.db.models import STOP_MESSAGES, EntryStop, Event, Operator
from checkin.domain.integrations.webhooks import WebhookKind
from checkin.domain.scanning.hall import Stop
from checkin.errors import InvalidRequest
from checkin.services.common.activity import note
from checkin.services.common.list_version import next_list_version
from checkin.services.common.outside_events import tell_webhooks
from checkin.words.languages import LANGUAGES

LONGEST_MESSAGE = 160


@dataclass(frozen=True, slots=True)
class LoggedStop:
    """A stop as the page lists it; `lifted_at` is None while it is in force.

    Nobody here lifted one that was lifted at a hub.
    """

    stop: Stop
    stopped_by: str
    lifted_at: datetime | None
    lifted_by: str | None


_stopper, _lifter = aliased(Operator), aliased(Operator)


def stops_of(session: Session, event: Event) -> Sequence[LoggedStop]:
    """Return all stops of an event, the latest first, with who ordered and who lifted them."""
    rows = session.execute(
        select(EntryStop, _stopper.name.label("stopper"), _lifter.name.label("lifter"))
        .join(_stopper, _stopper.id == EntryStop.stopped_by)
        .outerjoin(_lifter, _lifter.id == EntryStop.lifted_by)
        .where(EntryStop.event_id == event.id)
        .order_by(EntryStop.stopped_at.desc(), EntryStop.id.desc())
    )
    return [
        LoggedStop(_stop(row.EntryStop), row.stopper, row.EntryStop.lifted_at, row.lifter)
        for row in rows
    ]


def open_stop(session: Session, event_id: int) -> Stop | None:
    """Return the stop that is in force at an event; None where there is none."""
    row = _open_row(session, event_id)
    return None if row is None else _stop(row)


def stop_entries(
    session: Session, event: Event, messages: Mapping[str, str], *, operator_id: int, now: datetime
) -> None:
    """Order all gates to admit nobody. While a stop is in force, this changes its messages.

    Raises:
        InvalidRequest: a language has no message, or one that is too long for a gate's screen.
    """
    said: dict[str, Any] = {
        f"message_{code}": _checked_message(messages, code) for code in LANGUAGES
    }
    next_list_version(session, event.id)  # offline gates hear of it, and two organisers queue
    row = _open_row(session, event.id)
    if row is None:
        row = EntryStop(event_id=event.id, stopped_at=now, stopped_by=operator_id)
        session.add(row)
    for column, text in said.items():
        setattr(row, column, text)
    note(session, event.id, "entries.stop", now, operator_id=operator_id, **said)
    session.flush()
    tell_webhooks(session.connection(), event.id, WebhookKind.STOPPED, now)


def lift_stop(session: Session, event: Event, *, operator_id: int, now: datetime) -> None:
    """Lift the stop, so that the gates admit people again. Without a stop, nothing happens."""
    next_list_version(session, event.id)
    row = _open_row(session, event.id)
    if row is None:
        return
    row.lifted_by = operator_id
    _lift(session, row, now, operator_id=operator_id)


def lift_stop_of_hub(
    session: Session, event: Event, numbers: Collection[int], *, hub: str, now: datetime
) -> bool:
    """Lift the stop in force if it was lifted at a hub, whose gates admit people again already.

    Args:
        numbers: of the stops that were lifted there; one that was ordered since stays in force.
    """
    row = _open_row(session, event.id)
    if row is None or row.id not in numbers:
        return False
    next_list_version(session, event.id)  # from here on nobody else lifts it
    session.refresh(row)
    if row.lifted_at is not None:
        return False
    _lift(session, row, now, hub=hub)
    return True


def _lift(session: Session, row: EntryStop, now: datetime, **by: Any) -> None:
    """Lift a stop in force, and tell of it: the log with `by`, and webhooks."""
    row.lifted_at = now
    note(session, row.event_id, "entries.resume", now, **by)
    session.flush()
    tell_webhooks(session.connection(), row.event_id, WebhookKind.RESUMED, now)


def _open_row(session: Session, event_id: int) -> EntryStop | None:
    return session.scalar(
        select(EntryStop).where(EntryStop.event_id == event_id, EntryStop.lifted_at.is_(None))
    )


def _stop(row: Any) -> Stop:
    return Stop(row.stopped_at, {tag: getattr(row, f"message_{tag}") for tag in LANGUAGES})


def _checked_message(messages: Mapping[str, str], language: str) -> str:
    text = " ".join(messages.get(language, "").split())
    if not text:
        raise InvalidRequest(f"message_{language}: write what people are told")
    if len(text) > LONGEST_MESSAGE:
        raise InvalidRequest(f"message_{language}: {LONGEST_MESSAGE} characters at most")
    return text


#: for an outer join beside `Event`: there is one stop at most that was not lifted
IS_STOPPED = and_(EntryStop.event_id == Event.id, EntryStop.lifted_at.is_(None))
STOP_COLUMNS = (EntryStop.stopped_at, *STOP_MESSAGES)


def stop_of(row: Any) -> Stop | None:
    """Return the stop described by a row of `STOP_COLUMNS`."""
    return None if row.stopped_at is None else _stop(row)
