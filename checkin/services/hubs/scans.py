"""Record the scans that a hub brings, each as its device's, and what it takes back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import Connection, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from checkin.db.engine import Database, in_transaction
from checkin.db.models import HubScan, Operator
from checkin.errors import ScanIdConflict
from checkin.services.accounts.pins import ANSWERS_AT_GATES
from checkin.services.common.keys import Keys
from checkin.services.hubs.access import PairedHub
from checkin.services.hubs.devices import NamedDevice, devices_named
from checkin.services.scanning.record import Uploaded, record_uploads
from checkin.services.scanning.storage import Answer, Reading

#: by dialect; a scan that the hub has brought before is remembered already
_REMEMBER: dict[str, Any] = {
    "sqlite": sqlite.insert(HubScan).on_conflict_do_nothing(),
    "postgresql": postgresql.insert(HubScan).on_conflict_do_nothing(),
}


def record_of_hub(
    database: Database,
    hub: PairedHub,
    brought: Sequence[tuple[NamedDevice, Reading]],
    keys: Keys,
    now: datetime,
) -> list[tuple[Reading, Answer | ScanIdConflict]]:
    """Record what a hub brings, in the order in which it happened, whatever device it was at.

    Nothing is refused: what contradicts the rules, as the places that others gave away meanwhile,
    becomes a conflict. What was recorded before gets the answer of then.
    """
    if not brought:
        return []
    ordered = sorted(brought, key=lambda one: one[1].at)
    find = partial(devices_named, hub=hub, named={device for device, _ in ordered}, now=now)
    devices = in_transaction(database, find)
    uploads = [Uploaded(devices[device], reading) for device, reading in ordered]
    answers = record_uploads(database, uploads, keys, also=partial(_remember, hub))
    return [(reading, answer) for (_, reading), answer in zip(ordered, answers, strict=True)]


def who_answers(session: Session, claimed: Sequence[int]) -> Mapping[int, int]:
    """Return those of the operators named by a hub who may answer for an override, by themselves.

    The hub has compared their PINs. Of whoever may not, nothing is set aside: who was let in by
    them is a conflict.
    """
    if not claimed:
        return {}
    found = session.scalars(
        select(Operator.id).where(
            Operator.id.in_(set(claimed)), Operator.role.in_(ANSWERS_AT_GATES)
        )
    )
    return {one: one for one in found}


def _remember(
    hub: PairedHub, connection: Connection, answers: Sequence[Answer | ScanIdConflict]
) -> None:
    numbers = {one.number for one in answers if isinstance(one, Answer) and one.number is not None}
    rows = [{"hub_id": hub.id, "scan_pk": one, "event_id": hub.event_id} for one in sorted(numbers)]
    if rows:
        connection.execute(_REMEMBER[connection.dialect.name], rows)
