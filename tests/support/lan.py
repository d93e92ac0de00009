"""A local network of the test's own, in a network namespace: nothing on it leaves this machine.

The test's thread moves in, and with it every process that it starts from then on.
"""

from __future__ import annotations

import contextlib
import ctypes
import itertools
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.racing import be_ready

_CLONE_NEWNET = 0x4000_0000
_LIBC = ctypes.CDLL(None, use_errno=True)
_numbers = itertools.count()

needs_namespaces = pytest.mark.skipif(
    not (hasattr(os, "geteuid") and os.geteuid() == 0 and shutil.which("ip")),
    reason="needs root and iproute2: it makes a network of its own",
)


class Machine:
    """One machine on the network, with one interface."""

    def __init__(self, name: str) -> None:
        self.name = name

    def add(self, address: str) -> None:
        """Give the machine an address, such as 10.77.0.1/24."""
        self._ip("addr", "add", address, "dev", "lan0")

    def add_at_once(self, address: str) -> None:
        """Give it an address of IPv6 without asking the network first whether it is taken."""
        self._ip("addr", "add", address, "dev", "lan0", "nodad")

    def remove(self, address: str) -> None:
        """Take an address away."""
        self._ip("addr", "del", address, "dev", "lan0")

    def program(self, path: str, folder: Path) -> str:
        """Return a program that is `path` as if it were started on this machine."""
        inside = folder / f"{Path(path).name}-on-{self.name}"
        inside.write_text(f'#!/bin/sh\nexec nsenter --net=/run/netns/{self.name} {path} "$@"\n')
        inside.chmod(0o755)
        return str(inside)

    @contextlib.contextmanager
    def entered(self) -> Iterator[None]:
        """Let this thread, and what it starts, be on this machine."""
        # What later tests fork their processes from stays outside.
        be_ready()
        with Path("/proc/thread-self/ns/net").open() as before, self._file().open() as inside:
            _enter(inside.fileno())
            try:
                yield
            finally:
                _enter(before.fileno())

    def _file(self) -> Path:
        return Path("/run/netns") / self.name

    def _ip(self, *arguments: str) -> None:
        subprocess.run(["ip", "-n", self.name, *arguments], check=True, capture_output=True)


@contextlib.contextmanager
def two_machines() -> Iterator[tuple[Machine, Machine]]:
    """Two machines with a cable between them, without addresses but loopback."""
    machines = [Machine(f"marhaba-{os.getpid()}-{next(_numbers)}") for _ in range(2)]
    first, second = (machine.name for machine in machines)
    try:
        for name in (first, second):
            _run("ip", "netns", "add", name)
            _run("ip", "-n", name, "link", "set", "lo", "up")
        _run(
            *("ip", "-n", first, "link", "add", "lan0", "type", "veth"),
            *("peer", "name", "lan0", "netns", second),
        )
        for name in (first, second):
            _run("ip", "-n", name, "link", "set", "lan0", "up")
        yield machines[0], machines[1]
    finally:
        for name in (first, second):
            subprocess.run(["ip", "netns", "del", name], check=False, capture_output=True)


def _enter(namespace: int) -> None:
    if _LIBC.setns(namespace, _CLONE_NEWNET):
        raise OSError(ctypes.get_errno(), "setns")


def _run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True)
