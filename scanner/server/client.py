"""The HTTP contract v1 as the scanner speaks it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any
from urllib.parse import quote, urlencode

from scanner.core.battery import battery
from scanner.core.errors import PairingRefused, RequestRejected, ServerUnreachable, TokenRefused
from scanner.core.scan import Scan, utc_text
from scanner.offline.spool import Waiting
from scanner.offline.walk_in import WalkIn
from scanner.server.deadline import within
from scanner.server.http_link import SOFTWARE, TOLD_BY_HEADERS, HttpLink

SCAN_TIMEOUT_S = 1.5
BATCH_TIMEOUT_S = 15.0
LIST_TIMEOUT_S = 20.0
#: the most that the server gives in one answer
PAGES_AT_ONCE = 40


@dataclass(frozen=True, slots=True)
class Pairing:
    """What a server gave this computer: `gate` is {id, name}, `event` {slug, name, timezone}.

    `name` is what the device was called then; "" for the computer's name. By `public_key` the
    event's answers are signed; "" of an earlier server.
    """

    device_id: str
    token: str
    gate: dict[str, Any]
    event: dict[str, Any]
    name: str = ""
    public_key: str = ""


@dataclass(frozen=True, slots=True)
class ListReply:
    """A gate list as received, and its ETag."""

    body: dict[str, Any]
    etag: str


class Client(HttpLink):
    """The requests that one device can send to one server."""

    def pair(self, pairing_code: str, device_name: str) -> Pairing:
        """Exchange a pairing code for a token of this device.

        Raises:
            PairingRefused: the code is unknown, used or too old.
        """
        asked = {"pairing_code": pairing_code, "device_name": device_name, "software": SOFTWARE}
        try:
            reply = self.post("devices/pair", asked, timeout_s=10)
            return Pairing(
                str(reply["device_id"]),
                reply["device_token"],
                reply["gate"],
                reply["event"],
                public_key=str(reply.get("public_key") or ""),
            )
        except KeyError as error:
            raise ServerUnreachable(server=self.server) from error
        except (RequestRejected, TokenRefused) as error:
            raise PairingRefused from error

    def post_scan(
        self, scan: Scan, device_time: datetime | None = None, *, listed: bool = False
    ) -> dict[str, Any]:
        """Send one scan and return the reply of the contract; a refusal is a reply too.

        Args:
            device_time: what the clock that dated it shows now; None where that is unknown.
            listed: this device can decide it by its own list.

        Raises:
            NotKnownYet: it shall.
        """
        told: dict[str, Any] = {"device_time": utc_text(device_time)} if device_time else {}
        told |= {"listed": True} if listed else {}
        try:
            reply = within(SCAN_TIMEOUT_S, lambda: self._post({**scan.body(), **told}))
        except TimeoutError as error:
            raise ServerUnreachable(server=self.server) from error
        # Only an answer to this scan may remove it from the spool.
        if reply.get("scan_id") != scan.scan_id or "status" not in reply:
            raise ServerUnreachable(server=self.server)
        return reply

    def post_batch(self, waiting: list[Waiting], device_time: datetime) -> list[dict[str, Any]]:
        """Send up to 500 decided scans and return the results, in any order.

        Each result tells the epoch that has the scan, and the counter of the whole batch.

        Args:
            device_time: what the clock that dated these scans shows now.

        Raises:
            ComeLater: the scans are offered again, and others' turn comes first.
        """
        asked = {"device_time": utc_text(device_time), "scans": [_batched(one) for one in waiting]}
        reply = self.post("scans/batch", asked, timeout_s=BATCH_TIMEOUT_S)
        results = reply.get("results")
        if not isinstance(results, list):
            raise ServerUnreachable(server=self.server)
        told = {name: reply.get(name, "") for name in TOLD_BY_HEADERS}
        return [{**told, **one} for one in results if isinstance(one, dict)]

    def register(self, walk_in: WalkIn) -> dict[str, Any]:
        """Register a walk-in who was let in; the same request again gets the same answer."""
        reply = self.post("participants", walk_in.body(), timeout_s=BATCH_TIMEOUT_S)
        if "code" not in reply or "participant_id" not in reply:
            raise ServerUnreachable(server=self.server)
        return reply

    def gate_list(
        self, since: int, etag: str, epoch: str = "", *, segments: bool = False
    ) -> ListReply | None:
        """Return the gate list, or what changed since a cursor; None when `etag` still holds.

        Args:
            epoch: of the list that has this cursor; "" where it has none.
            segments: of very many people the head may come alone, which names its segments.

        Raises:
            ListNotReady: the segments are being written.
        """
        asked = {"since": str(since), "epoch": epoch} if since else {}
        asked |= {"segments": "1"} if segments else {}
        query = urlencode({name: value for name, value in asked.items() if value})
        path = "gate-list" + (f"?{query}" if query else "")
        known = {"If-None-Match": etag} if etag else {}
        answer = self._send("GET", path, None, LIST_TIMEOUT_S, known)
        if answer.response.status_code == 304:
            self._check_whose(answer)
            return None
        return ListReply(self._understood(answer), answer.response.headers.get("ETag", ""))

    def hubs(self) -> dict[str, Any]:
        """Return the certificates of the event's hubs; RequestRejected of an earlier server."""
        return self.get("hubs", timeout_s=LIST_TIMEOUT_S)

    def segments(self, marks: Sequence[str]) -> bytes:
        """Return segments of the gate list behind one another; whether they are right marks tell.

        Raises:
            RequestRejected: one is there no more: the list's head is to be asked for again.
        """
        path = f"gate-list/segments/{quote(','.join(marks), safe=',')}"
        answer = self._send("GET", path, None, LIST_TIMEOUT_S, {})
        self._check_whose(answer)
        if answer.response.status_code != 200:
            self._understood(answer)
            raise ServerUnreachable(server=self.server)
        return answer.response.content

    def people_list(self) -> dict[str, Any]:
        """Return the key of this help desk and the marks of the pages of people."""
        return self.get("people-list", timeout_s=LIST_TIMEOUT_S)

    def people_pages(self, marks: Sequence[str]) -> list[dict[str, Any]]:
        """Return sealed pages of people by their marks, as many as one answer holds."""
        asked = urlencode([("mark", mark) for mark in marks[:PAGES_AT_ONCE]])
        pages = self.get(f"people-list/pages?{asked}", timeout_s=LIST_TIMEOUT_S).get("pages")
        if not isinstance(pages, list):
            raise ServerUnreachable(server=self.server)
        return pages

    def tell_shown(self, shown: Mapping[int, datetime]) -> None:
        """Tell whom this help desk has shown without the network, and when, 500 at most."""
        people = [{"participant_id": who, "shown_at": utc_text(at)} for who, at in shown.items()]
        self.post("people-list/shown", {"shown": people}, timeout_s=BATCH_TIMEOUT_S)

    def lease(self, held: str | None) -> dict[str, Any]:
        """Borrow places, or renew the loan; RequestRejected where the server lends none.

        Args:
            held: id of the current lease, which the server counts until a newer one is named.
        """
        asked = {"held": held} if held else {}
        return self.post("leases", asked, timeout_s=SCAN_TIMEOUT_S)

    def return_lease(self, lease_id: str) -> None:
        """Give the lent places back before they expire; those of a newer lease stay."""
        self.delete(f"leases?lease_id={lease_id}", timeout_s=SCAN_TIMEOUT_S)

    def annul(self, scan_id: str, reason: str) -> None:
        """Take back a scan of this device."""
        self.post(f"scans/{scan_id}/annul", {"reason": reason}, timeout_s=SCAN_TIMEOUT_S)

    def annul_bus(self, scan_ids: Sequence[str], reason: str) -> list[str]:
        """Take back the scans of a bus in one act; return the ids of those that are."""
        asked = {"scan_ids": list(scan_ids), "reason": reason}
        reply = self.post("buses/annul", asked, timeout_s=BATCH_TIMEOUT_S)
        return [str(scan_id) for scan_id in reply.get("annulled") or []]

    def status(
        self, waiting: int | None = None, more: Mapping[str, object] = MappingProxyType({})
    ) -> dict[str, Any]:
        """Return the live counts of the event.

        Args:
            waiting: how many scans wait here; boards show it with this device's clock and battery.
            more: what else this device tells of itself, by the names of the contract.
        """
        told = "" if waiting is None else f"?{urlencode({**self._told(waiting), **more})}"
        return self.get(f"status{told}", timeout_s=SCAN_TIMEOUT_S)

    def ask_to_return(self, name: str, gate: dict[str, Any], event: str, held: int) -> bool:
        """Ask a server that does not know this device's token to take it back.

        Args:
            name: what this device is called.
            gate: {id, name} of where it stands.
            held: how many scans it has for the server.

        Returns:
            Whether an organiser has taken it back; until then they are shown that it asks.
        """
        asked = {
            "device_name": name,
            "software": SOFTWARE,
            "gate": {"id": gate.get("id", 0), "name": gate.get("name", "")},
            "event": event,
            "held": held,
        }
        return bool(self.post("devices/return", asked, timeout_s=SCAN_TIMEOUT_S).get("known"))

    def confirm_wipe(self) -> None:
        """Tell the server that list, names and token are erased here; called once, at the end."""
        self.post("devices/wiped", {}, timeout_s=SCAN_TIMEOUT_S)

    def _told(self, waiting: int) -> dict[str, str]:
        told = {"waiting": str(waiting), "device_time": utc_text(self.clock.now())}
        power = battery()
        if power is None:
            return told
        charging = "true" if power.is_charging else "false"
        return {**told, "battery": str(power.percent), "charging": charging}

    def _post(self, body: dict[str, Any]) -> dict[str, Any]:
        return self.post("scans", body, timeout_s=SCAN_TIMEOUT_S)


def _batched(one: Waiting) -> dict[str, Any]:
    more: dict[str, Any] = {"lease_id": one.lease_id, "delegation_id": one.delegation_id}
    if one.offered:
        more |= {"acknowledged": True, "annulled": one.annulled or None}
    told = {name: value for name, value in more.items() if value is not None}
    return {**one.scan.kept(), "decided": one.decided, **told}
