"""What people on the local network may call this machine."""

from __future__ import annotations

import socket

from checkin.domain.network.certificate_names import LOCAL_NAMES, Names
from checkin.services.network.interfaces import own_addresses


def machine_names(*more: str) -> Names:
    """Return every address and name of this machine now, inside the constraints or not.

    Args:
        more: what it is called besides, such as the host of its public address.
    """
    host = socket.gethostname()
    short = host.partition(".")[0]
    addresses = [str(address) for address in own_addresses() if not address.is_unspecified]
    named = [name for name in (host, f"{short}.local" if short else "", *more) if name]
    return Names.of(["localhost", "127.0.0.1", "::1", *LOCAL_NAMES, *named, *addresses])
