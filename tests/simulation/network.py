"""The connection between one gate and the server: it loses, repeats and delays what is sent."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from random import Random
from types import MappingProxyType
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import BaseAdapter

from checkin.protocol.epochs import COUNTER, EPOCH
from checkin.protocol.signed_answers import SIGNED
from tests.simulation.server import Application

Request = tuple[str, str, bytes, dict[str, str]]


@dataclass
class Log:
    """What the server was asked and what it answered, over all gates.

    Attributes:
        answers: by scan_id, every (status, reason) that a device could have received.
        batched: every scan of every batch that the server took, with its gate's name.
        first: by scan_id, when the server first took a scan of a batch, with its result.
        leases: by lease id, what was lent.
        late: scans that came long after they were sent, so that the server could not tell the
            lateness from a wrong clock.
    """

    answers: dict[str, list[tuple[str, str | None]]] = field(default_factory=dict)
    batched: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    first: dict[str, tuple[datetime, dict[str, Any]]] = field(default_factory=dict)
    leases: dict[str, dict[str, Any]] = field(default_factory=dict)
    late: set[str] = field(default_factory=set)

    def note(self, gate: str, at: datetime, path: str, sent: bytes, status: int, body: Any) -> None:
        """Keep one exchange."""
        if status != 200 or not isinstance(body, dict):
            return
        if path.endswith("/scans/batch"):
            self.batched += [(gate, scan) for scan in json.loads(sent)["scans"]]
            for result in body["results"]:
                self.first.setdefault(result["scan_id"], (at, result))
        for answer in [body] if path.endswith("/scans") else body.get("results", []):
            known = self.answers.setdefault(answer["scan_id"], [])
            known.append((answer["status"], answer["reason"]))
        if path.endswith("/leases") and "delegations" in body:
            self.leases[body["lease_id"]] = body


class FaultyConnection(BaseAdapter):
    """A transport for the real client that leads to the application in this process.

    Attributes:
        is_cut: nothing comes through.
        lost: answers to paths that end so are lost; empty for none.
        risk: how likely each mishap is while it is not.
        delivered: by scan_id, the statuses that this gate received.
        acknowledged: the scans of which this gate received that the server has them.
        meanwhile: what the other thread does while the next batch is on its way.
    """

    def __init__(self, name: str, server: Application, random: Random, log: Log) -> None:
        super().__init__()
        self.name = name
        self.is_cut = False
        self.lost = ""
        self.risk = 0.05
        self.delivered: dict[str, set[str]] = {}
        self.acknowledged: set[str] = set()
        self.interrupt: Callable[[], None] = lambda: None
        #: called after every request by which the server may have changed something
        self.watch: Callable[[], None] = lambda: None
        self.meanwhile: Callable[[], None] | None = None
        self._server = server
        self._time = server.time
        self._random = random
        self._log = log
        self._late: list[Request] = []
        self._old_list: requests.Response | None = None

    def send(self, request: requests.PreparedRequest, **_: Any) -> requests.Response:  # type: ignore[override]
        """Carry one request, or do not."""
        asked = _asked(request)
        self._time.advance(self._random.choice((0.002, 0.02, 0.3)))
        self.interrupt()
        if asked[1].endswith("/scans/batch") and self.meanwhile:
            meanwhile, self.meanwhile = self.meanwhile, None
            meanwhile()
        self._fail_before(asked)
        answer = self._carry(asked)
        self._time.advance(self._random.choice((0.002, 0.02, 0.3)))
        self.interrupt()
        return self._received(asked, self._fail_after(asked, answer))

    def close(self) -> None:
        """Nothing is open."""

    def deliver_late(self) -> None:
        """Let requests arrive that were given up long ago, in any order."""
        self._random.shuffle(self._late)
        for asked in self._late:
            sent = json.loads(asked[2])
            scans = sent.get("scans", [sent] if "scan_id" in sent else [])
            self._log.late |= {scan["scan_id"] for scan in scans}
            self._carry(asked)
        self._late.clear()

    def _fail_before(self, asked: Request) -> None:
        if self.is_cut:
            raise requests.ConnectTimeout
        mishap = self._random.random()
        if mishap < self.risk:
            raise requests.ReadTimeout
        if mishap < 2 * self.risk:
            if asked[0] == "POST":
                self._late.append(asked)
            raise requests.ReadTimeout

    def _fail_after(self, asked: Request, answer: requests.Response) -> requests.Response:
        if self.lost and asked[1].endswith(self.lost):
            raise requests.ReadTimeout
        mishap = self._random.random()
        if mishap < self.risk:
            raise requests.ReadTimeout  # the server did it and the device does not know
        if mishap < 2 * self.risk and asked[0] == "POST":
            return self._carry(asked)  # it arrived twice
        if mishap < 3 * self.risk and asked[1].endswith("/scans/batch"):
            return _with_some_results(answer, self._random)
        if mishap < 3 * self.risk:
            return _server_error()
        return self._or_old_list(asked, answer, stale=mishap < 5 * self.risk)

    def _or_old_list(
        self, asked: Request, answer: requests.Response, *, stale: bool
    ) -> requests.Response:
        # A cache in between may hand out a list of some time ago.
        if "/gate-list" not in asked[1] or answer.status_code != 200:
            return answer
        old, self._old_list = self._old_list, self._old_list or answer
        return old if old is not None and stale else answer

    def _carry(self, asked: Request) -> requests.Response:
        method, path, body, headers = asked
        status, data, told_headers = self._server.answer(method, path, body, headers)
        told = json.loads(data) if data else None
        self._log.note(self.name, self._time.now, path, body, status, told)
        if method != "GET":
            self.watch()
        return response_of(status, data, {name: told_headers.get(name, "") for name in TOLD})

    def _received(self, asked: Request, answer: requests.Response) -> requests.Response:
        if answer.status_code != 200:
            return answer
        if asked[1].endswith("/scans"):
            body = answer.json()
            self.delivered.setdefault(body["scan_id"], set()).add(body["status"])
            self.acknowledged.add(body["scan_id"])
        if asked[1].endswith("/scans/batch"):
            told = (one for one in answer.json()["results"] if not one["error"])
            self.acknowledged |= {one["scan_id"] for one in told}
        return answer


def _asked(request: requests.PreparedRequest) -> Request:
    url = urlsplit(str(request.url))
    path = url.path + (f"?{url.query}" if url.query else "")
    body = request.body if isinstance(request.body, bytes) else (request.body or "").encode()
    return str(request.method), path, body, dict(request.headers)


#: the headers that a device reads
TOLD = ("ETag", EPOCH, COUNTER, SIGNED, "Retry-After")


def response_of(
    status: int, content: bytes, headers: Mapping[str, str] = MappingProxyType({})
) -> requests.Response:
    response = requests.Response()
    response.status_code = status
    response.raw = io.BytesIO(content)
    response.headers.update({"ETag": "", **headers})
    return response


def _server_error() -> requests.Response:
    return response_of(500, b'{"error": "internal", "detail": ""}')


def _with_some_results(answer: requests.Response, random: Random) -> requests.Response:
    body = answer.json()
    if "results" not in body:
        return answer
    random.shuffle(body["results"])
    body["results"] = body["results"][: random.randint(0, len(body["results"]))]
    return response_of(200, json.dumps(body).encode(), answer.headers)
