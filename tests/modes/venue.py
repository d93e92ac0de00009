"""The venue's network: one of the tests' own, where the machine lets us make it.

There a machine has one address, as a laptop at a venue has, and nothing changes in it: browsers
break off what they were loading when the machine gets or loses an address, and other tests do
that to the machine's own networks.
"""

from __future__ import annotations

import ipaddress
import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.servers.server_process import ROOT

#: set for a test that runs in the network of the tests' own
_INSIDE = "MARHABA_TESTS_VENUE"
_ADDRESS = "10.77.0.1"
#: a cable with nobody at its other end; the router is never asked
_NETWORK = f"""
ip link set lo up
ip link add venue type veth peer name others
ip address add {_ADDRESS}/24 dev venue
ip link set venue up
ip link set others up
ip route add default via 10.77.0.2
exec "$@"
"""
#: what a local authority may sign for, of what a venue's router hands out
_PRIVATE = [ipaddress.ip_network(n) for n in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")]
#: stands for any other machine; nothing is sent there
_ELSEWHERE = ("203.0.113.1", 9)


def can_be_apart() -> bool:
    """Say whether this is a test outside, on a machine that lets us make a network."""
    if os.environ.get(_INSIDE) or os.geteuid():
        return False
    return all(shutil.which(program, path=_search()) for program in ("unshare", "ip"))


def run_apart(test: str, files: Path, timeout_s: float = 280) -> None:
    """Run a test (by its node id) in a network of its own; it fails here if it fails there."""
    there = ("unshare", "--net", "/bin/sh", "-ec", _NETWORK, "venue")
    alone = ("-q", "-p", "no:cacheprovider", "-n", "0", f"--basetemp={files}")
    ours = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    done = subprocess.run(
        [*there, sys.executable, "-m", "pytest", *alone, test],
        cwd=ROOT,
        env={**ours, _INSIDE: "yes", "PATH": _search()},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=timeout_s,
        check=False,
    )
    assert done.returncode == 0, done.stdout


def lan_address() -> str:
    """Return the address at which other machines of the network reach this one."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asked:
        try:
            asked.connect(_ELSEWHERE)
        except OSError:
            pytest.skip("this machine is in no network, and only root may make one")
        address: str = asked.getsockname()[0]
    return address


def private_address() -> str:
    """Return that address where it is one of a local network (RFC 1918), as at a venue."""
    address = lan_address()
    if not any(ipaddress.ip_address(address) in network for network in _PRIVATE):
        pytest.skip(f"{address} is not of a local network, and only root may make one")
    return address


def _search() -> str:
    return f"{os.environ.get('PATH', os.defpath)}:/usr/sbin:/sbin"
