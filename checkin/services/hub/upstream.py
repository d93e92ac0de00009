"""What a hub keeps of its central server: one row, which also says that this is a hub."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, exists, select
from sqlalchemy.orm import Session

from checkin.db.models import MirroredPage, ScanFromUpstream, Upstream
from checkin.services.backups.epochs import note_heard


def is_hub(session: Session) -> bool:
    """Say whether this installation is a hub."""
    return bool(session.scalar(select(exists().where(Upstream.id == 1))))


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
        link.annulled_until = None
        link.mirror_etag, link.lease_id = "", None
        session.execute(delete(ScanFromUpstream))
    return is_new


def note_exchange(session: Session, now: datetime, fault: str | None = None) -> None:
    """Note that an exchange has succeeded, or why it has not."""
    link = upstream(session)
    if fault is None:
        link.exchanged_at, link.fault = now, None
    else:
        link.failed_at, link.fault = now, fault


def forget_pages(session: Session) -> None:
    """Have every page fetched anew."""
    session.execute(delete(MirroredPage))
    upstream(session).mirror_etag = ""
