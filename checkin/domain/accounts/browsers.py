"""Reduce a browser and an address to what a session keeps: enough to be recognised, no more."""

from __future__ import annotations

from ipaddress import IPv6Address, ip_address, ip_network

#: the first that is found counts: Edge says Chrome too, and Chrome says Safari
_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS X", "Mac"),
    ("CrOS", "Chromebook"),
    ("Linux", "Linux"),
)


def device_name(user_agent: str) -> str:
    """Return a browser's name and system, "Firefox · Windows"; "" where neither is known."""
    found = [_first(_BROWSERS, user_agent), _first(_SYSTEMS, user_agent)]
    return " · ".join(name for name in found if name)


def network_of(address: str | None) -> str:
    """Return the network that contains an address, "196.200.1.0/24"; "" for no address."""
    try:
        length = 24 if ip_address(address or "").version == 4 else 48
    except ValueError:
        return ""
    return str(ip_network(f"{address}/{length}", strict=False))


def client_of(address: str | None) -> str:
    """Return the key under which limits count an address: itself, or the /64 of an IPv6 address.

    Every IPv6 customer has at least a /64, and can use any address in it.
    """
    try:
        known = ip_address(address or "")
    except ValueError:
        return ""
    if isinstance(known, IPv6Address):
        plain = known.ipv4_mapped
        return str(plain or ip_network((int(known), 64), strict=False))
    return str(known)


def _first(names: tuple[tuple[str, str], ...], text: str) -> str:
    return next((name for mark, name in names if mark in text), "")
