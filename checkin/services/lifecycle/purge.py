"""Purge an event: erase its personal data; counts per delegation, gate and hour stay."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from checkin.db.engine import Database, in_transaction
from checkin.db.models import Activity, Event, Participant
from checkin.errors import Conflict as Contradiction
from checkin.services.common.activity import note
from checkin.services.lifecycle.erasure import erase_rows, revoke_devices
from checkin.services.lifecycle.kept_purges import keep_purge, purging_at
from checkin.services.lifecycle.purged_files import erase_backups, erase_files
from checkin.services.lifecycle.retention import Copy, Keepable, Kept, copies_taken

#: the lines of the activity log that a receipt is read from
_ROWS, _FILES = "event.purge", "event.purge.files"


@dataclass(frozen=True, slots=True)
class Receipt:
    """The receipt of a purge: what was erased, and what no purge reaches.

    Attributes:
        rows: erased rows by table; of gates and accounts those that lost their names.
        files: erased files of badges and e-mails.
        devices: revoked devices that have not yet confirmed that they wiped their list.
        kept: what was kept because somebody chose so.
        backups: erased automatic backups.
        copies: what people had taken out before.
        log_is_clean: whether the database's write-ahead log holds nothing erased either; see
            `checkin.db.engine.Database.compact`. None while the purge is under way.
    """

    event: str
    purged_at: datetime
    rows: dict[str, int]
    files: int
    devices: int
    kept: tuple[Keepable, ...] = ()
    backups: int = 0
    copies: tuple[Copy, ...] = ()
    log_is_clean: bool | None = None


def purge_event(
    database: Database,
    event: Event,
    home: Path,
    *,
    now: datetime,
    early: bool = False,
    keep: Kept = (),
    operator_id: int | None = None,
) -> Receipt:
    """Erase an event's personal data from the database and the files, and revoke its devices.

    Args:
        home: the folder in which sheets and e-mails were written.
        early: purge even if the event has not ended.
        keep: what is not erased although it could be.

    Raises:
        Conflict: the event has not ended.
    """
    if not early and now < event.ends_at:
        raise Contradiction(f"{event.slug} ends at {event.ends_at:%Y-%m-%d %H:%M} UTC: wait for it")
    with purging_at(home):
        return purge_while_held(database, event, home, now=now, keep=keep, operator_id=operator_id)


def purge_while_held(
    database: Database,
    event: Event,
    home: Path,
    *,
    now: datetime,
    keep: Kept = (),
    operator_id: int | None = None,
) -> Receipt:
    """Do as `purge_event`, whether the event has ended or not, within `purging_at`."""

    def work(session: Session) -> None:
        earlier = receipt_of(session, event)
        copies = [*(earlier.copies if earlier else ()), *copies_taken(session, event)]
        told: dict[str, Any] = {
            "rows": erase_rows(session, event, keep, now),
            "devices": revoke_devices(session, event, now),
            "kept": sorted(keep),
            "copies": [_row(one) for one in copies],
        }
        note(session, event.id, _ROWS, now, operator_id=operator_id, **told)

    in_transaction(database, work)
    keep_purge(home, event, now, keep)
    erased = {"files": erase_files(database, home), "backups": erase_backups(home)}
    log = {"log_is_clean": database.compact()}
    in_transaction(
        database,
        lambda s: note(s, event.id, _FILES, now, operator_id=operator_id, **erased, **log),
    )
    with database.read() as session:
        return _receipt(event, _lines(session, event))


def count_of_people(session: Session, event: Event) -> int:
    """Return how many participants of an event are stored by name, whatever their status."""
    people = select(func.count(Participant.id)).where(Participant.event_id == event.id)
    return session.scalars(people).one()


def receipt_of(session: Session, event: Event) -> Receipt | None:
    """Return the receipt of an event's last purge, as it was stored; None before the first."""
    lines = _lines(session, event)
    return _receipt(event, lines) if lines else None


def is_unfinished(session: Session, event: Event) -> bool:
    """Say whether an event's last purge has erased rows, but was cut off before it was done."""
    lines = _lines(session, event)
    return bool(lines) and lines[-1].action == _ROWS


def kept_by_last(session: Session, event: Event) -> tuple[Keepable, ...]:
    """Return what an event's last purge has kept."""
    found = receipt_of(session, event)
    return found.kept if found else ()


def _lines(session: Session, event: Event) -> Sequence[Activity]:
    """Return the activity log's lines of the last purge and what is after it, oldest first."""
    of_purges = (Activity.event_id == event.id, Activity.action.in_((_ROWS, _FILES)))
    return session.scalars(select(Activity).where(*of_purges).order_by(Activity.id)).all()


def _receipt(event: Event, lines: Sequence[Activity]) -> Receipt:
    erased = next(one for one in reversed(lines) if one.action == _ROWS)
    done: dict[str, Any] = next((o.details for o in lines if o.action == _FILES), {})
    told = erased.details
    return Receipt(
        event.slug,
        erased.at,
        told["rows"],
        files=done.get("files", 0),
        devices=told["devices"],
        kept=tuple(Keepable(name) for name in told.get("kept", ())),
        backups=done.get("backups", 0),
        copies=tuple(_copy(row) for row in told.get("copies", ())),
        log_is_clean=done.get("log_is_clean"),
    )


def _row(one: Copy) -> dict[str, str]:
    return {"kind": one.kind, "form": one.form, "at": one.at.isoformat()}


def _copy(row: dict[str, str]) -> Copy:
    return Copy(row["kind"], row["form"], datetime.fromisoformat(row["at"]))
