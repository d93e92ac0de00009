"""An address of this machine at which others reach it."""

from __future__ import annotations

import ipaddress
import os
import random
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from checkin.services.network import lan_addresses

#: what a local authority may sign for, of what a venue's router hands out
_PRIVATE = [ipaddress.ip_network(n) for n in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")]


@contextmanager
def lan_address() -> Iterator[str]:
    """Yield an address of this machine, private or not; made for a while where there is none."""
    known = lan_addresses()
    if known:
        yield str(known[0])
    else:
        with _an_address_of_our_own() as address:
            yield address


@contextmanager
def private_address() -> Iterator[str]:
    """Yield an address of this machine within RFC 1918; made for a while where there is none."""
    known = [one for one in lan_addresses() if any(one in network for network in _PRIVATE)]
    if known:
        yield str(known[0])
    else:
        with _an_address_of_our_own() as address:
            yield address


@contextmanager
def _an_address_of_our_own() -> Iterator[str]:
    if os.geteuid():
        pytest.skip("this machine has no address in a local network, and only root may add one")
    # Other runs of these tests, on the same machine and at the same time, take another one.
    address = f"10.77.{random.randrange(256)}.{random.randrange(1, 255)}"
    subprocess.run(["ip", "address", "add", f"{address}/32", "dev", "lo"], check=True)
    try:
        yield address
    finally:
        subprocess.run(["ip", "address", "delete", f"{address}/32", "dev", "lo"], check=True)
