"""Requests that a volunteer makes by hand: a search, an override, a walk-in.

They need the network and are never spooled: nothing is shown as done before the server confirmed
it. Only the server can check a PIN or find a name. When it does not answer, the gate itself may
let a walk-in in: see `scanner.server.delivery`.
"""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Callable
from dataclasses import asdict, dataclass, fields, replace
from datetime import UTC, datetime
from http.client import NOT_FOUND
from typing import Any, Protocol
from urllib.parse import urlencode
from uuid import uuid4

from checkin.domain.scanning.verdict import Source
from checkin.protocol.headers import SUPERVISOR_PIN
from checkin.words.languages import DEFAULT_LANGUAGE
from scanner.core.errors import RequestRejected, UnsignedRefusal
from scanner.core.scan import Scan, Verdict
from scanner.offline.walk_in import Newcomer
from scanner.server.verdicts import verdict_told

#: Longer than for a scan: a volunteer waits for the answer, and a walk-in writes more.
TIMEOUT_S = 5.0
#: the badge is drawn meanwhile
BADGE_TIMEOUT_S = 15.0
#: the code of the refusal of an override for which nobody can answer, and the key of its words
NO_PINS = "no_pins"
#: the code of the refusal of a new badge for which nobody has answered by their PIN
PIN_NEEDED = "pin_needed"
#: why a search is refused whatever the PIN, and the keys of the words
NO_SEARCH = ("search_not_allowed", "search_closed")


class ServerConnection(Protocol):
    """The methods of `Client` that a volunteer's requests use."""

    def post_scan(self, scan: Scan) -> dict[str, Any]:
        """Send one scan."""
        ...

    def get(
        self, path: str, *, timeout_s: float, headers: dict[str, str] | None = None
    ) -> dict[str, Any]:
        """Read something."""
        ...

    def post(
        self,
        path: str,
        body: dict[str, Any],
        *,
        timeout_s: float,
        headers: dict[str, str] | None = None,
    ) -> dict[str, Any]:
        """Send something."""
        ...


@dataclass(frozen=True, slots=True)
class Person:
    """A participant that a search found, told apart from others of the same name.

    Attributes:
        status: confirmed, reserve or canceled.
        blocked: entry is refused until an organiser unblocks the person.
        phone_ending: the last two digits of their telephone.
        arrived_at: when they came in today, RFC 3339; None: not yet.
    """

    id: int
    name: str
    name_ar: str | None
    delegation: str
    delegation_ar: str | None
    status: str
    blocked: bool = False
    category: str | None = None
    category_ar: str | None = None
    bus: str | None = None
    phone_ending: str | None = None
    arrived_at: str | None = None


@dataclass(frozen=True, slots=True)
class FoundBus:
    """A bus that a search found, by its name, its delegation or its leader."""

    id: int
    name: str
    delegation: str
    delegation_ar: str | None
    passengers: int


@dataclass(frozen=True, slots=True)
class FoundPeople:
    """The first people whom a search found, how many more there are, and buses."""

    people: tuple[Person, ...]
    more: int = 0
    buses: tuple[FoundBus, ...] = ()


@dataclass(frozen=True, slots=True)
class Delegation:
    """A delegation that a walk-in can belong to."""

    id: int
    name: str
    name_ar: str | None

    def as_told(self) -> dict[str, Any]:
        """Return {id, name, name_ar}, as in a verdict."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class BusKey:
    """What opens the list of a bus: the code of its leader's badge, or its number."""

    code: str = ""
    bus_id: int = 0

    def body(self) -> dict[str, Any]:
        """Return the JSON object that says which list to open."""
        return {"code": self.code} if self.code else {"bus_id": self.bus_id}


@dataclass(frozen=True, slots=True)
class NewBadge:
    """A badge that takes the place of a person's badge before, as a PDF of one badge.

    Attributes:
        was_asked: whether a message was to bring it to the person, too.
        told: whether one does.
    """

    person: Person
    issue: int
    pdf: bytes
    was_asked: bool = False
    told: bool = False


@dataclass(frozen=True, slots=True)
class Override:
    """A refused scan that a supervisor answers for.

    Attributes:
        scan_id: one for all tries, so that an answer lost on the way admits nobody twice.
    """

    refused: Verdict
    scan_id: str

    @classmethod
    def of(cls, refused: Verdict) -> Override:
        """Begin an override."""
        return cls(refused, str(uuid4()))


@dataclass(frozen=True, slots=True)
class SupervisedScan(Scan):
    """A scan to which a supervisor gives their PIN; never written to disk."""

    pin: str = ""

    def body(self) -> dict[str, Any]:
        """Return the JSON object of `POST /scans`."""
        # Not super(): slots make the class anew, and super() would look for the first one.
        return Scan.body(self) | {"supervisor_pin": self.pin}


