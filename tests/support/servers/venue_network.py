"""A machine of a venue: a network of its own behind a cable, so that what it serves is reached from
outside of it, at an address that is not loopback.

It is a network namespace of Linux, so making it needs root and the command `ip`.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.servers.server_fork import Ran, by_fork, run_by_fork
from tests.support.servers.server_process import Process, Server


@dataclass(frozen=True)
class Venue:
    """A machine with one address on the network of the tests, and others behind which is nobody.

    Attributes:
        address: at which the tests reach it.
        outside: where the tests come from, as it sees them.
    """

    name: str
    address: str
    outside: str

    def within(self, *command: str) -> list[str]:
        """Return the command that runs another one on this machine."""
        return ["ip", "netns", "exec", self.name, *command]


class VenueServer(Server):
    """A server on such a machine, which listens on every network that it has."""

    def __init__(self, venue: Venue, home: Path, **settings: str) -> None:
        super().__init__(home, begin=self._begin_there, **settings)
        self._venue, self.home = venue, home
        self.url = f"http://{venue.address}:{self.port}"

    def ran(self, *arguments: object) -> Ran:
        """Do on this machine what `python -m checkin …` does, and return how it ended."""
        return run_by_fork([*map(str, arguments)], self._environ, network=self._venue.name)

    def command(self, *arguments: object) -> str:
        """Do on this machine what `python -m checkin …` does, and return what it printed."""
        done = self.ran(*arguments)
        assert done.code == 0, done.err
        return done.out

    def _begin_there(self, arguments: list[str], environ: dict[str, str], log: Path) -> Process:
        arguments = [*arguments, "--host", "0.0.0.0"]
        return by_fork(arguments, environ, log, network=self._venue.name)


@contextmanager
def a_venue(*further: str) -> Iterator[Venue]:
    """Make such a machine, with `further` addresses; skip where that is not allowed."""
    if os.geteuid() != 0 or shutil.which("ip") is None:
        pytest.skip("a network namespace needs root and the command ip")
    name, two_bytes = f"venue{os.getpid()}", os.getpid() % 10_000
    network = f"10.{200 + two_bytes // 250}.{two_bytes % 250}"
    venue = Venue(name, f"{network}.2", f"{network}.1")
    near = f"v{os.getpid()}n"
    _ip("netns", "add", name)
    try:
        _ip("link", "add", near, "type", "veth", "peer", "name", "lan0", "netns", name)
        _ip("address", "add", f"{venue.outside}/30", "dev", near)
        _ip("link", "set", near, "up")
        inside = ("-n", name)
        for address in (f"{venue.address}/30", *further):
            _ip(*inside, "address", "add", address, "dev", "lan0")
        _ip(*inside, "link", "set", "lan0", "up")
        _ip(*inside, "link", "set", "lo", "up")
        _ip(*inside, "route", "add", "default", "via", venue.outside)
        yield venue
    finally:
        # With the namespace alone its link would go later, when the next one has its name.
        subprocess.run(["ip", "link", "delete", near], check=False, capture_output=True, timeout=20)
        _ip("netns", "delete", name)


def _ip(*arguments: str) -> None:
    subprocess.run(["ip", *arguments], check=True, timeout=20, capture_output=True)
