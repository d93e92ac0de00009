"""The networks of a hall, in network namespaces: nothing on them leaves this machine.

Each machine is a namespace; each network is a bridge in a namespace of its own, whose ports are the
lines that are cut.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest

needs_networks = pytest.mark.skipif(
    not (os.geteuid() == 0 and shutil.which("ip")),
    reason="needs root and iproute2: it makes networks of its own",
)


@dataclass
class HallNetwork:
    """Machines by their names, and the networks that connect them.

    Attributes:
        addresses: by machine and network.
    """

    prefix: str
    addresses: dict[tuple[str, str], str] = field(default_factory=dict)
    _ports: dict[tuple[str, str], str] = field(default_factory=dict)

    def space(self, machine: str) -> str:
        """Return the namespace of a machine."""
        return f"{self.prefix}-{machine}"

    def within(self, machine: str, *command: str) -> list[str]:
        """Return the command that runs another one on a machine."""
        return ["ip", "netns", "exec", self.space(machine), *command]

    def cut(self, machine: str, *networks: str) -> None:
        """Pull a machine's cables."""
        self._set(machine, networks, "down")

    def heal(self, machine: str, *networks: str) -> None:
        """Put a machine's cables back."""
        self._set(machine, networks, "up")

    def add_machine(self, machine: str) -> None:
        """Make a machine without cables."""
        _ip("netns", "add", self.space(machine))
        _ip("-n", self.space(machine), "link", "set", "lo", "up")

    def add_network(self, network: str) -> None:
        """Make a network without machines."""
        self.add_machine(network)
        _ip("-n", self.space(network), "link", "add", "bridge", "type", "bridge")
        _ip("-n", self.space(network), "link", "set", "bridge", "up")

    def connect(self, machine: str, network: str, address: str) -> None:
        """Lay a cable from a machine to a network, and give it an address there."""
        port = f"p{len(self._ports)}"
        inside, bridge = ("-n", self.space(machine)), ("-n", self.space(network))
        _ip(
            *(*inside, "link", "add", network, "type", "veth"),
            *("peer", "name", port, "netns", self.space(network)),
        )
        _ip(*bridge, "link", "set", port, "master", "bridge", "up")
        _ip(*inside, "address", "add", f"{address}/24", "dev", network)
        _ip(*inside, "link", "set", network, "up")
        self._ports[machine, network] = port
        self.addresses[machine, network] = address

    def close(self) -> None:
        """Take everything away."""
        listed = subprocess.run(
            ["ip", "netns", "list"], check=False, capture_output=True, text=True
        )
        for line in listed.stdout.splitlines():
            if line.split()[0].startswith(f"{self.prefix}-"):
                subprocess.run(["ip", "netns", "del", line.split()[0]], check=False, timeout=20)

    def _set(self, machine: str, networks: Sequence[str], state: str) -> None:
        for network in networks:
            port = self._ports[machine, network]
            _ip("-n", self.space(network), "link", "set", port, state)


@contextmanager
def hall_network(cables: Mapping[str, Mapping[str, str]]) -> Iterator[HallNetwork]:
    """Make machines and networks.

    Args:
        cables: the address of each machine by network, by the machine's name.
    """
    made = HallNetwork(f"hall{os.getpid()}")
    try:
        for network in dict.fromkeys(name for lines in cables.values() for name in lines):
            made.add_network(network)
        for machine, lines in cables.items():
            made.add_machine(machine)
            for network, address in lines.items():
                made.connect(machine, network, address)
        yield made
    finally:
        made.close()


def _ip(*arguments: str) -> None:
    subprocess.run(["ip", *arguments], check=True, timeout=20, capture_output=True)
