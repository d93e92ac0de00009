"""The epoch of the database: read, checked against what devices have seen, and begun anew.

See `checkin.protocol.epochs` for what it is for, and docs/adr/0046-epochs.md.
"""

from __future__ import annotations

import secrets
import time
from datetime import datetime, timedelta

from sqlalchemy import Connection, exists, func, select, text, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from checkin.db.engine import Database, in_transaction
from checkin.db.models import Badge, Epoch, Event, Scan
from checkin.domain.common.epochs import EpochCause
from checkin.protocol.epochs import Counter, Seen
from checkin.services.common.activity import note
from checkin.services.common.installation_settings import keep_setting, kept_settings

#: what every number that the database gives grows by when an epoch begins: whatever was numbered
#: between the backup and its return is numbered so by nothing else
JUMP = 1_000_000
#: a database takes a new epoch by itself at most this often: a device that tells nonsense costs one
SELF_TAKEN_EVERY = timedelta(minutes=1)
#: how long boards say that the records were put back
ANNOUNCED_FOR = timedelta(hours=24)
#: how long a process takes the epoch that it has read for the present one
KNOWN_FOR_S = 0.5
_ERASED_TO = "scans_erased_to"

_IS_OURS = Epoch.cause != EpochCause.HEARD
#: the present epoch, to be read with something else
CURRENT_EPOCH = (
    select(Epoch.value).where(_IS_OURS).order_by(Epoch.id.desc()).limit(1).scalar_subquery()
)


