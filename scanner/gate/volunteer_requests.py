"""Requests that a volunteer makes by hand: a search, an override, a walk-in.

They need the network and are never spooled: nothing is shown as done before the server confirmed
it. Only the server can check a PIN or find a name. When it does not answer, the gate itself may
let a walk-in in: see `scanner.server.delivery`.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Protocol
from urllib.parse import urlencode
from uuid import uuid4

from checkin.words.languages import DEFAULT_LANGUAGE
from scanner.core.errors import RequestRejected
from scanner.core.scan import Scan, Verdict
from scanner.offline.walk_in import Newcomer
from scanner.server.verdicts import verdict_told

#: Longer than for a scan: a volunteer waits for the answer, and a walk-in writes more.
TIMEOUT_S = 5.0
#: the code of the refusal of an override for which nobody can answer, and the key of its words
NO_PINS = "no_pins"


class ServerConnection(Protocol):
    """The methods of `Client` that a volunteer's requests use."""

    def post_scan(self, scan: Scan) -> dict[str, Any]:
        """Send one scan."""
        ...

    def get(self, path: str, *, timeout_s: float) -> dict[str, Any]:
        """Read something."""
        ...

    def post(self, path: str, body: dict[str, Any], *, timeout_s: float) -> dict[str, Any]:
        """Send something."""
        ...


@dataclass(frozen=True, slots=True)
class Person:
    """A participant that a search found.

    Attributes:
        status: confirmed, reserve or canceled.
        blocked: entry is refused until an organiser unblocks the person.
    """

    name: str
    name_ar: str | None
    delegation: str
    delegation_ar: str | None
    status: str
    blocked: bool = False


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
class ForcedScan(Scan):
    """A scan that says why it overrides a refusal; never written to disk, for it holds a PIN."""

    reason: str = ""
    pin: str = ""

    def body(self) -> dict[str, Any]:
        """Return the JSON object of `POST /scans`."""
        forced = {"force": True, "force_reason": self.reason, "supervisor_pin": self.pin}
        # Not super(): slots make the class anew, and super() would look for the first one.
        return Scan.body(self) | forced


def delegations_in(counts: dict[str, Any]) -> tuple[Delegation, ...]:
    """Return the event's delegations, as the body of `/status` lists them."""
    rows = counts.get("delegations") or []
    return tuple(Delegation(row["id"], row["name"], row.get("name_ar")) for row in rows)


class PossibleDuplicate(RequestRejected):
    """Somebody of this name is registered already; the volunteer must confirm the second one."""

    code = "possible_duplicate"


class VolunteerRequests:
    """Sends a volunteer's requests to the server; every call raises what `Client` raises."""

    def __init__(self, connection: ServerConnection) -> None:
        self._connection = connection

    def search(self, name: str) -> list[Person]:
        """Return up to 20 participants whose names hold `name`, 3 letters or more."""
        reply = self._connection.get("participants?" + urlencode({"q": name}), timeout_s=TIMEOUT_S)
        return [_person(found) for found in reply.get("participants") or []]

    def register_walk_in(self, newcomer: Newcomer, *, again: bool = False) -> str:
        """Register somebody who comes unannounced and return the code that admits them.

        The same newcomer again is registered once.

        Args:
            again: register although somebody of this name is registered already.

        Raises:
            PossibleDuplicate: somebody is, and `again` is not given.
        """
        asked = {
            **newcomer.names,
            "id": newcomer.id,
            "delegation_id": newcomer.delegation["id"],
            "allow_duplicate": again,
        }
        try:
            return str(self._connection.post("participants", asked, timeout_s=TIMEOUT_S)["code"])
        except RequestRejected as rejection:
            if rejection.error != PossibleDuplicate.code:
                raise
            fields = (rejection.status, rejection.error, rejection.detail)
            raise PossibleDuplicate(*fields) from rejection

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
            reason=reason,
            pin=pin,
        )
        return _verdict(scan, self._connection.post_scan(scan))


def _person(found: dict[str, Any]) -> Person:
    delegation = found.get("delegation") or {}
    return Person(
        found["name"],
        found.get("name_ar"),
        delegation.get("name", ""),
        delegation.get("name_ar"),
        found.get("status", ""),
        found.get("blocked", False),
    )


def _verdict(scan: ForcedScan, reply: dict[str, Any]) -> Verdict:
    plain = Scan(scan.code, scan.type, scan.source, scan.scanned_at, scan.scan_id)
    return verdict_told(plain, reply, DEFAULT_LANGUAGE)  # the PIN ends here
