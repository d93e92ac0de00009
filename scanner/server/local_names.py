"""Look up names below `.local` where the system cannot, as on a minimal Debian.

Windows, macOS and Linux desktops look them up by multicast DNS. Elsewhere this module does, for
such names only, if python-zeroconf is installed.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

_ANSWERED_WITHIN_MS = 800


def address_of(host: str) -> str:
    """Return where to connect for a host: an address of a `.local` name, else the host itself."""
    if not host.lower().rstrip(".").endswith(".local") or system_asks_the_network():
        return host
    try:
        return _answer(host) or host
    except (ImportError, OSError):
        return host


def system_asks_the_network() -> bool:
    """Say whether the system looks up `.local` names by itself."""
    if not sys.platform.startswith("linux"):
        return True
    try:
        switch = Path("/etc/nsswitch.conf").read_text("utf-8")
    except OSError:
        return False
    hosts = [line for line in switch.splitlines() if line.startswith("hosts:")]
    return any("mdns" in line or "resolve" in line for line in hosts)


def _answer(host: str) -> str:
    from zeroconf import AddressResolverIPv4, IPVersion, Zeroconf  # type: ignore[attr-defined]

    zeroconf = Zeroconf(ip_version=IPVersion.V4Only)
    try:
        asked = AddressResolverIPv4(host.rstrip(".") + ".")
        asked.request(zeroconf, _ANSWERED_WITHIN_MS)
        return next(iter(asked.parsed_addresses()), "")
    finally:
        zeroconf.close()


class _Looked:
    """Connects to the looked-up address; the name is used for TLS and the Host header."""

    _dns_host: str

    def _new_conn(self) -> Any:
        name = self._dns_host
        self._dns_host = address_of(name)
        try:
            return super()._new_conn()  # type: ignore[misc] # urllib3's, whichever it is
        finally:
            self._dns_host = name


class _Http(_Looked, HTTPConnection):
    pass


class _Https(_Looked, HTTPSConnection):
    pass


class _HttpPool(HTTPConnectionPool):
    ConnectionCls = _Http


class _HttpsPool(HTTPSConnectionPool):
    ConnectionCls = _Https


class LocalNames(HTTPAdapter):
    """A transport of a requests session that reaches servers with local names."""

    def init_poolmanager(self, *arguments: Any, **more: Any) -> None:
        """Use pools whose connections look up local names."""
        super().init_poolmanager(*arguments, **more)
        pools = {"http": _HttpPool, "https": _HttpsPool}
        self.poolmanager.pool_classes_by_scheme = pools
