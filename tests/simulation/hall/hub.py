"""A hub in the simulation: its real application, and its real exchanges with the central server."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from typing import Any
from urllib.parse import urlsplit

import requests
from cryptography.hazmat.primitives.asymmetric import ec
from requests.adapters import BaseAdapter

from checkin.db.models import Event, Upstream
from checkin.protocol.base64url import bytes_of
from checkin.protocol.gate_list import public_key_text
from checkin.services.hub.exchange import Exchange, try_exchange
from checkin.services.hub.joining import CentralServer, keep_upstream
from checkin.services.hub.link import Central, CentralRefused
from checkin.services.hubs.pairing import open_hub_pairing
from checkin.web.site.state import EXTENSION, Marhaba
from tests.simulation.network import TOLD, response_of
from tests.simulation.server import Application, Time
from tests.support.factories import write
from tests.support.hub_client import an_authority
from tests.support.servers.central_in_process import URL


class Killed(BaseException):
    """The hub's process ended here."""


@dataclass
class HubApplication(Application):
    """The application of a hub, which all seeds share; its file is emptied for each.

    Attributes:
        address: where gates reach it.
        off_s: how wrong its clock is.
    """

    address: str = ""
    blank: Any = None
    off_s: float = 0.0

    @property
    def state(self) -> Marhaba:
        """Return the parts of the server."""
        state: Marhaba = self.app.extensions[EXTENSION]
        return state

    @contextmanager
    def own_time(self) -> Iterator[None]:
        """Let the simulation's time be what this hub's clock shows."""
        with _shifted(self.time, self.off_s):
            yield

    def answer(
        self, method: str, path: str, body: bytes, headers: Mapping[str, str]
    ) -> tuple[int, bytes, dict[str, str]]:
        """Call the application, by its own clock."""
        with self.own_time():
            return super().answer(method, path, body, headers)

    def begin(self) -> None:
        """Be an installation that nobody has used yet."""
        self.blank()
        self.off_s = 0.0
        self.state.devices.forget()
        self.state.epoch.forget()


@contextmanager
def _shifted(time: Time, off_s: float) -> Iterator[None]:
    time.now += timedelta(seconds=off_s)
    try:
        yield
    finally:
        time.now -= timedelta(seconds=off_s)


class LineToCentral(BaseAdapter):
    """Carries the requests of a hub; it loses some, and the hub is killed beside others.

    Attributes:
        kill_in: after so many more points of an exchange the hub is killed; None: it goes on.
    """

    def __init__(self, hub: HubApplication, server: Application, random: Random) -> None:
        super().__init__()
        self._hub, self._server, self._random = hub, server, random
        self.is_cut = False
        self.asked = ""
        self.risk = 0.03
        self.kill_in: int | None = None

    def send(self, request: requests.PreparedRequest, **_: Any) -> requests.Response:  # type: ignore[override]
        """Carry one request, or do not."""
        self._maybe_kill()
        if self.is_cut or self._random.random() < self.risk:
            raise requests.ConnectionError("the line is cut")
        url = urlsplit(str(request.url))
        path = url.path + (f"?{url.query}" if url.query else "")
        self.asked = path
        body = request.body if isinstance(request.body, bytes) else (request.body or "").encode()
        with _shifted(self._hub.time, -self._hub.off_s):
            self._server.app.extensions[EXTENSION].mirror_marks._looked.clear()
            status, data, told = self._server.answer(
                str(request.method), path, body, dict(request.headers)
            )
        self._maybe_kill()
        if self._random.random() < self.risk:
            raise requests.ReadTimeout  # the server did it, and the hub does not know
        response = response_of(status, data, {name: told.get(name, "") for name in TOLD})
        response.url = str(request.url)
        return response

    def close(self) -> None:
        """Nothing is open."""

    def _maybe_kill(self) -> None:
        if self.kill_in is None:
            return
        self.kill_in -= 1
        if self.kill_in < 0:
            self.kill_in = None
            raise Killed


@dataclass
class Hub:
    """A hub that is paired with the central server for one event.

    Attributes:
        refused: what the central server has refused, which it never should.
    """

    application: HubApplication
    server: Application
    event: Event
    name: str
    random: Random
    refused: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        hub, database = self.application, self.application.database
        hub.begin()
        self.line = LineToCentral(hub, self.server, self.random)
        risk, self.line.risk = self.line.risk, 0.0
        code = write(
            self.server.database,
            lambda s: open_hub_pairing(s, s.merge(self.event), self.name, now=hub.time.now),
        )
        paired = self._central().pair(self._told_of_itself(code))
        write(database, lambda s: keep_upstream(s, CentralServer(URL, ""), self.name, paired))
        opener = ec.derive_private_key(
            int.from_bytes(bytes_of(paired["walk_in_key"])), ec.SECP256R1()
        )
        hub.state.keys._walk_ins = opener  # type: ignore[attr-defined]
        central = self._central(paired["hub_token"])
        self.exchange_of = Exchange(
            database, hub.state.keys, central, lambda: [hub.address], lambda: hub.time.now
        )
        self.exchange_of.take_mirror()
        self.line.risk = risk

    @property
    def database(self) -> Any:
        """Return the hub's database."""
        return self.application.database

    def exchange(self) -> None:
        """Exchange once, as far as the line lets it."""
        hub = self.application
        try:
            with hub.own_time():
                try_exchange(self.exchange_of)
        except Killed:
            pass
        except CentralRefused as fault:
            if self.line.asked.endswith("/hub/report"):
                return  # what it says of itself decides nothing, and comes last
            self.refused.append(f"{self.name}: {fault.status} {fault.error} {fault}")

    @property
    def link(self) -> Upstream:
        """Return what the hub keeps of its central server."""
        with self.database.read() as session:
            return session.get_one(Upstream, 1)

    def _central(self, token: str = "") -> Central:
        central = Central(URL, None, token)
        central._session.mount(URL, self.line)
        return central

    def _told_of_itself(self, code: str) -> dict[str, Any]:
        return {
            "pairing_code": code,
            "name": "mini-pc",
            "software": "marhaba-hub/1",
            "public_key": public_key_text(self.application.state.keys.hub_signer),
            "authority": an_authority(),
            "addresses": [self.application.address],
        }
