"""A volunteer's requests at a help desk, which finds and admits people without the network, too."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from checkin.domain.people.desk_buses import DeskBus
from scanner.core.errors import AskedTooOften, ServerUnreachable
from scanner.core.scan import Scan, Verdict, utc_text
from scanner.gate.volunteer_requests import (
    BusKey,
    FoundBus,
    FoundPeople,
    Person,
    ServerConnection,
    VolunteerRequests,
    person_told,
)
from scanner.offline.help_desk import HelpDesk
from scanner.offline.walk_in import Newcomer
from scanner.server.delivery import Link

T = TypeVar("T")
#: so many of a telephone's last digits are shown, to tell people of one name apart
_SHOWN_DIGITS = 2


@dataclass(frozen=True, slots=True)
class Desk:
    """What a help desk asks while the server does not answer.

    Attributes:
        people: its list, which is empty where this device is no help desk.
        came_today: when a person came in today, as far as this device knows.
        link: whether the server answered last.
        decide: decides on a scan of a person in the list, and keeps it for the server.
    """

    people: HelpDesk
    came_today: Callable[[int], datetime | None]
    link: Link
    decide: Callable[[Scan], Verdict]


class DeskRequests(VolunteerRequests):
    """Asks the server, and the list of this help desk while it does not answer."""

    def __init__(
        self,
        connection: ServerConnection,
        keep: Callable[[Scan, dict[str, Any]], None],
        keep_newcomer: Callable[[Newcomer, dict[str, Any]], None],
        desk: Desk,
        clock: Callable[[], datetime],
    ) -> None:
        """Take whom to ask; `keep…` and `clock` are as of `VolunteerRequests`."""
        super().__init__(connection, keep, keep_newcomer, clock)
        self._desk = desk

    @property
    def finds_here(self) -> bool:
        """Say whether this device has a list of people, which may be locked."""
        return self._desk.people.is_one or self._desk.people.holds_people

    def search(self, name: str, pin: str = "") -> FoundPeople:
        """Return the first people whom a text finds at the server, or else in the list here.

        Raises:
            ScannerError: as of `HelpDesk.search`, where the server does not answer.
        """
        people = self._desk.people
        try:
            found = self._online(lambda: super(DeskRequests, self).search(name, pin))
        except ServerUnreachable as fault:
            if isinstance(fault, AskedTooOften) or not self.finds_here:
                raise
            here = people.search(name)
            buses = tuple(map(_bus_told, here.buses))
            return FoundPeople(tuple(map(self._listed, here.people)), here.more, buses)
        if people.is_one:
            people.count_shown(person.id for person in found.people)
        return found

    def admit(self, person: Person, type: str, pin: str = "") -> Verdict:
        """Return the verdict of the server, or of this device on somebody in the list here.

        Raises:
            SpoolUnwritable: nothing could be kept, so nobody is let in.
        """
        try:
            return self._online(lambda: super(DeskRequests, self).admit(person, type, pin))
        except ServerUnreachable as fault:
            if isinstance(fault, AskedTooOften) or self._desk.people.person(person.id) is None:
                raise
        # What the server did not answer to is the same scan here: it admits nobody twice.
        verdict = self._desk.decide(self.scan_of(person, type))
        self.forget_scan_of(person, type)
        return verdict

    def open_bus(self, key: BusKey, pin: str = "") -> dict[str, Any]:
        """Open the list of a bus at the server, or else of one that the list here has found.

        Raises:
            ScannerError: as of `HelpDesk.bus_list`, where the server does not answer.
        """
        try:
            return self._online(lambda: super(DeskRequests, self).open_bus(key, pin))
        except ServerUnreachable as fault:
            # A PIN is the server's to check, and a badge opens what is sealed to it.
            is_found = key.bus_id and self.finds_here and not pin
            if isinstance(fault, AskedTooOften) or not is_found:
                raise
            opened = self._desk.people.bus_list(key.bus_id)
            if opened is None:
                raise
        people = [one | {"arrived_at": self._came_at(one)} for one in opened["people"]]
        return opened | {"people": people}

    def _online(self, ask: Callable[[], T]) -> T:
        if not self._desk.link.online:
            raise ServerUnreachable
        return ask()

    def _listed(self, told: dict[str, Any]) -> Person:
        return person_told(
            {
                **told["participant"],
                **{key: told[key] for key in ("delegation", "blocked", "bus")},
                "status": told["standing"],
                "phone_ending": (told["phone"] or "")[-_SHOWN_DIGITS:] or None,
                "arrived_at": self._came_at(told),
            }
        )

    def _came_at(self, told: dict[str, Any]) -> str | None:
        came_at = self._desk.came_today(told["participant"]["id"])
        return utc_text(came_at) if came_at else None


def _bus_told(bus: DeskBus) -> FoundBus:
    of = bus.delegation
    return FoundBus(bus.id, bus.name, of["name"], of["name_ar"], len(bus.people))
