"""Where the server listens, and a sentence where it cannot."""

from __future__ import annotations

import socket

from checkin.domain.network.addresses import only_this_machine_understands
from checkin.errors import SettingsError


def free_address(host: str, port: int) -> str:
    """Return the IP address of `host`, at which nobody listens on `port` yet.

    Raises:
        SettingsError: the name is not this machine's, or the port is taken or not for us.
    """
    family, address = _resolved(host)
    try:
        socket.create_server((address, port), family=family).close()
    except OSError as fault:
        raise SettingsError(
            f"cannot listen on port {port} of {host}: {fault.strerror}; stop the program that is "
            "there, or choose another port with --port"
        ) from None
    return address


def reached_host(host: str, address: str) -> str:
    """Return the host of the server's address: the name that was asked for, if others know it.

    Args:
        address: the IP address of `host`.
    """
    return address if only_this_machine_understands(host) else host


def _resolved(host: str) -> tuple[int, str]:
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise SettingsError(
            f"--host {host} is no address of this machine: 127.0.0.1 for itself, 0.0.0.0 for all"
        ) from None
    # localhost is both: old telephones and scripts expect the first kind of address
    family, *_, (address, *_) = min(found, key=lambda one: one[0] != socket.AF_INET)
    return family, str(address)
