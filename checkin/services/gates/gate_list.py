"""Build the gate list that a device carries: whole, or only the changes since a cursor."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from threading import Lock
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import Result, Row, and_, or_, select
from sqlalchemy.orm import Session

from checkin.db.models import (
    Badge,
    Delegation,
    Event,
    EventDay,
    GateCategory,
    OpeningHours,
    Participant,
)
from checkin.domain.common.contacts import dialled
from checkin.domain.people.fields import ShownIn, own_in
from checkin.domain.people.flags import FlagDetails, shown_flags
from checkin.domain.scanning.reasons import Reason
from checkin.protocol.codes import token_for
from checkin.protocol.gate_list import (
    FORMAT,
    SealedEntry,
    Tombstone,
    badge_tag,
    bus_tag,
    public_key_text,
    seal_bus_list,
    seal_entry,
    sign_list,
    signed_bytes,
)
from checkin.services.backups.epochs import current_epoch
from checkin.services.common.keys import Keys
from checkin.services.events.days import day_rows
from checkin.services.gates.bus_lists import Tell, TokenOf, bus_lists_since
from checkin.services.gates.gates import gates_to_go_to
from checkin.services.gates.hours import hour_rows
from checkin.services.gates.stops import open_stop
from checkin.services.people.flags import flags_of
from checkin.services.people.search import badges_with_holders

_OWN = own_in(ShownIn.GATE_LIST)


@dataclass(frozen=True, slots=True)
class GateList:
    """A signed gate list.

    Attributes:
        head: format, event, epoch, cursor, since, issued_at, the gates by name, and the entry
            policy, with the event's days, the hours of gates and categories, and the gates that
            admit only some categories; an entry names those of them that admit its badge, and the
            category.
    """

    head: Mapping[str, Any]
    tombstones: Sequence[Tombstone]
    entries: Sequence[SealedEntry]
    public_key: str
    signature: str


class Sealing(Protocol):
    """Seals what changed of a list."""

    def entry(self, row: Row[Any], token: bytes, tell: Tell) -> SealedEntry:
        """Return the sealed entry of one badge as of its row's version."""
        ...

    def bus_list(self, token: bytes, version: int, content: Mapping[str, Any]) -> SealedEntry:
        """Return the sealed list of a bus for its leader's badge, as of a version."""
        ...


class SealedEntries:
    """A cache of sealed entries by badge and version: sealing 10,000 takes most of a second."""

    def __init__(self) -> None:
        self._kept: dict[str, tuple[int, SealedEntry]] = {}
        self._mutex = Lock()

    def entry(self, row: Row[Any], token: bytes, tell: Tell) -> SealedEntry:
        """Return the sealed entry of one badge as of its row's version."""
        return self._sealed(
            badge_tag(token), row.list_version, lambda: seal_entry(token, tell(row))
        )

    def bus_list(self, token: bytes, version: int, content: Mapping[str, Any]) -> SealedEntry:
        """Return the sealed list of a bus for its leader's badge, as of a version."""
        return self._sealed(bus_tag(token), version, lambda: seal_bus_list(token, content))

    def _sealed(self, tag: str, version: int, seal: Callable[[], SealedEntry]) -> SealedEntry:
        with self._mutex:
            kept = self._kept.get(tag)
        if kept is not None and kept[0] == version:
            return kept[1]
        entry = seal()
        with self._mutex:
            self._kept[tag] = (version, entry)
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
    token_of, tell = list_readers(session, event, keys)
    changed = badges_since(session, event_id, since)
    tombstones, entries = badge_records(changed, token_of=token_of, tell=tell, sealed=sealed)
    buried, buses = bus_lists_since(
        session, event_id, since, token_of=token_of, tell=tell, seal=sealed.bus_list
    )
    head = list_head(session, event, cursor, since, now)
    return signed_list(keys, head, [*tombstones, *buried], [*entries, *buses])


def signed_list(
    keys: Keys,
    head: Mapping[str, Any],
    tombstones: Sequence[Tombstone] = (),
    entries: Sequence[SealedEntry] = (),
) -> GateList:
    """Sign a list with the key of its event."""
    signer = keys.list_signer(head["event"])
    signature = sign_list(signer, signed_bytes(head, tombstones, entries))
    return GateList(head, tombstones, entries, public_key_text(signer), signature)


def list_head(
    session: Session, event: Event, cursor: int, since: int, now: datetime
) -> dict[str, Any]:
    """Return the head of a list that leads from a cursor to another one."""
    return _head(event, cursor, since, now) | {
        "epoch": current_epoch(session),
        "policy": _policy(session, event, _limited_gates(session, event.id)),
        "gates": [asdict(gate) for gate in gates_to_go_to(session, event.id)],
    }


