"""A gate of the hall: it finds the hubs by their certificates, and the central server."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, field
from pathlib import Path

import requests

from scanner.offline.clock import DeviceClock
from scanner.server.client import Client
from scanner.server.places import Places
from tests.simulation.gates import Gate
from tests.simulation.network import FaultyConnection


class _Client(Client):
    """A client whose every session reaches what the gate's lines lead to."""

    lines: dict[str, FaultyConnection]

    def _new_session(self) -> requests.Session:
        session = super()._new_session()
        for address, line in getattr(self, "lines", {}).items():
            session.mount(address, line)
        return session


@dataclass
class HallGate(Gate):
    """A gate that is at a hub, at the central server, or alone.

    Attributes:
        hubs: its lines to the hubs, by their addresses.
    """

    hubs: dict[str, FaultyConnection] = field(default_factory=dict)

    def __post_init__(self) -> None:
        super().__post_init__()
        self._folder = tempfile.TemporaryDirectory(dir="/dev/shm" if _is_there() else None)
        for line in self.hubs.values():
            line.interrupt = self._maybe_stop

    @property
    def lines(self) -> list[FaultyConnection]:
        """Return all lines of this gate."""
        return [self.connection, *self.hubs.values()]

    @property
    def place(self) -> str:
        """Return the name of the hub at which it is; "" at the central server or switched off."""
        return self._places.at_hub if self._is_on else ""

    @property
    def acknowledged_to_it(self) -> set[str]:
        """Return the scans of which it received that somebody has them."""
        return {scan_id for line in self.lines for scan_id in line.acknowledged}

    def close(self) -> None:
        """Erase what it kept outside of its simulated disk."""
        self.switch_off()
        self._folder.cleanup()

    def _new_client(self, clock: DeviceClock) -> Client:
        client = _Client("http://server", token=self.token, clock=clock)
        nobody = FaultyConnection(
            "nobody", self.connection._server, self.random, self.connection._log
        )
        nobody.is_cut = True
        client.lines = {"http://": self.connection, "https://": nobody, **self.hubs}
        client.public_key = lambda: self.held.held().public_key
        return client

    def _places_of(self, client: Client) -> Places:
        self._places = Places(
            client,
            Path(self._folder.name),
            lambda: self.held.held().event,
            client.public_key,
            client.clock.server_now,
        )
        return self._places


def _is_there() -> bool:
    return Path("/dev/shm").is_dir()
