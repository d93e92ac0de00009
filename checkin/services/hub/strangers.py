"""Scans of people whom a hub does not know yet: their gate decides, and keeps them for a while."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.orm import Session

from checkin.db.engine import Database, in_transaction
from checkin.db.models import Badge, Participant, Scan, ScanOfStranger
from checkin.domain.gates.hub_numbers import OWN_NUMBERS
from checkin.domain.scanning.verdict import Status
from checkin.errors import NotKnownYet
from checkin.services.hub.upstream import upstream
from checkin.services.scanning.storage import Reading

#: for which the central server may answer with a mirror that is older
_MIRROR_IS_LATE = timedelta(seconds=30)


def check_known(database: Database, reading: Reading) -> None:
    """Leave the decision on somebody who is not known here yet to the gate, whose list has them.

    Nobody who is registered is refused at the door because the gate heard of it before its hub
    did. The gate brings what it has decided, as it does when it stands alone.

    Raises:
        NotKnownYet: nothing was recorded.
    """
    with database.read() as session:
        if _strangers(session, [reading]):
            raise NotKnownYet("the central server has not told this hub yet: decide by the list")


def recordable(database: Database, readings: Sequence[Reading], now: datetime) -> list[Reading]:
    """Return the readings without those by which a gate let in somebody who is not known here yet.

    A gate that was at the central server may know of somebody before its hub does: not answered,
    the scan stays at the gate and comes again. Whom the mirror does not name that is newer than the
    scan, the central server has lost, in a restore: the scan is recorded, with whom it names.

    Args:
        now: by this hub's clock, by which the readings are corrected, too.
    """
    with database.read() as session:
        let_in = [one for one in readings if one.decided and one.decided.status == Status.OK]
        strangers = _strangers(session, let_in)
        mirrored_at = upstream(session).mirrored_at
    if not strangers:
        return [*readings]
    lost = [one for one in strangers if _is_lost(one, mirrored_at, now)]
    if lost:
        in_transaction(database, lambda session: _keep(session, lost))
    waiting = {one.scan_id for one in strangers} - {one.scan_id for one in lost}
    return [one for one in readings if one.scan_id not in waiting]


def _is_lost(stranger: Reading, mirrored_at: datetime | None, now: datetime) -> bool:
    if mirrored_at is None or mirrored_at > now:
        return False  # one of the future was fetched before this hub's clock was put back
    return stranger.at + _MIRROR_IS_LATE < mirrored_at


def _strangers(session: Session, readings: Sequence[Reading]) -> list[Reading]:
    refs = {one.ref for one in readings if one.ref is not None}
    numbers = {one.participant_id for one in readings if one.participant_id is not None}
    badges = set(session.scalars(select(Badge.ref).where(Badge.ref.in_(refs))))
    people = set(session.scalars(select(Participant.id).where(Participant.id.in_(numbers))))
    ids = [one.scan_id for one in readings]
    here = set(session.scalars(select(Scan.scan_id).where(Scan.scan_id.in_(ids))))

    def is_stranger(one: Reading) -> bool:
        if one.scan_id in here:
            return False
        if one.participant_id is not None:
            return one.participant_id < OWN_NUMBERS and one.participant_id not in people
        return one.ref is not None and one.ref not in badges

    return [one for one in readings if is_stranger(one)]


def _keep(session: Session, lost: Sequence[Reading]) -> None:
    rows = [
        {"scan_id": one.scan_id, "badge_ref": one.ref, "participant_id": one.participant_id}
        for one in lost
    ]
    session.execute(insert(ScanOfStranger).on_conflict_do_nothing(), rows)