def list_readers(session: Session, event: Event, keys: Keys) -> tuple[TokenOf, Tell]:
    """Return what makes the token of a row's badge, and what an entry tells of its holder.

    Rows are those of `badges_with_holders` with the badge's issue, the holder's category_id and
    the delegation's quota.
    """
    event_key, facts = keys.for_event(event.slug), entry_facts(session, event)
    return (
        lambda row: token_for(event_key, row.badge_id, row.issue),
        lambda row: entry_content(row, facts),
    )


def badges_since(
    session: Session,
    event_id: int,
    since: int,
    *,
    after: UUID | None = None,
    most: int | None = None,
) -> Result[Any]:
    """Return the badges that changed after a version with their holders, by version.

    Args:
        after: a badge of the version `since`, of which those behind it are returned, too.
        most: not more than so many.
    """
    newer = Badge.list_version > since
    if after is not None:
        newer = or_(newer, and_(Badge.list_version == since, Badge.id > after))
    return session.execute(
        badges_with_holders(
            Badge.issue, Badge.list_version, Participant.category_id, Delegation.quota
        )
        .where(Badge.event_id == event_id, newer)
        .order_by(Badge.list_version, Badge.id)
        .limit(most)
    )


def badge_records(
    rows: Iterable[Row[Any]], *, token_of: TokenOf, tell: Tell, sealed: Sealing
) -> tuple[list[Tombstone], list[SealedEntry]]:
    """Return what a list tells of badges: a tombstone of those that are revoked."""
    tombstones, entries = [], []
    for row in rows:
        token = token_of(row)
        if row.revoked_at is not None:
            tombstones.append(Tombstone(badge_tag(token), Reason.REVOKED))
        else:
            entries.append(sealed.entry(row, token, tell))
    return tombstones, entries


@dataclass(frozen=True, slots=True)
class EntryFacts:
    """What devices are told of people beside their own rows, read once for a whole list.

    Attributes:
        gates: the limited gates that admit each category.
        flags: the event's.
        calls_coordinators: gates may name the telephone of a delegation's coordinators.
    """

    gates: Mapping[int, Sequence[int]]
    flags: Sequence[FlagDetails]
    calls_coordinators: bool

    def of(self, row: Row[Any]) -> dict[str, Any]:
        """Return what these facts tell of one person."""
        flags = [flag.body() for flag in shown_flags(row.flags, self.flags)]
        phone = row.coordinator_phone if self.calls_coordinators else None
        return {
            "gates": self.gates.get(row.category_id, []),
            **({"flags": flags} if flags else {}),
            **({"coordinator_phone": dialled(phone)} if phone else {}),
        }


def entry_facts(session: Session, event: Event) -> EntryFacts:
    """Return the facts of an event's entries as they are now."""
    gates = gates_by_category(session, event.id)
    return EntryFacts(gates, flags_of(session, event.id), event.gates_call_coordinators)


def entry_content(row: Row[Any], facts: EntryFacts) -> dict[str, Any]:
    """Return what devices are told of a person, by which they decide and show a verdict.

    Args:
        row: `PERSON` with the category's number and the delegation's quota.
    """
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
        **facts.of(row),
        "category_id": row.category_id,
    }


def gates_by_category(session: Session, event_id: int) -> dict[int, list[int]]:
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


def _head(event: Event, cursor: int, since: int, now: datetime) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "event": event.slug,
        "cursor": str(cursor),
        "since": str(since) if since else None,
        "issued_at": moment_text(now),
    }


def _policy(session: Session, event: Event, limited: Sequence[int]) -> dict[str, Any]:
    stop = open_stop(session, event.id)
    return {
        "reentry": event.reentry,
        "doors_open_at": moment_text(event.doors_open_at),
        "doors_close_at": moment_text(event.doors_close_at),
        "grace_s": event.grace_s,
        "reserve_from": moment_text(event.reserve_from),
        "capacity": event.capacity,
        "limited_gates": list(limited),
        "stopped": stop and stop.messages,
        "without_badge": event.without_badge,
        "days": [_day(day) for day in day_rows(session, event.id)],
        "hours": [_hours(one) for one in hour_rows(session, event.id)],
    }


def _day(day: EventDay) -> dict[str, Any]:
    moments = ("starts_at", "ends_at", "doors_open_at", "doors_close_at", "reserve_from")
    return {"day": day.day} | {name: moment_text(getattr(day, name)) for name in moments}


def _hours(hours: OpeningHours) -> dict[str, Any]:
    return {
        "gate_id": hours.gate_id,
        "category_id": hours.category_id,
        "opens_at": moment_text(hours.opens_at),
        "closes_at": moment_text(hours.closes_at),
    }


def moment_text(moment: datetime | None) -> str | None:
    """Write a moment as the head of a list has it."""
    return moment.isoformat().replace("+00:00", "Z") if moment else None
