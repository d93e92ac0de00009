"""What a hub keeps of its central server: one row, which also says that this is a hub."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from checkin.db.models import MirroredPage, ScanFromUpstream, Upstream
from checkin.protocol.epochs import Seen, counter_in
from checkin.services.backups.epochs import note_heard
from checkin.services.hub.numbers import take_numbers_back

#: before the mark of a page that is to be fetched anew; no mark begins so
_FORGOTTEN = "forgotten "


def upstream_or_none(session: Session) -> Upstream | None:
    """Return the link to the central server; None: this installation is no hub."""
    return session.get(Upstream, 1)


def has_mirror(link: Upstream) -> bool:
    """Say whether the event's rows are here; a pairing alone brings none."""
    return link.event_id != 0


def upstream(session: Session) -> Upstream:
    """Return the link to the central server; there must be one."""
    return session.get_one(Upstream, 1)


def met_epoch(session: Session, epoch: str, now: datetime) -> bool:
    """Note the epoch of the central server's database; say whether it was put back.

    Then it is offered everything that happened here once more, and told of from the beginning: its
    numbers may stand for other scans. Whatever it has already, it knows by its `scan_id`.
    """
    link = upstream(session)
    if link.epoch == epoch:
        return False
    is_new = bool(link.epoch)
    link.epoch = epoch
    note_heard(session, epoch, now)
    if is_new:
        link.scans_until = link.arrivals_until = 0
        link.lease_id, link.counter = None, ""
        session.execute(delete(ScanFromUpstream))
        take_numbers_back(session)
        forget_pages(session)
    return is_new


def seen_there(session: Session) -> str:
    """Return what this hub has seen of the central server's database; "" before it has met it."""
    link = upstream(session)
    return Seen(link.epoch, counter_in(link.counter)).text() if link.epoch else ""


def note_counter(session: Session, counter: str) -> None:
    """Remember the highest number that the central server's log is known to have reached."""
    link, new = upstream(session), counter_in(counter)
    known = counter_in(link.counter)
    if new and (known is None or new.number > known.number):
        link.counter = new.text()


def note_exchange(session: Session, now: datetime, fault: str | None = None) -> None:
    """Note that an exchange has succeeded, or why it has not."""
    link = upstream(session)
    if fault is None:
        link.exchanged_at, link.fault = now, None
    else:
        link.failed_at, link.fault = now, fault


def forget_pages(session: Session, table: str | None = None) -> None:
    """Have the pages of a table, or all, fetched anew; what they held stays until then."""
    of = [] if table is None else [MirroredPage.table_name == table]
    session.execute(
        update(MirroredPage)
        .where(MirroredPage.mark.not_like(f"{_FORGOTTEN}%"), *of)
        .values(mark=_FORGOTTEN + MirroredPage.mark)
        .execution_options(synchronize_session=False)
    )
    upstream(session).mirror_etag = ""
