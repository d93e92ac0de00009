"""Which addresses of others the server may call: what is written, and where it leads.

An address that somebody has typed must not make the server call itself, its database, or the
machines beside it, which trust it more than they trust strangers.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)
from urllib.parse import quote, urlsplit

from checkin.domain.common.problems import InvalidValue
from checkin.domain.network.addresses import written_url
from checkin.domain.network.proxies import Network

IPAddress = IPv4Address | IPv6Address
LONGEST_URL = 2_000
_PORTS = {"https": 443, "http": 80}
_HOST_NAME = re.compile(r"[a-z0-9_](?:[a-z0-9._-]{0,251}[a-z0-9_-])?\.?")
#: what may stand in a path or a query as it is; all else is written as %XX
_PLAIN = "/?:@!$&'()*+,;=-._~%[]"
#: public addresses that only a machine of a certain provider reaches, where it answers with keys;
#: and what Python calls global, though nobody has it, in some of the versions that we run with
_OF_NOBODY_ELSE = tuple(
    ip_network(one)
    for one in (
        *("168.63.129.16/32", "192.0.0.0/24", "192.88.99.0/24"),
        *("3fff::/20", "5f00::/16"),
    )
)
#: IPv6 addresses that hold an IPv4 address in their last four bytes
_HOLDING_IPV4 = (ip_network("64:ff9b::/96"), ip_network("::/96"))
_HOLDING_IPV4_AND_MORE = ip_network("64:ff9b:1::/48")


class DestinationRefused(InvalidValue):
    """An address of others that the server must not call; `reason` says why.

    The reasons: `destination_long`, `destination_written`, `destination_password`,
    `destination_not_https`, `destination_unknown` and `destination_inside`.
    """

    code = "destination_refused"


@dataclass(frozen=True, slots=True)
class OutgoingAllowed:
    """What a setting permits beside https to the public internet.

    Attributes:
        networks: addresses in them may be called, by http too.
        hosts: names that may be called whatever address they have, by http too.
    """

    networks: tuple[Network, ...] = ()
    hosts: frozenset[str] = frozenset()

    def names(self, host: str) -> bool:
        """Say whether a host is permitted by its name."""
        return host.rstrip(".") in self.hosts

    def holds(self, address: str) -> bool:
        """Say whether an IP address is in one of the networks."""
        found = innermost(ip_address(address))
        return any(found in network for network in self.networks)


NOTHING_ELSE = OutgoingAllowed()


@dataclass(frozen=True, slots=True)
class WrittenAddress:
    """An address as it was written, in its parts.

    Attributes:
        host: a name in small ASCII letters, or an IP address without brackets.
        target: the path with its query, as a request's first line has it.
    """

    scheme: str
    host: str
    port: int
    target: str

    @property
    def url(self) -> str:
        """The address in normal form."""
        return f"{self.origin}{self.target}"

    @property
    def origin(self) -> str:
        """Scheme, host and port."""
        return written_url(self.scheme, self.host, self.port)


def outgoing_allowed(text: str) -> OutgoingAllowed:
    """Read networks in CIDR notation, addresses and host names, separated by commas.

    Raises:
        ValueError: a piece is neither; the sentence quotes it.
    """
    networks: list[IPv4Network | IPv6Network] = []
    hosts = set()
    for piece in (part.strip().lower() for part in text.split(",")):
        if not piece:
            continue
        try:
            network = ip_network(piece)
        except ValueError:
            if "/" in piece or not _HOST_NAME.fullmatch(piece) or piece.replace(".", "").isdigit():
                raise ValueError(
                    f"{piece!r} is neither a network such as 10.0.0.0/8 nor the name of a machine"
                ) from None
            hosts.add(piece.rstrip("."))
            continue
        if network.prefixlen == 0:
            raise ValueError(f"{piece!r} is the whole internet: nothing would be refused")
        networks.append(network)
    return OutgoingAllowed(tuple(networks), frozenset(hosts))


def written_address(text: str) -> WrittenAddress:
    """Take an address of others apart.

    Raises:
        DestinationRefused: it is too long, no address, neither http nor https, or holds a password.
    """
    text = text.strip()
    if len(text) > LONGEST_URL:
        raise DestinationRefused("destination_long", text, str(LONGEST_URL))
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        raise DestinationRefused("destination_written", text) from None
    scheme = parts.scheme.lower()
    if scheme not in _PORTS:
        raise DestinationRefused("destination_not_https", text)
    if "@" in parts.netloc:
        raise DestinationRefused("destination_password", "")  # not shown: it may be a password
    # Python and what it asks may read a backslash or a sign that is not shown in two ways.
    if not text.isprintable() or "\\" in text or " " in text or port == 0:
        raise DestinationRefused("destination_written", text)
    host = _host(parts.hostname or "")
    if host is None:
        raise DestinationRefused("destination_written", text)
    target = quote(parts.path or "/", _PLAIN)
    if parts.query:
        target += "?" + quote(parts.query, _PLAIN)
    return WrittenAddress(scheme, host, port or _PORTS[scheme], target)


def is_inside(address: IPAddress) -> bool:
    """Say whether an address is not one of the public internet.

    So are those of this machine, of private networks, of one link (where a provider's machines get
    their keys, 169.254.169.254), of groups, and all that are not given to anybody.
    """
    found = innermost(address)
    if isinstance(found, IPv6Address) and (found.is_site_local or found in _HOLDING_IPV4_AND_MORE):
        return True
    return (
        not found.is_global
        or found.is_multicast
        or found.is_reserved
        or found.is_unspecified
        or any(found in network for network in _OF_NOBODY_ELSE if network.version == found.version)
    )


def innermost(address: IPAddress) -> IPAddress:
    """Return the IPv4 address that an IPv6 address stands for, or else the address itself."""
    if isinstance(address, IPv4Address):
        return address
    mapped = address.ipv4_mapped or address.sixtofour
    if mapped is not None:
        return mapped
    if any(address in network for network in _HOLDING_IPV4) and int(address) > 1:
        return IPv4Address(address.packed[-4:])
    return address


def _host(written: str) -> str | None:
    """Return a host in normal form; None where it is neither a name nor an address."""
    if "%" in written:  # a zone, as in fe80::1%eth0, is of one machine only
        return None
    if ":" in written:
        try:
            return str(IPv6Address(written))
        except ValueError:
            return None
    try:
        name = written.encode("idna").decode("ascii").lower()
    except UnicodeError:
        return None
    return name if _HOST_NAME.fullmatch(name) else None
