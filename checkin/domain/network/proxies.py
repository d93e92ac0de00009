"""Find the client that a request comes from, if there are proxies in front of the server.

Each proxy appends what it knows of its own client to the right of the X-Forwarded-* headers. Values
to the left of an untrusted hop may be forged by that hop.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from urllib.parse import urlsplit

Network = IPv4Network | IPv6Network

#: the first parts of the server's own paths: a proxy's path that began with one could not be told
#: from a path of ours from which the proxy's was taken off
OWN_PATHS = frozenset(
    {
        *(
            "account",
            "activity",
            "activity.csv",
            "api",
            "b",
            "backup",
            "events",
            "f",
            "forgotten-password",
        ),
        *(
            "healthz",
            "help",
            "login",
            "logout",
            "mail",
            "metrics",
            "n",
            "operators",
            "password",
            "pins",
        ),
        *(
            "r",
            "readyz",
            "scan",
            "server-address",
            "static",
            "t",
            "telephone",
            "trust",
            ".well-known",
            "marhaba-ca.crt",
            "marhaba-ca.pem",
        ),
    }
)
#: proxies in a row; more than a few are somebody's game with long headers
MAX_HOPS = 32
_LONGEST_ADDRESS, _LONGEST_HOST, _LONGEST_PREFIX = 64, 255, 255
_BRACKETED = re.compile(r"\[([0-9A-Fa-f:.]+)\](?::\d{1,5})?")
_WITH_PORT = re.compile(r"(\d+\.\d+\.\d+\.\d+):\d{1,5}")
_HOST = re.compile(r"(?:[A-Za-z0-9_](?:[A-Za-z0-9._-]*)|\[[0-9A-Fa-f:.]+\])(?::(\d{1,5}))?")
_SEGMENT = re.compile(r"[A-Za-z0-9_~.-]+")


@dataclass(frozen=True, slots=True)
class ForwardedHeaders:
    """The X-Forwarded-* headers of a request as they came, hostile or not; "" for none."""

    client: str = ""
    scheme: str = ""
    host: str = ""
    prefix: str = ""

    def __bool__(self) -> bool:
        return bool(self.client or self.scheme or self.host or self.prefix)


@dataclass(frozen=True, slots=True)
class Client:
    """The client of a request, and what it asked the trusted proxies for.

    Attributes:
        address: an IP address in its shortest form, or what the server called its peer.
        scheme: "http" or "https"; None where no trusted proxy said it.
        host: a name or an address, perhaps with a port; None likewise.
        prefix: "/path", what stood before the server's own paths; None likewise.
    """

    address: str
    scheme: str | None = None
    host: str | None = None
    prefix: str | None = None


def client_of(peer: str, told: ForwardedHeaders, trusted: Sequence[Network]) -> Client:
    """Find the client that a request comes from.

    The search begins at `peer`, which cannot be forged, and goes left through X-Forwarded-For as
    long as the current hop is trusted. An unreadable hop ends it at the trusted hop that named it.
    In the other headers each proxy on the way wrote one value, or one proxy replaced the earlier
    values: the value of the last trusted proxy counts.

    Args:
        peer: the address of the connection.
        trusted: the networks of the trusted proxies.
    """
    here = _address(peer)
    if here is None or not _is_in(here, trusted):
        return Client(str(here or peer))
    proxies = 1
    for hop in _from_the_right(told.client):
        before = _address(hop)
        if before is None:
            break
        here = before
        if not _is_in(here, trusted):
            break
        proxies += 1
    return Client(
        str(here),
        scheme=_scheme(_written_by(proxies, told.scheme)),
        host=_host(_written_by(proxies, told.host)),
        prefix=_prefix(_written_by(proxies, told.prefix)) or None,
    )


def is_trusted(address: str, trusted: Sequence[Network]) -> bool:
    """Say whether an address is in one of the networks; an invalid address is in none."""
    found = _address(address)
    return found is not None and _is_in(found, trusted)


def trusted_networks(text: str) -> tuple[Network, ...]:
    """Read networks in CIDR notation, separated by commas; a single address is a network of one.

    Raises:
        ValueError: a piece is no network, or it is the whole internet; the sentence quotes it.
    """
    return tuple(_network(piece.strip()) for piece in text.split(",") if piece.strip())


def port_of(host: str, scheme: str) -> str:
    """Return the port of "name:port", or else the one of the scheme."""
    found = _HOST.fullmatch(host)
    return (found and found[1]) or ("443" if scheme == "https" else "80")


def path_of(url: str) -> str:
    """Return the path under which a public address has the server: "" or "/path".

    Args:
        url: as `checkin.domain.network.addresses.public_url` returns it.
    """
    return urlsplit(url).path.rstrip("/")


def _from_the_right(header: str) -> Iterator[str]:
    # A header may be half a megabyte of commas: only its end is ever taken apart.
    pieces = header.rsplit(",", MAX_HOPS)
    return reversed(pieces if len(pieces) <= MAX_HOPS else pieces[1:])


def _written_by(proxies: int, header: str) -> str:
    values = list(_from_the_right(header))
    return values[min(proxies, len(values)) - 1] if values else ""


def _address(text: str) -> IPv4Address | IPv6Address | None:
    return _parsed(text) if len(text) <= _LONGEST_ADDRESS else None


@lru_cache(maxsize=4096)  # the same few gates and proxies ask all day, and parsing takes a while
def _parsed(text: str) -> IPv4Address | IPv6Address | None:
    text = text.strip()
    if "%" in text:
        return None
    bare = _BRACKETED.fullmatch(text) or _WITH_PORT.fullmatch(text)
    try:
        address = ip_address(bare[1] if bare else text)
    except ValueError:
        return None
    # A server that listens on IPv6 sees IPv4 clients as ::ffff:192.0.2.1.
    return getattr(address, "ipv4_mapped", None) or address


def _is_in(address: IPv4Address | IPv6Address, networks: Sequence[Network]) -> bool:
    return any(address in network for network in networks)


def _network(piece: str) -> Network:
    try:
        network = ip_network(piece, strict=False)
    except ValueError:
        raise ValueError(f"{piece!r} is no network such as 10.0.0.0/8 or 127.0.0.1/32") from None
    if network.network_address != ip_address(piece.partition("/")[0]):
        raise ValueError(f"{piece!r} is no network: did you mean {network}?")
    if network.prefixlen == 0:
        raise ValueError(f"{piece!r} is the whole internet: anybody could claim any address")
    return network


def _scheme(value: str) -> str | None:
    value = value.strip().lower()
    return value if value in ("http", "https") else None


def _host(value: str) -> str | None:
    value = value.strip()
    found = _HOST.fullmatch(value) if len(value) <= _LONGEST_HOST else None
    if found is None or int(found[1] or 1) not in range(1, 65536):
        return None
    return value


def _prefix(value: str) -> str | None:
    value = value.strip().rstrip("/")
    if not value or len(value) > _LONGEST_PREFIX:
        return None if value else ""
    root, *segments = value.split("/")
    proper = all(_SEGMENT.fullmatch(one) and one not in (".", "..") for one in segments)
    return value if not root and segments and proper else None
