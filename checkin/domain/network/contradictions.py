"""Warn where the public address contradicts how this machine and its server are reached.

An address that was typed may belong to a former network, or have another scheme or port than the
server: then links do not work. Only behind a proxy is such an address right.
"""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address
from urllib.parse import urlsplit

from checkin.domain.common.problems import Problem
from checkin.domain.network.addresses import host_of_url
from checkin.domain.network.certificate_names import LOCAL_NAMES
from checkin.domain.network.public_address import BASE_URL, Listening

IPAddress = IPv4Address | IPv6Address
#: the server answers at another scheme or port of this very machine: nobody gets through
ELSEWHERE = "url_answers_elsewhere"
_NOT_HERE, _NO_NETWORK = "url_not_here", "url_no_network"
#: more are bridges of containers, and no help in a sentence
_HINTS = 3


def contradiction(
    url: str,
    listening: Listening | None,
    own_addresses: Sequence[IPAddress],
    *,
    is_behind_proxy: bool = False,
) -> Problem | None:
    """Return a warning about an address that contradicts the server; None if it may be right.

    Args:
        url: as `public_url` has returned it.
        listening: where `run` listens; None before it ever has.
        own_addresses: of this machine, the likeliest to be used first.
        is_behind_proxy: trusted proxies are set, whose address, scheme and port may be others.
    """
    if is_behind_proxy:
        return None
    host = host_of_url(url)
    address = _ip(host)
    if address in own_addresses or host in ("localhost", *LOCAL_NAMES) or _is_loopback(address):
        return _answering_elsewhere(url, host, listening)
    if address is None or address.is_global or not _is_for_others(listening):
        return None
    return _not_own_address(address, own_addresses)


def _answering_elsewhere(url: str, host: str, listening: Listening | None) -> Problem | None:
    if listening is None or not _answers(listening, host):
        return None
    scheme, authority = urlsplit(url)[:2]
    answers = listening.at(host)
    # A path may be one that a proxy takes off, and says nothing of scheme and port.
    return (
        None
        if f"{scheme}://{authority}" == answers
        else Problem(BASE_URL, ELSEWHERE, url, (answers,))
    )


def _not_own_address(address: IPAddress, own_addresses: Sequence[IPAddress]) -> Problem:
    usable = [
        str(own)
        for own in dict.fromkeys(own_addresses)
        if own.version == address.version and not (own.is_loopback or own.is_link_local)
    ]
    code = _NOT_HERE if usable else _NO_NETWORK
    return Problem(BASE_URL, code, str(address), tuple(usable[:_HINTS]))


def _is_for_others(listening: Listening | None) -> bool:
    """Say whether other machines reach the server itself, or may once it is started."""
    if listening is None or listening.is_everywhere:
        return True
    return listening.host != "localhost" and not _is_loopback(_ip(listening.host))


def _answers(listening: Listening, host: str) -> bool:
    """Say whether the server answers at one of this machine's own addresses."""
    address = _ip(host)
    if listening.is_everywhere:
        return address is None or address.version == 4 or listening.host == "::"
    if host in LOCAL_NAMES:
        return _is_for_others(listening)
    if host == "localhost" or _is_loopback(address):
        return not _is_for_others(listening)
    return address == _ip(listening.host)


def _is_loopback(address: IPAddress | None) -> bool:
    return address is not None and address.is_loopback


def _ip(host: str) -> IPAddress | None:
    try:
        return ip_address(host)
    except ValueError:
        return None
