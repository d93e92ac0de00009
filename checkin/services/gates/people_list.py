"""The people of an event for its help desks, which find and admit them without the network.

A help desk keeps them in sealed pages (`checkin.protocol.sealed_pages`), and is lent the key at
each contact. The key is derived from a salt in the device's row: revoking the device, or making it
no help desk, erases the salt, and nobody opens what that device holds again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from threading import Lock
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from checkin.db.models import (
    Badge,
    Bus,
    BusLeader,
    BusPassenger,
    Category,
    Delegation,
    Event,
    Participant,
)
from checkin.errors import NotAHelpDesk
from checkin.protocol.gate_list import public_key_text, sign_list, signed_bytes
from checkin.protocol.sealed_pages import PageKeys, SealedPage, page_content
from checkin.services.common.activity import note
from checkin.services.common.keys import Keys
from checkin.services.gates.devices import PairedDevice
from checkin.services.gates.gate_list import entry_content, entry_facts
from checkin.services.gates.searching import refuse_search
from checkin.services.people.search import PERSON, badges_with_holders

FORMAT = 1
#: numbers of participants that share a page: a change of one person sends that many again
PAGE_NUMBERS = 100
#: so many pages are sent in one answer: some 2 MB
MOST_PAGES = 40


@dataclass(frozen=True, slots=True)
class PeopleList:
    """What a help desk is told at each contact.

    Attributes:
        key: opens the pages, 32 bytes.
        head: format, event, version, issued_at, the rules of searching, and the marks of all pages
            in order. A device takes no older version: of who is blocked since it would not know.
    """

    key: bytes
    head: Mapping[str, Any]
    public_key: str
    signature: str


class PeoplePages:
    """A cache of the people's pages, by event and version of the gate list, and of their marks."""

    def __init__(self) -> None:
        self._kept: dict[int, tuple[int, list[bytes]]] = {}
        self._marks: dict[bytes, tuple[list[bytes], dict[str, bytes]]] = {}
        self._mutex = Lock()

    def by_mark(self, session: Session, event_id: int, key: bytes) -> dict[str, bytes]:
        """Return the contents of an event's pages by their marks under a key, in order."""
        with self._mutex:
            pages = self._pages(session, event_id)
            marked = self._marks.get(key)
            if marked is None or marked[0] is not pages:
                keys = PageKeys(key)
                marked = pages, {keys.mark(content): content for content in pages}
                self._marks[key] = marked
            return marked[1]

    def _pages(self, session: Session, event_id: int) -> list[bytes]:
        # Every change of a participant raises the version before it is committed.
        version = _version(session, event_id)
        kept = self._kept.get(event_id)
        if kept is None or kept[0] != version:
            kept = version, _pages(session, event_id)
            self._kept[event_id] = kept
        return kept[1]


def people_list(
    session: Session, device: PairedDevice, keys: Keys, pages: PeoplePages, now: datetime
) -> PeopleList:
    """Return the key of a help desk, and which pages it needs.

    Raises:
        NotAHelpDesk: the device is none.
        SearchNotAllowed, SearchClosed: it may not search, or not now.
    """
    key = _key(device, keys, now)
    # Read before the pages, which may be newer: a device is never told of a version too early.
    version = _version(session, device.event_id)
    rules = device.searching
    opens_at, closes_at = (not rules.while_closed and rules.open_time(now)) or (None, None)
    head = {
        "format": FORMAT,
        "event": device.event_slug,
        "version": version,
        "issued_at": _text(now),
        "search": {
            "budget": rules.budget,
            "opens_at": _text(opens_at),
            "closes_at": _text(closes_at),
        },
        "marks": list(pages.by_mark(session, device.event_id, key)),
    }
    signer = keys.list_signer(device.event_slug)
    signature = sign_list(signer, signed_bytes(head, (), ()))
    return PeopleList(key, head, public_key_text(signer), signature)


def sealed_pages(
    session: Session,
    device: PairedDevice,
    marks: Sequence[str],
    keys: Keys,
    pages: PeoplePages,
    now: datetime,
) -> Sequence[SealedPage]:
    """Return the pages with these marks, at most `MOST_PAGES`; one that has changed is left out.

    Raises:
        NotAHelpDesk: the device is none.
        SearchNotAllowed, SearchClosed: it may not search, or not now.
    """
    key = _key(device, keys, now)
    contents = pages.by_mark(session, device.event_id, key)
    seal = PageKeys(key).seal
    return [seal(contents[mark]) for mark in marks[:MOST_PAGES] if mark in contents]


