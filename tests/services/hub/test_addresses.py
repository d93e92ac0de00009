"""Gates are told the addresses at which they would believe the hub's certificate, and no others."""

from __future__ import annotations

from ipaddress import ip_address

import pytest

from checkin.services.hub import addresses
from checkin.services.hub.addresses import hub_addresses


@pytest.fixture
def machine(monkeypatch):
    """Give the machine these addresses."""

    def has(*texts):
        monkeypatch.setattr(
            addresses, "likely_lan_addresses", lambda: [ip_address(text) for text in texts]
        )

    return has


def test_the_addresses_of_the_hall_s_network_are_told(machine):
    machine("192.168.1.7", "10.0.0.3")

    assert hub_addresses("0.0.0.0", 8443) == ["https://192.168.1.7:8443", "https://10.0.0.3:8443"]


def test_an_address_that_the_certificate_is_not_about_is_not_told(machine):
    machine("198.51.100.7", "192.168.1.7")

    assert hub_addresses("0.0.0.0", 8443) == ["https://192.168.1.7:8443"]


def test_a_machine_without_such_an_address_is_found_by_its_announced_name(machine):
    machine("198.51.100.7")

    assert hub_addresses("0.0.0.0", 8443) == ["https://marhaba.local:8443"]


def test_a_hub_that_listens_at_one_address_tells_no_other(machine):
    machine("192.168.1.7")

    assert hub_addresses("127.0.0.1", 9443) == ["https://127.0.0.1:9443"]


def test_a_network_that_has_ipv6_alone_is_told_as_well(machine):
    machine("fd00::7")

    assert hub_addresses("::", 8443) == ["https://[fd00::7]:8443"]
