"""Read the activity log: filtered, the latest entries first, without participants' names."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from checkin.db.models import Activity, Delegation, Device, Event, Operator, Role

#: of what is written down, what the log shows: things and numbers, never a participant's data
_SHOWN = ("name", "gate", "role", "quota", "seats", "people", "messages", "door", "network")


@dataclass(frozen=True, slots=True)
class Wanted:
    """A filter of the activity log; None in a field filters nothing.

    Attributes:
        kind: the part of an action's name before the dot: "operator", "gate", …
        since, until: entries from `since` on and before `until`.
        before: an entry's id: only earlier entries.
    """

    event_id: int | None = None
    operator_id: int | None = None
    kind: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    before: int | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the activity log.

    Attributes:
        operator, device: who acted; None in both: the command line, or a person by a link.
        account: the operator whose account was changed.
        participant_id: the participant concerned; an id, because the log's page shows no names.
        about: the details of the action, each with the key under which it was written down: names
            of things, numbers, and their delegation.
    """

    id: int
    at: datetime
    event: Event | None
    operator: str | None
    device: str | None
    action: str
    account: str | None
    participant_id: int | None
    about: tuple[tuple[str, str], ...]


def log_entries(session: Session, reader: Operator, wanted: Wanted, limit: int) -> Sequence[Entry]:
    """Return the latest entries that a reader may see; those on accounts are for administrators."""
    rows = session.execute(
        select(Activity, Event, Operator.name, Device.name)
        .outerjoin(Event, Event.id == Activity.event_id)
        .outerjoin(Operator, Operator.id == Activity.operator_id)
        .outerjoin(Device, Device.id == Activity.device_id)
        .where(*_conditions(reader, wanted))
        .order_by(Activity.id.desc())
        .limit(limit)
    ).all()
    details = [row[0].details for row in rows]
    accounts = _names(session, Operator, "account", details)
    delegations = _names(session, Delegation, "delegation_id", details)
    return [_entry(*row, accounts, delegations) for row in rows]


def people_in_log(session: Session) -> Sequence[Operator]:
    """Return the operators who have entries in the log, by name."""
    acted = select(Activity.operator_id).where(Activity.operator_id.is_not(None)).distinct()
    return session.scalars(
        select(Operator).where(Operator.id.in_(acted)).order_by(Operator.name, Operator.id)
    ).all()


def _conditions(reader: Operator, wanted: Wanted) -> Iterator[ColumnElement[bool]]:
    if reader.role != Role.ADMINISTRATOR:
        yield Activity.event_id.is_not(None)
    if wanted.event_id is not None:
        yield Activity.event_id == wanted.event_id
    if wanted.operator_id is not None:
        yield Activity.operator_id == wanted.operator_id
    if wanted.kind is not None:
        yield Activity.action.startswith(f"{wanted.kind}.", autoescape=True)
    if wanted.since is not None:
        yield Activity.at >= wanted.since
    if wanted.until is not None:
        yield Activity.at < wanted.until
    if wanted.before is not None:
        yield Activity.id < wanted.before


def _names(
    session: Session,
    table: type[Operator] | type[Delegation],
    key: str,
    details: Sequence[dict[str, Any]],
) -> dict[int, str]:
    numbers = {one[key] for one in details if key in one}
    rows = session.execute(select(table.id, table.name).where(table.id.in_(numbers)))
    return {row.id: row.name for row in rows}


def _entry(
    row: Activity,
    event: Event | None,
    operator: str | None,
    device: str | None,
    accounts: dict[int, str],
    delegations: dict[int, str],
) -> Entry:
    told = row.details
    shown = [(key, str(told[key])) for key in _SHOWN if told.get(key) not in (None, "")]
    whose = delegations.get(told.get("delegation_id", 0))
    is_told = whose is None or whose in [text for _key, text in shown]
    return Entry(
        id=row.id,
        at=row.at,
        event=event,
        operator=operator,
        device=device,
        action=row.action,
        account=accounts.get(told.get("account", 0)),
        participant_id=row.participant_id,
        about=tuple(shown if is_told else [*shown, ("delegation", whose or "")]),
    )
