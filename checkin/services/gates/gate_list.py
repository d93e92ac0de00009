"""Build the gate list that a device carries: whole, or only the changes since a cursor."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from checkin.db.models import Badge, Delegation, Event, GateCategory, Participant
from checkin.domain.people.fields import ShownIn, own_in
from checkin.domain.scanning.hall import Stop
from checkin.domain.scanning.reasons import Reason
from checkin.protocol.codes import token_for
from checkin.protocol.gate_list import (
    FORMAT,
    SealedEntry,
    Tombstone,
    badge_tag,
    public_key_text,
    seal_entry,
    sign_list,
    signed_bytes,
)
from checkin.services.common.keys import Keys
from checkin.services.gates.stops import open_stop
from checkin.services.people.search import badges_with_holders

_OWN = own_in(ShownIn.GATE_LIST)


@dataclass(frozen=True, slots=True)
class GateList:
    """A signed gate list.

    Attributes:
        head: format, event, cursor, since, issued_at and the entry policy, with the gates that
            admit only some categories; an entry names those of them that admit its badge.
    """

    head: Mapping[str, Any]
    tombstones: Sequence[Tombstone]
    entries: Sequence[SealedEntry]
    public_key: str
    signature: str


class SealedEntries:
    """A cache of sealed entries by badge and version: sealing 10,000 takes most of a second."""

    def __init__(self) -> None:
        self._kept: dict[UUID, tuple[int, SealedEntry]] = {}
        self._mutex = Lock()

    def entry(self, row: Row[Any], token: bytes, gates: Sequence[int]) -> SealedEntry:
        """Return the sealed entry of one badge as of its row's version."""
        with self._mutex:
            kept = self._kept.get(row.badge_id)
        if kept is not None and kept[0] == row.list_version:
            return kept[1]
        entry = seal_entry(token, _content(row, gates))
        with self._mutex:
            self._kept[row.badge_id] = (row.list_version, entry)
        return entry


def current_cursor(session: Session, event_id: int) -> int:
    """Return the version that a list built now would have."""
    return session.scalars(select(Event.list_version).where(Event.id == event_id)).one()


def gate_list(
    session: Session, event_id: int, since: int, keys: Keys, sealed: SealedEntries, now: datetime
) -> GateList:
    """Build the list of an event.

    Args:
        since: the cursor of the list that the device has; 0 for the whole list. A cursor that this
            server never issued, as after restoring a backup, gets the whole list, too.
    """
    event = session.get_one(Event, event_id)
    cursor = event.list_version  # read before the badges: what changes now comes again next time
    since = since if since <= cursor else 0
    event_key, signer = keys.for_event(event.slug), keys.list_signer(event.slug)
    limited = _limited_gates(session, event_id)
    admitting = _gates_by_category(session, event_id)
    tombstones, entries = [], []
    for row in session.execute(_badges_since(event_id, since)):
        token = token_for(event_key, row.badge_id, row.issue)
        if row.revoked_at is not None:
            tombstones.append(Tombstone(badge_tag(token), Reason.REVOKED))
        else:
            entries.append(sealed.entry(row, token, admitting.get(row.category_id, [])))
    head = _head(event, open_stop(session, event.id), cursor, since, limited, now)
    signature = sign_list(signer, signed_bytes(head, tombstones, entries))
    return GateList(head, tombstones, entries, public_key_text(signer), signature)


def _badges_since(event_id: int, since: int) -> Any:
    return (
        badges_with_holders(
            Badge.issue, Badge.list_version, Participant.category_id, Delegation.quota
        )
        .where(Badge.event_id == event_id, Badge.list_version > since)
        .order_by(Badge.list_version, Badge.id)
    )


def _content(row: Row[Any], gates: Sequence[int]) -> dict[str, Any]:
    return {
        "participant": {
            "id": row.participant_id,
            **{key: getattr(row, key) for key in _OWN},
            "category": row.category,
            "category_ar": row.category_ar,
        },
        "delegation": {
            "id": row.delegation_id,
            "name": row.delegation,
            "name_ar": row.delegation_ar,
            "quota": row.quota,
        },
        "standing": row.standing,
        "blocked": row.blocked,
        "gates": gates,
    }


def _gates_by_category(session: Session, event_id: int) -> dict[int, list[int]]:
    """Return, for each category, the limited gates that admit it."""
    gates: defaultdict[int, list[int]] = defaultdict(list)
    rows = session.execute(
        select(GateCategory.gate_id, GateCategory.category_id)
        .where(GateCategory.event_id == event_id)
        .order_by(GateCategory.gate_id)
    )
    for row in rows:
        gates[row.category_id].append(row.gate_id)
    return dict(gates)


def _limited_gates(session: Session, event_id: int) -> Sequence[int]:
    return session.scalars(
        select(GateCategory.gate_id)
        .where(GateCategory.event_id == event_id)
        .distinct()
        .order_by(GateCategory.gate_id)
    ).all()


def _head(
    event: Event,
    stop: Stop | None,
    cursor: int,
    since: int,
    limited: Sequence[int],
    now: datetime,
) -> dict[str, Any]:
    def text(moment: datetime | None) -> str | None:
        return moment.isoformat().replace("+00:00", "Z") if moment else None

    return {
        "format": FORMAT,
        "event": event.slug,
        "cursor": str(cursor),
        "since": str(since) if since else None,
        "issued_at": text(now),
        "policy": {
            "reentry": event.reentry,
            "doors_open_at": text(event.doors_open_at),
            "doors_close_at": text(event.doors_close_at),
            "grace_s": event.grace_s,
            "reserve_from": text(event.reserve_from),
            "capacity": event.capacity,
            "limited_gates": list(limited),
            "stopped": stop and stop.messages,
        },
    }