@dataclass(frozen=True, slots=True)
class ForcedScan(SupervisedScan):
    """A scan that says why it overrides a refusal."""

    reason: str = ""

    def body(self) -> dict[str, Any]:
        """Return the JSON object of `POST /scans`."""
        return SupervisedScan.body(self) | {"force": True, "force_reason": self.reason}


@dataclass(frozen=True, slots=True)
class CategoryName:
    """A category of the event, by whose name a walk-in is registered."""

    name: str
    name_ar: str | None


def categories_in(device: dict[str, Any]) -> tuple[CategoryName, ...]:
    """Return the event's categories, as `device` in the body of `/status` lists them."""
    rows = device.get("categories") or []
    return tuple(CategoryName(row["name"], row.get("name_ar")) for row in rows)


def delegations_in(counts: dict[str, Any]) -> tuple[Delegation, ...]:
    """Return the event's delegations, as the body of `/status` lists them."""
    rows = counts.get("delegations") or []
    return tuple(Delegation(row["id"], row["name"], row.get("name_ar")) for row in rows)


class PossibleDuplicate(RequestRejected):
    """Somebody like this is registered already: one of `people`, or the volunteer confirms another.

    Nobody is named by a server that knows only that there is somebody.
    """

    code = "possible_duplicate"

    @property
    def people(self) -> tuple[Person, ...]:
        """Return who may be meant."""
        return tuple(map(person_told, self.reply.get("participants") or []))


def _nothing(_what: object, _reply: dict[str, Any]) -> None:
    """Keep nothing."""


def _now() -> datetime:
    return datetime.now(UTC)