class RecentEpoch:
    """The epoch for answers that acknowledge nothing, read at most twice a second."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._known: tuple[float, str] = (float("-inf"), "")

    def value(self) -> str:
        """Return the epoch; "" while the database cannot be read."""
        at, epoch = self._known
        if time.monotonic() - at < KNOWN_FOR_S:
            return epoch
        try:
            with self._database.reading() as connection:
                epoch = connection.scalar(select(CURRENT_EPOCH)) or ""
        except SQLAlchemyError:
            return ""
        self._known = (time.monotonic(), epoch)
        return epoch

    def forget(self) -> None:
        """Read it anew at the next request, because one has begun."""
        self._known = (float("-inf"), "")


def current_epoch(session: Session) -> str:
    """Return the epoch of the database."""
    epoch: str = session.execute(select(CURRENT_EPOCH)).scalar_one()
    return epoch


def announced_restore(session: Session, now: datetime) -> Epoch | None:
    """Return the latest restore while it is news to people; None else."""
    latest = session.scalar(select(Epoch).where(_IS_OURS).order_by(Epoch.id.desc()).limit(1))
    if latest is None or latest.cause == EpochCause.FIRST:
        return None
    return latest if now - latest.began_at < ANNOUNCED_FOR else None


def notice_seen(database: Database, seen: Seen | None, now: datetime) -> bool:
    """Begin an epoch if a device has seen more than the database holds; say whether one began.

    So a database that was put back without the command, as a copied file, a snapshot or a standby
    that lagged, is found out by the first device that had an acknowledgement from it.
    """
    if seen is None or _is_as_seen(database, seen):
        return False
    with database.read() as session:
        if not is_behind(session, seen):
            return False
    return in_transaction(database, lambda session: _begin_if_behind(session, seen, now))


def _is_as_seen(database: Database, seen: Seen) -> bool:
    """Say in one statement what nearly always is so: a scan that is read at a gate waits for it."""
    number = seen.counter.number if seen.counter else None
    stored = select(Scan.scan_id).where(Scan.id == number).scalar_subquery()
    with database.reading() as connection:
        epoch, scan_id = connection.execute(select(CURRENT_EPOCH, stored)).one()
    return bool(epoch == seen.epoch and (seen.counter is None or scan_id == seen.counter.scan_id))


def notice_cursor(database: Database, event_id: int, cursor: int, now: datetime) -> bool:
    """Begin an epoch if a device holds a newer gate list of this epoch than the database can have.

    Args:
        cursor: of the list that the device holds.
    """

    def begin_if_behind(session: Session) -> bool:
        _queue(session)
        version = session.scalar(select(Event.list_version).where(Event.id == event_id))
        if version is None or cursor <= version or _has_just_begun(session, now):
            return False
        _begin(session, EpochCause.BEHIND, now)
        return True

    return in_transaction(database, begin_if_behind)


def is_behind(session: Session, seen: Seen) -> bool:
    """Say whether the database lacks something that a device has seen of it."""
    if seen.epoch != current_epoch(session):
        known = select(exists().where(Epoch.value == seen.epoch))
        return not session.execute(known).scalar_one()
    return seen.counter is not None and not _holds(session, seen.counter)


def _holds(session: Session, counter: Counter) -> bool:
    stored = session.scalar(select(Scan.scan_id).where(Scan.id == counter.number))
    if stored is None:  # or it was erased with its event
        return counter.number <= int(kept_settings(session).get(_ERASED_TO, 0))
    return stored == counter.scan_id


def note_erased_scans(session: Session) -> None:
    """Remember up to which number scans are erased on purpose, before they are."""
    last = session.scalar(select(func.max(Scan.id)))
    if last is not None:
        keep_setting(session, _ERASED_TO, str(last))


def _begin_if_behind(session: Session, seen: Seen, now: datetime) -> bool:
    _queue(session)
    if not is_behind(session, seen) or _has_just_begun(session, now):
        return False
    if seen.epoch != current_epoch(session):
        # Others will tell of it, too: they need no further epoch.
        note_heard(session, seen.epoch, now)
    _begin(session, EpochCause.BEHIND, now)
    return True


def note_heard(session: Session, epoch: str, now: datetime) -> None:
    """Note the epoch of another database, of which devices may tell: it is no reason to begin one.

    It is a hub's, or the central server's of a hub.
    """
    if session.scalar(select(Epoch.id).where(Epoch.value == epoch)) is None:
        session.add(Epoch(value=epoch, cause=EpochCause.HEARD, began_at=now))


def begin_epoch(session: Session, cause: EpochCause, now: datetime) -> str:
    """Begin an epoch, and return it.

    Everything that devices hold of an earlier one is void: they fetch the list anew, and offer
    again what was acknowledged to them. Numbers given from now on were never given before.
    """
    _queue(session)
    return _begin(session, cause, now)


def _queue(session: Session) -> None:
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("LOCK TABLE epoch IN SHARE ROW EXCLUSIVE MODE"))


def _has_just_begun(session: Session, now: datetime) -> bool:
    latest = session.scalar(
        select(Epoch.began_at)
        .where(Epoch.cause == EpochCause.BEHIND)
        .order_by(Epoch.id.desc())
        .limit(1)
    )
    return latest is not None and timedelta() <= now - latest < SELF_TAKEN_EVERY


def _begin(session: Session, cause: EpochCause, now: datetime) -> str:
    epoch = Epoch(value=secrets.token_hex(16), cause=cause, began_at=now)
    session.add(epoch)
    session.flush()
    jump_numbers(session.connection())
    _renew_lists(session)
    for event_id in session.scalars(select(Event.id).where(Event.purged_at.is_(None))).all():
        note(session, event_id, "backup.restored", now, cause=cause)
    session.flush()
    return epoch.value


def _renew_lists(session: Session) -> None:
    """Make every entry of every gate list new, also to devices that know nothing of epochs."""
    session.execute(
        update(Event)
        .where(Event.purged_at.is_(None))
        .values(list_version=Event.list_version + JUMP)
        .execution_options(synchronize_session=False)
    )
    version = select(Event.list_version).where(Event.id == Badge.event_id).scalar_subquery()
    session.execute(
        update(Badge).values(list_version=version).execution_options(synchronize_session=False)
    )


def jump_numbers(connection: Connection) -> None:
    """Let the database number its next rows from much higher on."""
    if connection.dialect.name == "postgresql":
        connection.execute(
            text(
                "SELECT setval(CAST(format('%I.%I', schemaname, sequencename) AS regclass),"
                " coalesce(last_value, 0) + :jump)"
                " FROM pg_sequences WHERE schemaname = current_schema()"
            ),
            {"jump": JUMP},
        )
        return
    numbered = connection.exec_driver_sql(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND sql LIKE '%AUTOINCREMENT%'"
    )
    for (table,) in numbered.all():
        _jump_table(connection, table)


def _jump_table(connection: Connection, table: str) -> None:
    given = connection.exec_driver_sql("SELECT seq FROM sqlite_sequence WHERE name = ?", (table,))
    last = connection.exec_driver_sql(f'SELECT max(id) FROM "{table}"')  # noqa: S608 - a table's name
    number = max(given.scalar() or 0, last.scalar() or 0) + JUMP
    connection.exec_driver_sql("DELETE FROM sqlite_sequence WHERE name = ?", (table,))
    connection.exec_driver_sql("INSERT INTO sqlite_sequence VALUES (?, ?)", (table, number))
