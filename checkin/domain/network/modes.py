"""Decide in which of the documented ways an installation is run, by what is known of it."""

from __future__ import annotations

from enum import StrEnum

from checkin.domain.network.addresses import host_of_url
from checkin.domain.network.certificate_names import Names, permitted


class Mode(StrEnum):
    """How people reach the server (docs/operating.md)."""

    LAPTOP = "one laptop"
    LAPTOP_TLS = "the venue's laptop over TLS"
    PROXY = "behind a proxy"


def mode_of(url: str, answers: str, *, has_proxies: bool) -> Mode:
    """Return the way in which an installation is run.

    Args:
        url: the address that people use.
        answers: the scheme at which the server answers itself; "" before it ever ran.
        has_proxies: trusted proxies are set.
    """
    if has_proxies:
        return Mode.PROXY
    if answers == "https":
        return Mode.LAPTOP_TLS
    if not url.startswith("https://"):
        return Mode.LAPTOP
    # Nobody but a proxy can speak TLS for a server that does not, or for a name on the internet.
    is_local = permitted(Names.of([host_of_url(url)])).texts()
    return Mode.LAPTOP_TLS if is_local and not answers else Mode.PROXY
