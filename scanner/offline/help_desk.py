"""The people whom a help desk finds without the network, and how many of them it may show.

They lie on the disk in sealed pages, which only the key opens that the server lends at each
contact. Names are in memory only.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from threading import Lock
from typing import Any

from checkin.domain.people.desk_buses import DeskBus
from checkin.domain.people.desk_search import DeskPeople, is_too_short
from checkin.domain.people.searching import SHOWN_AT_ONCE
from checkin.protocol.base64url import bytes_of
from checkin.protocol.gate_list import list_is_genuine, signed_bytes
from checkin.protocol.sealed_pages import SealedPage
from scanner.core.errors import DeskBudget, DeskLocked, ListRefused, SearchClosed, SearchTooShort
from scanner.offline.clock import DeviceClock
from scanner.offline.disk import Connect, connect_file
from scanner.offline.held_list import HeldList
from scanner.offline.list_checks import Objection
from scanner.offline.sealed_store import SealedStore
from scanner.offline.shown_people import ShownPeople


@dataclass(frozen=True, slots=True)
class FoundHere:
    """The people whom a search found in the list of people, how many more there are, and buses."""

    people: tuple[dict[str, Any], ...]
    more: int = 0
    buses: tuple[DeskBus, ...] = ()


class HelpDesk:
    """The list of people of this device, which is empty where it is no help desk.

    Attributes:
        is_one: the server says that this device is a help desk.
    """

    def __init__(
        self, folder: Path, held: HeldList, clock: DeviceClock, connect: Connect = connect_file
    ) -> None:
        """Open or make the files in `folder`."""
        self.is_one = False
        self.shown = ShownPeople(folder / "shown.sqlite", connect)
        self._store = SealedStore(folder / "people.sqlite", connect)
        self._held = held
        self._clock = clock
        self._people = DeskPeople()
        self._changing = Lock()  # one thread reads new pages while another searches

    @property
    def is_open(self) -> bool:
        """Say whether people can be found here without the network."""
        return self._store.is_open

    @property
    def holds_people(self) -> bool:
        """Say whether there is anything of them on the disk."""
        return bool(self._store.head())

    def take_list(self, reply: dict[str, Any]) -> Sequence[str]:
        """Take the key and the head of the list; return the marks of the pages that are lacking.

        Raises:
            ListRefused: it is not the server's, not this event's, or older than the one here.
        """
        self._check(reply)
        self._store.expect(reply["head"])
        self._store.lend(bytes_of(reply["key"]))
        return self._store.lacking()

    def take_pages(self, pages: Sequence[dict[str, Any]]) -> None:
        """Store pages that were asked for."""
        self._store.keep(SealedPage(one["mark"], one["sealed"]) for one in pages)

    def read(self) -> None:
        """Open the pages, so that the people in them are found."""
        records, people = self._store.records(), self._people
        with self._changing:
            for one in records:
                people.put(one)
            people.keep_only({one["participant"]["id"] for one in records})

    def lock(self) -> None:
        """Forget the key and the people: the server lends the key no more, or not now."""
        self._store.lock()
        self._people = DeskPeople()

    def wipe(self) -> None:
        """Forget and erase everything."""
        self.lock()
        self._store.wipe()
        self.shown.wipe()

    def close(self) -> None:
        """Forget the key and close the files; what is in them stays, and stays sealed."""
        self.lock()
        self._store.close()
        self.shown.close()

    def search(self, text: str) -> FoundHere:
        """Return the first people whom a text finds; they are counted before they are returned.

        Raises:
            SearchTooShort: fewer than three letters.
            DeskLocked: the key is not here, since the program was started without the network.
            SearchClosed: the doors are closed.
            DeskBudget: as many people were shown as may be in an hour.
            SpoolUnwritable: nothing can be counted, so nobody is shown.
        """
        if is_too_short(text):
            raise SearchTooShort
        now = self._clock.server_now()
        rules = self._rules(now)
        with self._changing:
            people = self._people
            found = people.find(text, SHOWN_AT_ONCE)
            buses = people.find_buses(text)
        self._show(dict.fromkeys([*found.ids, *buses.leaders]), rules, now)
        listed = (people.listed(one) for one in found.ids)
        return FoundHere(tuple(one for one in listed if one), found.more, tuple(buses.buses))

    def bus_list(self, bus_id: int) -> dict[str, Any] | None:
        """Open the list of a bus that a search has found; its passengers count as shown.

        Returns:
            bus, delegation and people, as the badge of its leader opens it; None where nobody
            in the list rides in it.

        Raises:
            DeskLocked, SearchClosed, DeskBudget, SpoolUnwritable: as of a search.
        """
        now = self._clock.server_now()
        rules = self._rules(now)
        with self._changing:
            bus = self._people.bus(bus_id)
        if bus is None:
            return None
        self._show([one["participant"]["id"] for one in bus.people], rules, now)
        return bus.opened()

    def count_shown(self, people: Iterable[int]) -> None:
        """Count people whom the server has shown on this device within its own count, too."""
        self.shown.note(people, self._clock.server_now(), told=True)

    def person(self, participant_id: int) -> dict[str, Any] | None:
        """Return what the list tells of a person; None while it is locked, and of a stranger."""
        return self._people.listed(participant_id)

    def _show(self, people: Iterable[int], rules: Mapping[str, Any], now: datetime) -> None:
        people = list(people)
        wait = self.shown.spent(now).wait(people, rules["budget"], now)
        if wait is not None:
            raise DeskBudget(minutes=max(1, -(-int(wait.total_seconds()) // 60)))
        self.shown.note(people, now)

    def _rules(self, now: datetime) -> dict[str, Any]:
        if not self.is_open:
            raise DeskLocked
        rules: dict[str, Any] = self._store.head()["search"]
        opens_at, closes_at = (_moment(rules[key]) for key in ("opens_at", "closes_at"))
        if (opens_at and now < opens_at) or (closes_at and now >= closes_at):
            raise SearchClosed
        return rules

    def _check(self, reply: dict[str, Any]) -> None:
        known = self._held.held()
        head, key = reply["head"], reply["public_key"]
        if known.public_key and known.public_key != key:
            raise ListRefused(objection=Objection.OTHER_KEY)
        if known.event and head["event"] != known.event:
            raise ListRefused(objection=Objection.OTHER_EVENT)
        if not list_is_genuine(key, signed_bytes(head, (), ()), reply["signature"]):
            raise ListRefused(objection=Objection.FORGED)
        if head["version"] < self._store.head().get("version", 0):
            raise ListRefused(objection=Objection.OLDER)


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
