"""The HTTP contract v1 as the scanner speaks it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import requests

from scanner.clock import DeviceClock
from scanner.deadline import within
from scanner.errors import (
    BadServerAddress,
    CertificateMissing,
    CertificateRefused,
    DeviceWiped,
    PairingRefused,
    RequestRejected,
    ServerUnreachable,
    TokenRefused,
)
from scanner.scan import Scan, utc_text
from scanner.spool import Waiting

SCAN_TIMEOUT_S = 1.5
BATCH_TIMEOUT_S = 15.0
LIST_TIMEOUT_S = 20.0
SOFTWARE = "marhaba-scanner/0.1"

# Answers that will be the same however often the request is sent.
_HOPELESS = {400, 409, 413, 415, 422}


@dataclass(frozen=True, slots=True)
class Pairing:
    """What a server gave this computer: `gate` is {id, name}, `event` {slug, name, timezone}."""

    device_id: str
    token: str
    gate: dict[str, Any]
    event: dict[str, Any]


@dataclass(frozen=True, slots=True)
class ListReply:
    """A gate list as it came, and what the server calls it."""

    body: dict[str, Any]
    etag: str


class Client:
    """One server, as seen by one device.

    Every call raises ServerUnreachable when there is no answer of our server within its time,
    TokenRefused on 401, and RequestRejected for what the server will never take.
    """

    def __init__(
        self,
        server: str,
        *,
        token: str = "",
        language: str = "fr",
        cafile: Path | None = None,
        clock: DeviceClock | None = None,
    ) -> None:
        """Make a client; nothing is sent yet.

        Args:
            clock: measured against the server's with each exchange.

        Raises:
            BadServerAddress: `server` is not an http or https address.
            CertificateMissing: there is no such `cafile`.
        """
        self.server = server_address(server)
        self.clock = clock or DeviceClock()
        self._session = requests.Session()
        # Proxies and .netrc of the computer's owner have no business between a gate and its server.
        self._session.trust_env = False
        self._session.headers["Accept-Language"] = language
        self._session.headers["User-Agent"] = SOFTWARE
        if token:
            self._session.headers["Authorization"] = f"Bearer {token}"
        if cafile is not None:
            if not cafile.is_file():
                raise CertificateMissing(cafile=cafile)
            self._session.verify = str(cafile)

    @property
    def skew_s(self) -> float | None:
        """Return by how much this computer's clock is ahead, None before the first answer."""
        return self.clock.skew_s

    def pair(self, pairing_code: str, device_name: str) -> Pairing:
        """Exchange a pairing code for a token of this device.

        Raises:
            PairingRefused: the code is unknown, used or too old.
        """
        asked = {"pairing_code": pairing_code, "device_name": device_name, "software": SOFTWARE}
        try:
            reply = self._call("POST", "devices/pair", asked, timeout_s=10)
            return Pairing(
                str(reply["device_id"]), reply["device_token"], reply["gate"], reply["event"]
            )
        except KeyError as error:
            raise ServerUnreachable(server=self.server) from error
        except (RequestRejected, TokenRefused) as error:
            raise PairingRefused from error

    def post_scan(self, scan: Scan) -> dict[str, Any]:
        """Send one scan and return the reply of the contract; a refusal is a reply too."""
        try:
            reply = within(SCAN_TIMEOUT_S, lambda: self._post(scan))
        except TimeoutError as error:
            raise ServerUnreachable(server=self.server) from error
        # Only an answer to this very scan may take it off the spool.
        if reply.get("scan_id") != scan.scan_id or "status" not in reply:
            raise ServerUnreachable(server=self.server)
        return reply

    def post_batch(self, waiting: list[Waiting], device_time: datetime) -> list[dict[str, Any]]:
        """Send up to 500 decided scans and return the results, in any order.

        Args:
            device_time: what the clock that read these scans says now.
        """
        asked = {"device_time": utc_text(device_time), "scans": [_batched(one) for one in waiting]}
        reply = self._call("POST", "scans/batch", asked, timeout_s=BATCH_TIMEOUT_S)
        results = reply.get("results")
        if not isinstance(results, list):
            raise ServerUnreachable(server=self.server)
        return results

    def gate_list(self, since: int, etag: str) -> ListReply | None:
        """Return the gate list, or what changed since a cursor; None when `etag` still holds."""
        path = "gate-list" + (f"?since={since}" if since else "")
        known = {"If-None-Match": etag} if etag else {}
        answer = self._send("GET", path, None, LIST_TIMEOUT_S, known)
        if answer.status_code == 304:
            return None
        return ListReply(self._understood(answer), answer.headers.get("ETag", ""))

    def lease(self) -> dict[str, Any]:
        """Borrow places, or renew the loan; RequestRejected where the server lends none."""
        return self._call("POST", "leases", {}, timeout_s=SCAN_TIMEOUT_S)

    def annul(self, scan_id: str, reason: str) -> None:
        """Take back a scan of this device."""
        self._call("POST", f"scans/{scan_id}/annul", {"reason": reason}, timeout_s=SCAN_TIMEOUT_S)

    def status(self, waiting: int | None = None) -> dict[str, Any]:
        """Return the live counts of the event.

        Args:
            waiting: tell the boards how many scans wait here, and what this clock says.
        """
        told = "" if waiting is None else f"?{urlencode(self._told(waiting))}"
        return self._call("GET", f"status{told}", None, timeout_s=SCAN_TIMEOUT_S)

    def _told(self, waiting: int) -> dict[str, str]:
        return {"waiting": str(waiting), "device_time": utc_text(self.clock.now())}

    def _call(
        self, method: str, path: str, body: dict[str, Any] | None, *, timeout_s: float
    ) -> dict[str, Any]:
        sent_at, began_s = self.clock.now(), self.clock.elapsed_s()
        answer = self._send(method, path, body, timeout_s, {})
        reply = self._understood(answer)
        self._note_skew(reply, sent_at, self.clock.elapsed_s() - began_s)
        return reply

    def _post(self, scan: Scan) -> dict[str, Any]:
        return self._call("POST", "scans", scan.body(), timeout_s=SCAN_TIMEOUT_S)

    def _send(
        self,
        method: str,
        path: str,
        body: dict[str, Any] | None,
        timeout_s: float,
        headers: dict[str, str],
    ) -> requests.Response:
        url = f"{self.server}/api/v1/{path}"
        # A kept connection may have been closed by the server meanwhile: that costs a second try,
        # which is safe because the server knows a scan by its scan_id.
        for last in (False, True):
            try:
                return self._session.request(
                    method,
                    url,
                    json=body,
                    timeout=timeout_s,
                    headers=headers,
                    allow_redirects=False,
                )
            except requests.exceptions.SSLError as error:
                raise CertificateRefused(server=self.server) from error
            except requests.Timeout as error:
                raise ServerUnreachable(server=self.server) from error
            except requests.RequestException as error:
                if last:
                    raise ServerUnreachable(server=self.server) from error
        raise AssertionError("the second try returns or raises")

    def _understood(self, answer: requests.Response) -> dict[str, Any]:
        reply = _json_object(answer)
        if answer.status_code == 401:
            # Only our server's own word erases anything: a portal's 401 does not.
            raise DeviceWiped if reply and reply.get("wipe") is True else TokenRefused
        # The portal of a public network answers anything with a page of its own: not our server.
        if reply is None:
            raise ServerUnreachable(server=self.server)
        if answer.ok:
            return reply
        if answer.status_code in _HOPELESS or answer.status_code in (403, 404):
            error, detail = str(reply.get("error", "")), str(reply.get("detail", ""))
            raise RequestRejected(answer.status_code, error, detail)
        raise ServerUnreachable(server=self.server)

    def _note_skew(self, reply: dict[str, Any], sent_at: datetime, round_trip_s: float) -> None:
        # `/status` says when it counted, which is the same moment.
        try:
            server_time = datetime.fromisoformat(reply.get("server_time") or reply["at"])
            self.clock.note(server_time, sent_at, round_trip_s)
        except (KeyError, TypeError, ValueError):
            return


def server_address(server: str) -> str:
    """Return `server` without a final slash.

    Raises:
        BadServerAddress: it is not an http or https address with a host.
    """
    parts = urlsplit(server)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise BadServerAddress(server=server)
    return server.rstrip("/")


def _batched(one: Waiting) -> dict[str, Any]:
    lease = {"lease_id": one.lease_id} if one.lease_id else {}
    return {**one.scan.body(), "decided": one.decided, **lease}


def _json_object(answer: requests.Response) -> dict[str, Any] | None:
    try:
        reply = answer.json()
    except ValueError:
        return None
    return reply if isinstance(reply, dict) else None
