"""Scans of people whom a hub does not know yet: they wait at the gate until the mirror has come."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from checkin.db.engine import Database
from checkin.db.models import Badge, Participant, Scan
from checkin.domain.gates.hub_numbers import OWN_NUMBERS
from checkin.domain.scanning.verdict import Status
from checkin.services.scanning.storage import Reading


def without_strangers(database: Database, readings: Sequence[Reading]) -> list[Reading]:
    """Return the readings without those by which a gate let in somebody who is not known here.

    A gate that was at the central server may know of somebody before its hub does. Recorded here,
    nobody would ever learn who that was: not answered, the scan stays at the gate and comes again.
    """
    let_in = [one for one in readings if one.decided and one.decided.status == Status.OK]
    refs = {one.badge_ref for one in let_in if one.badge_ref is not None}
    numbers = {one.participant_id for one in let_in if one.participant_id is not None}
    with database.reading() as connection:
        badges = set(connection.scalars(select(Badge.ref).where(Badge.ref.in_(refs))))
        people = set(connection.scalars(select(Participant.id).where(Participant.id.in_(numbers))))
        here = set(
            connection.scalars(
                select(Scan.scan_id).where(Scan.scan_id.in_([one.scan_id for one in let_in]))
            )
        )

    def is_stranger(one: Reading) -> bool:
        if one.decided is None or one.decided.status != Status.OK or one.scan_id in here:
            return False
        if one.participant_id is not None:
            return one.participant_id < OWN_NUMBERS and one.participant_id not in people
        return one.badge_ref is not None and one.badge_ref not in badges

    return [one for one in readings if not is_stranger(one)]
