"""Decide which addresses and names the server's own certificate may have, and when it is outdated.

The authority of one laptop must be useless against the rest of the world: with a stolen key nobody
can impersonate anything but private addresses and names of a local network. A leaf certificate with
a single name outside these constraints is invalid as a whole, so such names are left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network

IPAddress = IPv4Address | IPv6Address

PERMITTED_NETWORKS = tuple(
    ip_network(text)
    for text in (
        "127.0.0.0/8",
        "10.0.0.0/8",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "169.254.0.0/16",
        "100.64.0.0/10",
        "::1/128",
        "fc00::/7",
        "fe80::/10",
    )
)
#: Each permits itself and all below it. Without a leading dot, as RFC 5280 (4.2.1.10) writes DNS
#: names; OpenSSL 3.0 and Chromium 156 were seen to take either form.
PERMITTED_DOMAINS = ("localhost", "local", "lan")
#: by which a server announces itself on the local network; the second where the first is taken
LOCAL_NAMES = ("marhaba.local", *(f"marhaba-{number}.local" for number in range(2, 6)))

#: a leaf is made anew when this much of its life is left
RENEW_BEFORE = timedelta(days=10)
_LINK_LOCAL_V6 = IPv6Network("fe80::/10")
#: of letters, digits and hyphens, as certificates hold names; a computer may be called anything
_HOST = re.compile(r"[a-z0-9-]{1,63}(\.[a-z0-9-]{1,63})*")


@dataclass(frozen=True, slots=True)
class Names:
    """The names of a leaf certificate: host names in lower case, and IP addresses."""

    hosts: frozenset[str] = frozenset()
    addresses: frozenset[IPAddress] = frozenset()

    @classmethod
    def of(cls, texts: Iterable[str]) -> Names:
        """Make `Names` from texts, each of which is a name or an address."""
        parsed = [(text, _address(text)) for text in texts]
        return cls(
            frozenset(text.lower().rstrip(".") for text, address in parsed if address is None),
            frozenset(address for _, address in parsed if address is not None),
        )

    def __sub__(self, other: Names) -> Names:
        """Return the names that are not in `other`."""
        return Names(self.hosts - other.hosts, self.addresses - other.addresses)

    def texts(self) -> tuple[str, ...]:
        """Return all names as texts in a fixed order: host names, then addresses."""
        by_value = sorted(self.addresses, key=lambda one: (one.version, int(one)))
        return (*sorted(self.hosts), *map(str, by_value))


def is_permitted(text: str) -> bool:
    """Say whether an address or a name is inside the authority's constraints."""
    address = _address(text)
    if address is not None:
        return any(address in network for network in PERMITTED_NETWORKS)
    name = text.lower().rstrip(".")
    if not _HOST.fullmatch(name):
        return False
    return any(name == domain or name.endswith("." + domain) for domain in PERMITTED_DOMAINS)


def permitted(names: Names) -> Names:
    """Return those names that a leaf certificate may have."""
    return Names.of(text for text in names.texts() if is_permitted(text))


def is_outdated(covered: Names, wanted: Names, expires_at: datetime, now: datetime) -> bool:
    """Say whether a running server needs a new leaf certificate, which restarts its worker.

    Names that are gone do no harm in it, because a lost network may come back. New link-local IPv6
    addresses, which no browser can open, wait for the next leaf.
    """
    missing = wanted - covered
    pressing = [one for one in missing.addresses if one not in _LINK_LOCAL_V6]
    return bool(missing.hosts or pressing) or expires_at - now < RENEW_BEFORE


def _address(text: str) -> IPAddress | None:
    try:
        return ip_address(text.strip("[]").partition("%")[0])
    except ValueError:
        return None
