"""Say for which origins a browser makes and uses passkeys."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class RelyingParty:
    """The server as WebAuthn knows it.

    Attributes:
        host: the name to which a passkey belongs, without a port.
        origin: scheme, name and port of the pages.
    """

    host: str
    origin: str


def relying_party(url: str) -> RelyingParty | None:
    """Return the relying party of an address; None where browsers offer no passkeys there.

    They do so for a name over https, and for localhost; an IP address is no name.
    """
    parts = urlsplit(url)
    host = parts.hostname or ""
    named = bool(host) and not _is_ip(host)
    local = host == "localhost" or host.endswith(".localhost")
    if not named or not (local or parts.scheme == "https"):
        return None
    return RelyingParty(host, f"{parts.scheme}://{parts.netloc}")


def _is_ip(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