class VolunteerRequests:
    """Sends a volunteer's requests to the server; every call raises what `Client` raises."""

    def __init__(
        self,
        connection: ServerConnection,
        keep: Callable[[Scan, dict[str, Any]], None] = _nothing,
        keep_newcomer: Callable[[Newcomer, dict[str, Any]], None] = _nothing,
        clock: Callable[[], datetime] = _now,
    ) -> None:
        """Take whom to ask.

        Args:
            clock: tells this device's time, as of other scans.
            keep: keeps whom the reply to a scan counts, for when the server cannot be asked.
            keep_newcomer: keeps whom the server has registered, for when its database is put back.
        """
        self._connection = connection
        self._keep, self._keep_newcomer = keep, keep_newcomer
        self._clock = clock
        # What was sent and not answered is sent again as the same scan: it admits nobody twice.
        self._unanswered: dict[tuple[int, str], Scan] = {}

    @property
    def finds_here(self) -> bool:
        """Say whether this device has a list of people of its own, which may be locked."""
        return False

    def search(self, name: str, pin: str = "") -> FoundPeople:
        """Return the first participants whom a name, a contact, a number or a code finds.

        Args:
            pin: of the supervisor who lets this device be shown as many people again.

        Raises:
            SearchBudget: it was shown as many as it may be in an hour, and no PIN was given.
            RequestRejected: with status 403 when the PIN is wrong, or this device may not search.
        """
        reply = self._found(name, _with_pin(pin))
        people = tuple(person_told(found) for found in reply.get("participants") or [])
        buses = tuple(_bus(found) for found in reply.get("buses") or [])
        return FoundPeople(people, reply.get("more", 0), buses)

    def _found(self, name: str, headers: dict[str, str] | None) -> dict[str, Any]:
        # Not in the address: whatever is on the way may log addresses.
        try:
            return self._connection.post(
                "participants/search", {"q": name}, timeout_s=TIMEOUT_S, headers=headers
            )
        except (RequestRejected, UnsignedRefusal) as fault:
            if fault.status != NOT_FOUND:
                raise
        # A server of an earlier version knows the other way alone.
        asked = "participants?" + urlencode({"q": name})
        return self._connection.get(asked, timeout_s=TIMEOUT_S, headers=headers)

    def admit(self, person: Person, type: str, pin: str = "") -> Verdict:
        """Send the scan of a person whom a search found, and return the verdict.

        Args:
            type: entry or exit.
            pin: of a supervisor, where only they admit without a badge.

        Raises:
            SearchBudget: the person was shown longer than an hour ago, and the budget is used up.
            RequestRejected: with status 403 when the PIN is wrong, or nobody has one.
        """
        scan = self.scan_of(person, type)
        sent = SupervisedScan(**_fields_of(scan), pin=pin) if pin else scan
        reply = self._connection.post_scan(sent)
        self.forget_scan_of(person, type)
        self._keep(scan, reply)
        return _verdict(sent, reply)

    def scan_of(self, person: Person, type: str) -> Scan:
        """Return the scan of a person without a badge: the same one until it was answered."""
        of: dict[str, Any] = {"source": Source.SEARCH, "participant_id": person.id}
        found = Scan(code="", type=type, scanned_at=self._clock(), **of)
        return self._unanswered.setdefault((person.id, type), found)

    def forget_scan_of(self, person: Person, type: str) -> None:
        """Note that the scan of a person was answered."""
        self._unanswered.pop((person.id, type), None)

    def replace_badge(self, person: Person, pin: str = "", *, tell: bool = False) -> NewBadge:
        """Have the badge of a person replaced, and return the new one.

        Args:
            pin: of a supervisor, where not everyone may admit people without a badge.
            tell: whether a message brings it to the person, too.

        Raises:
            RequestRejected: with status 403 when the device is no help desk, a PIN is needed, or
                the PIN is wrong.
        """
        asked: dict[str, Any] = {"tell": tell} | ({"supervisor_pin": pin} if pin else {})
        path = f"participants/{person.id}/badge"
        reply = self._connection.post(path, asked, timeout_s=BADGE_TIMEOUT_S)
        # An older server sends a message in any case, and does not say so.
        told = bool(reply.get("told", True))
        return NewBadge(person, int(reply["issue"]), b64decode(reply["pdf"]), tell, told)

    def register_walk_in(self, newcomer: Newcomer, pin: str = "", *, again: bool = False) -> str:
        """Register somebody who comes unannounced and return the code that admits them.

        The same newcomer again is registered once.

        Args:
            pin: of the supervisor who lets this device be shown as many people again.
            again: register although somebody of this name is registered already.

        Raises:
            PossibleDuplicate: somebody is, and `again` is not given.
            SearchBudget: the device was shown as many people as it may be in an hour, and no PIN
                was given.
        """
        asked = {
            **newcomer.told,
            "id": newcomer.id,
            "delegation_id": newcomer.delegation["id"],
            "allow_duplicate": again,
        }
        try:
            reply = self._connection.post(
                "participants", asked, timeout_s=TIMEOUT_S, headers=_with_pin(pin)
            )
        except RequestRejected as rejection:
            if rejection.error != PossibleDuplicate.code:
                raise
            known = (rejection.status, rejection.error, rejection.detail, rejection.reply)
            raise PossibleDuplicate(*known) from rejection
        self._keep_newcomer(newcomer, reply)
        return str(reply["code"])

    def open_bus(self, key: BusKey, pin: str = "") -> dict[str, Any]:
        """Open the list of a bus: bus, delegation, and people with who has come in.

        Args:
            pin: of a supervisor, which is checked; it shows a device as many people again, too.

        Raises:
            SearchBudget: it was shown as many as it may be in an hour, and no PIN was given.
            RequestRejected: with status 404 when the badge opens no list, 403 when the PIN is
                wrong, or this device may not search.
        """
        return self._connection.post(
            "buses/open", key.body(), timeout_s=TIMEOUT_S, headers=_with_pin(pin)
        )

    def override(self, override: Override, pin: str, reason: str) -> Verdict:
        """Send a refused code again with force, and return the new verdict.

        Raises:
            RequestRejected: with status 403 when the PIN is wrong, or nobody has one.
        """
        earlier = override.refused.scan
        scan = ForcedScan(
            code=earlier.code,
            type=earlier.type,
            source=earlier.source,
            scan_id=override.scan_id,
            participant_id=earlier.participant_id,
            reason=reason,
            pin=pin,
        )
        reply = self._connection.post_scan(scan)
        self._keep(scan, reply)
        return replace(_verdict(scan, reply), overridden=earlier.scan_id)


def _with_pin(pin: str) -> dict[str, str] | None:
    return {SUPERVISOR_PIN: pin} if pin else None


def _bus(found: dict[str, Any]) -> FoundBus:
    return FoundBus(
        found["id"],
        found["name"],
        found["delegation"],
        found.get("delegation_ar"),
        found["passengers"],
    )


def person_told(found: dict[str, Any]) -> Person:
    """Return a person as the body of a search tells them."""
    delegation = found.get("delegation") or {}
    return Person(
        id=found["id"],
        name=found["name"],
        name_ar=found.get("name_ar"),
        delegation=delegation.get("name", ""),
        delegation_ar=delegation.get("name_ar"),
        status=found.get("status", ""),
        blocked=found.get("blocked", False),
        **{key: found.get(key) for key in _TELLING_APART},
    )


#: what a search tells of people to tell those of one name apart
_TELLING_APART = ("category", "category_ar", "bus", "phone_ending", "arrived_at")


def _verdict(scan: Scan, reply: dict[str, Any]) -> Verdict:
    # The PIN ends here.
    return verdict_told(Scan(**_fields_of(scan)), reply, DEFAULT_LANGUAGE)


def _fields_of(scan: Scan) -> dict[str, Any]:
    return {each.name: getattr(scan, each.name) for each in fields(Scan)}
