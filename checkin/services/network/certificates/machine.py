"""The addresses and names under which the local network may reach this machine."""

from __future__ import annotations

import socket

from checkin.domain.network.certificate_names import LOCAL_NAMES, Names
from checkin.services.network.interfaces import own_addresses


def machine_names(*more: str) -> Names:
    """Return all current addresses and names of this machine, permitted in a leaf or not.

    Args:
        more: further names, such as the host of its public address.
    """
    host = socket.gethostname()
    short = host.partition(".")[0]
    addresses = [str(address) for address in own_addresses() if not address.is_unspecified]
    named = [name for name in (host, f"{short}.local" if short else "", *more) if name]
    return Names.of(["localhost", "127.0.0.1", "::1", *LOCAL_NAMES, *named, *addresses])
