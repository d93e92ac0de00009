"""The addresses of this machine, read from its network interfaces."""

from __future__ import annotations

import socket
from ipaddress import IPv4Address, IPv6Address, ip_address

import ifaddr

IPAddress = IPv4Address | IPv6Address
#: how Linux calls the interfaces of containers and virtual machines
_VIRTUAL = ("docker", "br-", "veth", "virbr", "vmnet", "vboxnet", "lxc", "podman", "cni")
#: an address for documents (RFC 5737), on no network that this machine could be in
_ELSEWHERE = ("198.51.100.1", 9)


def own_addresses() -> list[IPAddress]:
    """Return all addresses of this machine, sorted, unique, and without scope identifiers.

    They come from the interfaces and not from the host name, which Debian and Ubuntu map to
    127.0.1.1.
    """
    found = {
        ip_address(ip.ip if isinstance(ip.ip, str) else ip.ip[0])
        for adapter in ifaddr.get_adapters()
        for ip in adapter.ips
    }
    return sorted(found, key=lambda address: (address.version, int(address)))


def lan_addresses() -> list[IPv4Address]:
    """Return the IPv4 addresses at which other machines may reach this one, private ones first.

    Loopback and link-local addresses are left out: a telephone on the venue's network cannot
    use them.
    """
    usable = [address for address in _reached() if isinstance(address, IPv4Address)]
    return sorted(usable, key=lambda address: (not address.is_private, int(address)))


def likely_lan_addresses() -> list[IPAddress]:
    """Return the addresses at which people may reach this machine, the likeliest first.

    That is the address of the default route's interface; bridges of virtual machines and
    containers, which no telephone reaches, come last. Addresses of IPv6 are for networks that have
    no other: people find them hard to type.
    """
    names, route = interface_names(), _towards_the_default_route()
    likely: list[IPAddress] = sorted(
        lan_addresses(),
        key=lambda address: (address != route, names.get(address, "").startswith(_VIRTUAL)),
    )
    return likely or sorted(_reached(), key=lambda one: (not one.is_private, int(one)))


def _reached() -> list[IPAddress]:
    """Return the addresses that other machines understand."""
    return [
        address
        for address in own_addresses()
        if not (address.is_loopback or address.is_link_local or address.is_unspecified)
    ]


def interface_names() -> dict[IPAddress, str]:
    """Return the interface that each address of this machine is on, as the system calls it."""
    return {
        ip_address(ip.ip if isinstance(ip.ip, str) else ip.ip[0]): adapter.nice_name
        for adapter in ifaddr.get_adapters()
        for ip in adapter.ips
    }


def _towards_the_default_route() -> IPv4Address | None:
    # Connecting a datagram socket sends nothing: it only asks the routing table.
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(_ELSEWHERE)
        except OSError:
            return None
        return IPv4Address(probe.getsockname()[0])
