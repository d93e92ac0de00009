"""The machine's own addresses, from its interfaces."""

from __future__ import annotations

from ipaddress import ip_address

import ifaddr

from checkin.services.network.interfaces import (
    lan_addresses,
    likely_lan_addresses,
    own_addresses,
)


def adapter(*addresses: object) -> ifaddr.Adapter:
    ips = [ifaddr.IP(address, 24, "eth0") for address in addresses]
    return ifaddr.Adapter("eth0", "eth0", ips, index=1)


def test_addresses_come_from_the_interfaces_once_and_without_scope(monkeypatch):
    shown = [
        adapter("10.0.8.77", ("fe80::1", 0, 2)),
        adapter("127.0.0.1", ("::1", 0, 0)),
        adapter("10.0.8.77", "8.8.4.4", "192.168.1.20", "169.254.3.4"),
    ]
    monkeypatch.setattr(ifaddr, "get_adapters", lambda: shown)

    assert [str(one) for one in own_addresses()] == [
        *("8.8.4.4", "10.0.8.77", "127.0.0.1", "169.254.3.4", "192.168.1.20"),
        *("::1", "fe80::1"),
    ]
    assert lan_addresses() == [
        ip_address(text) for text in ("10.0.8.77", "192.168.1.20", "8.8.4.4")
    ]


def test_where_a_network_has_ipv6_alone_its_addresses_are_those_that_people_use(monkeypatch):
    shown = [
        adapter("127.0.0.1", ("::1", 0, 0), "169.254.3.4"),
        adapter(("fe80::1", 0, 2), ("2001:4860::5", 0, 0), ("fd00:77::1", 0, 0)),
    ]
    monkeypatch.setattr(ifaddr, "get_adapters", lambda: shown)
    assert [str(one) for one in likely_lan_addresses()] == ["fd00:77::1", "2001:4860::5"]

    shown.append(adapter("10.0.8.77"))
    assert [str(one) for one in likely_lan_addresses()] == ["10.0.8.77"]


def test_this_machine_has_its_loopback_address():
    assert ip_address("127.0.0.1") in own_addresses()
