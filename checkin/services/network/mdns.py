"""Announce `marhaba.local` on the local network, a name that stays when the address changes.

It uses multicast DNS (RFC 6762) and DNS service discovery (RFC 6763). It is a convenience: a
failure is reported in one line, and the server goes on.
"""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from ipaddress import IPv4Address

from zeroconf import (  # type: ignore[attr-defined] # one is missing in its list of names
    AddressResolverIPv4,
    IPVersion,
    NonUniqueNameException,
    ServiceInfo,
    Zeroconf,
)
from zeroconf import Error as ZeroconfError

from checkin.domain.network.certificate_names import LOCAL_NAMES

LOOK_EVERY_S = 1.0
#: a network that refused multicast may take it later, as one that has only just come up
_AGAIN_AFTER_S = 30.0
#: another machine's answer takes some milliseconds, and a sleeping one's a second
_ANSWERED_WITHIN_MS = 1500


class Announcement:
    """Announces a local name at these addresses until it is closed."""

    def __init__(self, addresses: Iterable[IPv4Address], port: int, *, tls: bool) -> None:
        """Take the first local name that no other machine has, and announce it.

        Raises:
            OSError, zeroconf.Error: the network has no multicast, or all names are taken.
        """
        texts = [str(address) for address in addresses]
        for text in texts:
            _check_ours(text)
        self._zeroconf = Zeroconf(interfaces=texts, ip_version=IPVersion.V4Only)
        try:
            self.name = self._free_name(set(texts))
            self._register(texts, port, "_https._tcp" if tls else "_http._tcp")
        except BaseException:
            self._zeroconf.close()
            raise

    def close(self) -> None:
        """Withdraw the announcement from the network."""
        self._zeroconf.close()

    def _free_name(self, ours: set[str]) -> str:
        for name in LOCAL_NAMES:
            asked = AddressResolverIPv4(name + ".")
            asked.request(self._zeroconf, _ANSWERED_WITHIN_MS)
            # A second server on this very machine may answer, too: its addresses are right.
            if set(asked.parsed_addresses()) <= ours:
                return name
        raise NonUniqueNameException(f"{', '.join(LOCAL_NAMES)} are all taken")

    def _register(self, addresses: list[str], port: int, kind: str) -> None:
        info = ServiceInfo(
            f"{kind}.local.",
            f"Marhaba.{kind}.local.",
            parsed_addresses=addresses,
            port=port,
            properties={"path": "/"},
            server=self.name + ".",
        )
        self._zeroconf.register_service(info, allow_name_change=True)


def _check_ours(address: str) -> None:
    """Refuse an address that the machine has just lost; the library would leak a socket."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind((address, 0))


class Announcer:
    """Keeps the announcement up to date with the machine's addresses."""

    def __init__(
        self,
        addresses: Callable[[], list[IPv4Address]],
        port: int,
        *,
        tls: bool,
        tell: Callable[[str], None],
    ) -> None:
        """Prepare the announcement; nothing is sent yet.

        Args:
            addresses: returns the addresses at which others may reach this server now.
            tell: called with a sentence about the announcement's state whenever that changes.
        """
        self._addresses, self._port, self._tls, self._tell = addresses, port, tls, tell
        self._at: list[IPv4Address] | None = None
        self._announcement: Announcement | None = None
        self._again_at_s = 0.0
        self._told = ""

    @contextmanager
    def announcing(self) -> Iterator[None]:
        """Announce the name in the background, and follow changes of the machine's addresses."""
        over = threading.Event()

        def watch() -> None:
            self.look()
            while not over.wait(LOOK_EVERY_S):
                self.look()

        watcher = threading.Thread(target=watch, name="mDNS", daemon=True)
        watcher.start()
        try:
            yield
        finally:
            over.set()
            watcher.join()
            self._close()

    def look(self) -> None:
        """Announce again if the addresses have changed, or if announcing failed a while ago."""
        addresses, now_s = self._addresses(), time.monotonic()
        if addresses == self._at and (self._announcement or now_s < self._again_at_s):
            return
        self._close()
        self._at, self._again_at_s = addresses, now_s + _AGAIN_AFTER_S
        sentence = self._announced(addresses)
        if sentence != self._told:
            self._tell(sentence)
        self._told = sentence

    def _announced(self, addresses: list[IPv4Address]) -> str:
        if not addresses:
            return "not announced: no network"
        try:
            self._announcement = Announcement(addresses, self._port, tls=self._tls)
        except (OSError, ZeroconfError) as fault:
            return f"not announced: {fault}"
        return f"{self._announcement.name} is {', '.join(map(str, addresses))}"

    def _close(self) -> None:
        if self._announcement:
            self._announcement.close()
            self._announcement = None