def note_taken(session: Session, device: PairedDevice, pages: int, now: datetime) -> None:
    """Log that a help desk has taken pages of people."""
    note(session, device.event_id, "device.people", now, device_id=device.id, pages=pages)


def _key(device: PairedDevice, keys: Keys, now: datetime) -> bytes:
    if device.desk_salt is None:
        raise NotAHelpDesk("this device is no help desk: an organiser can make it one")
    refuse_search(device, now)
    return keys.help_desk(device.event_slug, device.id, device.desk_salt)


def _version(session: Session, event_id: int) -> int:
    return session.scalars(select(Event.list_version).where(Event.id == event_id)).one()


def _pages(session: Session, event_id: int) -> list[bytes]:
    people = _people(session, event_id)
    numbered = groupby(people, key=lambda person: person["participant"]["id"] // PAGE_NUMBERS)
    return [page_content(list(page)) for _number, page in numbered]


def _people(session: Session, event_id: int) -> list[dict[str, Any]]:
    """Return what a help desk is told of everybody, by number."""
    facts = entry_facts(session, session.get_one(Event, event_id))
    refs, names = _refs(session, event_id), _other_names(session, event_id)
    return [
        entry_content(row, facts)
        | {
            "refs": refs.get(row.participant_id, []),
            "names": names.get(row.participant_id, []),
            "email": row.email,
            "phone": row.phone,
            "bus": row.bus,
            **_ride(row),
        }
        for row in session.execute(_registered(event_id))
    ]


def _ride(row: Any) -> dict[str, Any]:
    """Return which bus somebody rides in, by number, and whether they lead it."""
    if row.bus_id is None:
        return {}
    return {"bus_id": row.bus_id, "leads_bus": row.led_bus == row.bus_id}


def _registered(event_id: int) -> Any:
    return (
        select(
            *PERSON,
            Participant.category_id,
            Participant.email,
            Participant.phone,
            Delegation.quota,
            Bus.name.label("bus"),
            Bus.id.label("bus_id"),
            BusLeader.bus_id.label("led_bus"),
        )
        .join(Category, Category.id == Participant.category_id)
        .join(Delegation, Delegation.id == Participant.delegation_id)
        .outerjoin(BusPassenger, BusPassenger.participant_id == Participant.id)
        .outerjoin(Bus, Bus.id == BusPassenger.bus_id)
        .outerjoin(BusLeader, BusLeader.participant_id == Participant.id)
        .where(
            Participant.event_id == event_id,
            Participant.merged_into.is_(None),
            Participant.unchecked_as.is_(None),
        )
        .order_by(Participant.id)
    )


def _refs(session: Session, event_id: int) -> Mapping[int, list[str]]:
    """Return the refs of each person's working badges, those of merged records among them."""
    working = (Badge.event_id == event_id, Badge.revoked_at.is_(None), Badge.ref.is_not(None))
    statement = badges_with_holders().where(*working).order_by(Badge.issued_at, Badge.id)
    rows = session.execute(statement.with_only_columns(Participant.id, Badge.ref))
    return _listed((number, ref.hex()) for number, ref in rows if ref)


def _other_names(session: Session, event_id: int) -> Mapping[int, list[str]]:
    """Return the names in the records that were merged into each person's."""
    merged = aliased(Participant)
    statement = select(merged.merged_into, merged.name, merged.name_ar).where(
        merged.event_id == event_id, merged.merged_into.is_not(None)
    )
    rows = session.execute(statement)
    return _listed((number, name) for number, *both in rows if number for name in both if name)


def _listed(pairs: Iterable[tuple[int, str]]) -> Mapping[int, list[str]]:
    found: defaultdict[int, list[str]] = defaultdict(list)
    for number, text in pairs:
        found[number].append(text)
    return found


def _text(moment: datetime | None) -> str | None:
    return moment.isoformat().replace("+00:00", "Z") if moment else None
