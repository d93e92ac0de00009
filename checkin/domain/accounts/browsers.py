"""What is kept of where somebody signed in: enough to recognise it, no more."""

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
    """Return a browser and its system, "Firefox · Windows"; "" where neither is known."""
    found = [_first(_BROWSERS, user_agent), _first(_SYSTEMS, user_agent)]
    return " · ".join(name for name in found if name)


def network_of(address: str | None) -> str:
    """Return the network an address is in, not the address: "196.200.1.0/24"; "" for none."""
    try:
        length = 24 if ip_address(address or "").version == 4 else 48
    except ValueError:
        return ""
    return str(ip_network(f"{address}/{length}", strict=False))


def client_of(address: str | None) -> str:
    """Return whose tries those from an address are: it, or the /64 of an IPv6 one.

    Every customer has a /64 at least, and takes any of its addresses at will.
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
