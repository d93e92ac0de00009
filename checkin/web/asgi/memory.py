"""Limits on the memory that request bodies may hold in total, and for one client."""

from __future__ import annotations

from collections import Counter

from checkin.domain.accounts.browsers import client_of
from checkin.web.asgi.environ import Scope

#: for all but the devices, from a body's first byte until it is answered
PEOPLE_BYTES = 96 * 2**20
#: for the devices' API: nobody's uploads keep a gate's scans out
DEVICES_BYTES = 32 * 2**20


class Memory:
    """A limited amount of memory for bodies; used in one event loop, so it needs no lock.

    Args:
        size: the total in bytes.
        share: how many bytes of it one holder may have; all of it by default.
    """

    def __init__(self, size: int, share: int | None = None) -> None:
        self.size = size
        self._share = size if share is None else share
        self._free = size
        self._held: Counter[str] = Counter()

    def take(self, size: int, holder: str = "") -> bool:
        """Reserve bytes for a holder; return whether they were available."""
        if size > self._free or self._held[holder] + size > self._share:
            return False
        self._free -= size
        self._held[holder] += size
        return True

    def give_back(self, size: int, holder: str = "") -> None:
        """Release bytes that a holder has reserved."""
        self._free += size
        self._held[holder] -= size
        if not self._held[holder]:
            del self._held[holder]


class Memories:
    """The memory for devices' request bodies, and another one for all others.

    One address holds half of either at most. Behind a proxy all clients have one address, but a
    buffering proxy passes bodies on whole, so that they are held only for moments.
    """

    def __init__(self) -> None:
        self.people = Memory(PEOPLE_BYTES, PEOPLE_BYTES // 2)
        self.devices = Memory(DEVICES_BYTES, DEVICES_BYTES // 2)

    def of(self, scope: Scope) -> Memory:
        """Return the memory in which a request's body is kept."""
        # Whether the token is a device's is only known in a thread; that one is shown is for free.
        is_device = b"/api/v1/" in scope["raw_path"] and any(
            name == b"authorization" for name, _ in scope["headers"]
        )
        return self.devices if is_device else self.people


def holder_of(scope: Scope) -> str:
    """Return the client for which a body is kept: its address, or the /64 of an IPv6 address."""
    return client_of(scope["client"][0])
