"""The addresses of this machine, read from its network interfaces."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address

import ifaddr

IPAddress = IPv4Address | IPv6Address


def own_addresses() -> list[IPAddress]:
    """Return every address of this machine, without scope identifiers, each once and sorted.

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
    usable = [
        address
        for address in own_addresses()
        if isinstance(address, IPv4Address)
        and not (address.is_loopback or address.is_link_local or address.is_unspecified)
    ]
    return sorted(usable, key=lambda address: (not address.is_private, int(address)))
