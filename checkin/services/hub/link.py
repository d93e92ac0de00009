"""The link of a hub to the central server: its requests, over TLS that is always verified."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any

import requests

from checkin.errors import MarhabaError
from checkin.protocol.epochs import COUNTER, EPOCH, SEEN
from checkin.protocol.version import VERSION

#: a line that says nothing for so long is taken for broken
_PATIENCE_S = (5.0, 20.0)
_ROOT = "/api/v1"


class CentralUnreachable(MarhabaError):
    """The central server did not answer, or something else did in its place."""

    code = "central_unreachable"


class CentralUnproven(CentralUnreachable):
    """Its certificate does not prove that it is the central server."""


class CentralRefused(MarhabaError):
    """The central server refused a request.

    Attributes:
        status: of HTTP.
        wipes: this hub was revoked, or its event purged: what it holds is to be erased.
    """

    code = "central_refused"

    def __init__(self, status: int, error: str, detail: str, *, wipes: bool) -> None:
        super().__init__(detail)
        self.status, self.error, self.wipes = status, error, wipes


@dataclass(frozen=True, slots=True)
class Answer:
    """What the central server answered.

    Attributes:
        epoch: of its database.
        body: None where nothing has changed (304).
        counter: of the highest scan that it acknowledges; "" where it acknowledges none.
    """

    epoch: str
    etag: str
    body: Any
    counter: str = ""


class Central:
    """The central server, as one hub asks it.

    Args:
        authority: the file of its own certificate authority; None: those of the system.
        token: the hub's; "" before it is paired.
    """

    def __init__(self, url: str, authority: Path | None, token: str = "") -> None:
        self._url = url.rstrip("/")
        self._session = requests.Session()
        self._session.verify = True if authority is None else str(authority)
        self._session.trust_env = False  # the authority that was chosen, and no proxy's
        self._session.headers["User-Agent"] = f"marhaba-hub/{VERSION}"
        if token:
            self._session.headers["Authorization"] = f"Bearer {token}"

    def pair(self, told: Mapping[str, Any]) -> dict[str, Any]:
        """Exchange a pairing code for an identity.

        Raises:
            CentralRefused: the code is wrong, used or expired.
        """
        return dict(self._post("/hubs/pair", told).body)

    def mirror(self, etag: str, seen: str = "") -> Answer:
        """Ask for the marks of all pages; the body is None while they are those of the ETag.

        Args:
            seen: what this hub has seen of the server's database: see `checkin.protocol.epochs`.
        """
        headers = {"If-None-Match": etag} if etag else {}
        if seen:
            headers[SEEN] = seen
        return self._ask("GET", "/hub/mirror", headers=headers)

    def pages(self, table: str, marks: Sequence[str]) -> list[dict[str, Any]]:
        """Ask for pages of a table; some may have changed meanwhile, or be left out."""
        body = self._post("/hub/mirror/pages", {"table": table, "marks": list(marks)}).body
        return list(body["pages"])

    def arrivals(self, since: int, annulled_since: str | None) -> dict[str, Any]:
        """Ask what other gates have recorded after a number."""
        asked = {"since": str(since)}
        if annulled_since:
            asked["annulled_since"] = annulled_since
        return dict(self._ask("GET", "/hub/arrivals", params=asked).body)

    def bring(self, what: str, told: Mapping[str, Any]) -> dict[str, Any]:
        """Bring scans, walk-ins or annulments: `what` is the last part of the route.

        Returns:
            The reply, with the number of the last scan in the server's log as "counter".
        """
        answer = self._post(f"/hub/{what}", told)
        return {**answer.body, "counter": answer.counter}

    def lease(self, held: str | None) -> dict[str, Any]:
        """Borrow the venue's places, or renew the lease that is held."""
        return dict(self._post("/hub/lease", {"held": held}).body)

    def report(self, told: Mapping[str, Any]) -> dict[str, Any]:
        """Tell how this hub and its gates are."""
        return dict(self._post("/hub/report", told).body)

    def gate_list(self, asked: Mapping[str, str], etag: str) -> Answer:
        """Ask for the gate list, whole or what has changed, as the server signs it."""
        headers = {"If-None-Match": etag} if etag else {}
        return self._ask("GET", "/hub/gate-list", params=dict(asked), headers=headers)

    def ended(self) -> None:
        """Tell that this hub has erased what it held: the receipt."""
        self._post("/hub/wiped", {})

    def close(self) -> None:
        """Close the connections."""
        self._session.close()

    def _post(self, path: str, told: Mapping[str, Any]) -> Answer:
        return self._ask("POST", path, json=told)

    def _ask(self, method: str, path: str, **how: Any) -> Answer:
        try:
            reply = self._session.request(
                method, self._url + _ROOT + path, timeout=_PATIENCE_S, allow_redirects=False, **how
            )
            reply.content  # noqa: B018 - the connection may break off while the body comes
        except requests.RequestException as fault:
            raise _fault_of(fault) from fault
        epoch = reply.headers.get(EPOCH, "")
        if not epoch:
            raise CentralUnreachable(f"something answers in its place, with {reply.status_code}")
        if reply.status_code == HTTPStatus.NOT_MODIFIED:
            return Answer(epoch, reply.headers.get("ETag", ""), None)
        body = _json(reply)
        if not reply.ok:
            raise CentralRefused(
                reply.status_code,
                str(body.get("error", "")),
                str(body.get("detail", f"refused with {reply.status_code}")),
                wipes=reply.status_code == HTTPStatus.UNAUTHORIZED and bool(body.get("wipe")),
            )
        return Answer(epoch, reply.headers.get("ETag", ""), body, reply.headers.get(COUNTER, ""))


def _json(reply: requests.Response) -> dict[str, Any]:
    try:
        body = reply.json()
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise CentralUnreachable(f"an answer that is no JSON, with {reply.status_code}")
    return body


def _fault_of(fault: requests.RequestException) -> CentralUnreachable:
    if isinstance(fault, requests.exceptions.SSLError):
        return CentralUnproven("its certificate does not prove that it is the central server")
    if isinstance(fault, requests.Timeout):
        return CentralUnreachable("it has not answered in time")
    return CentralUnreachable("it cannot be reached")
