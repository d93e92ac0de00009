"""The local name, between two machines of a network that is the test's own."""

from __future__ import annotations

import subprocess
import sys
from contextlib import contextmanager
from ipaddress import IPv4Address

import pytest
from zeroconf import AddressResolverIPv4, Zeroconf

from checkin.services.network.interfaces import lan_addresses
from checkin.services.network.mdns import Announcer
from tests.support.lan import needs_namespaces, two_machines
from tests.support.servers.server_process import ROOT
from tests.support.waiting import wait_for

pytestmark = needs_namespaces

_ELSEWHERE = """
import sys
from checkin.services.network.mdns import Announcer
from checkin.services.network.interfaces import lan_addresses
tell = lambda said: print(said, flush=True)
with Announcer(lan_addresses, 8443, tls=True, tell=tell).announcing():
    sys.stdin.read()
"""


@pytest.fixture
def machines():
    with two_machines() as (here, there), here.entered():
        here.add("10.77.0.1/24")
        there.add("10.77.0.2/24")
        yield here, there


@contextmanager
def announced(told):
    announcer = Announcer(lan_addresses, 8443, tls=True, tell=told.append)
    with announcer.announcing():
        wait_for(lambda: told, "the announcement")
        yield


@contextmanager
def announced_at(machine):
    """Another laptop that announces itself, and what it says."""
    command = ["nsenter", f"--net=/run/netns/{machine.name}", sys.executable, "-c", _ELSEWHERE]
    process = subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        yield process.stdout.readline().strip()
    finally:
        process.communicate(timeout=30)


def addresses_of(name, machine):
    """Ask as another machine does."""
    with machine.entered():
        zeroconf = Zeroconf(interfaces=["10.77.0.2"])
        try:
            asked = AddressResolverIPv4(f"{name}.")
            asked.request(zeroconf, 3000)
            return sorted(asked.parsed_addresses())
        finally:
            zeroconf.close()


def test_another_machine_finds_the_server_by_its_name(machines):
    told = []
    with announced(told):
        found = addresses_of("marhaba.local", machines[1])

    assert (found, told) == (["10.77.0.1"], ["marhaba.local is 10.77.0.1"])


def test_a_changed_address_is_announced_anew(machines):
    here, there = machines
    told = []
    with announced(told):
        here.remove("10.77.0.1/24")
        here.add("10.77.0.9/24")
        wait_for(lambda: told[-1] == "marhaba.local is 10.77.0.9", "the new address", 60)
        found = addresses_of("marhaba.local", there)

    assert found == ["10.77.0.9"]


def test_the_second_laptop_takes_the_second_name(machines):
    _, there = machines
    told = []
    with announced_at(there) as first, announced(told):
        found = addresses_of("marhaba-2.local", there)

    assert first == "marhaba.local is 10.77.0.2"
    assert (told, found) == (["marhaba-2.local is 10.77.0.1"], ["10.77.0.1"])


def test_without_network_or_multicast_one_line_is_logged(machines):
    here, _ = machines
    told = []
    with announced(told):
        here.remove("10.77.0.1/24")
        wait_for(lambda: told[-1] == "not announced: no network", "the line", 60)
    assert len(told) == 2

    failed = []
    nowhere = Announcer(
        lambda: [IPv4Address("10.9.9.9")], 8443, tls=False, tell=failed.append
    )  # an address that no interface has
    with nowhere.announcing():
        wait_for(lambda: failed, "the line")
    assert failed[0].startswith("not announced: ")
