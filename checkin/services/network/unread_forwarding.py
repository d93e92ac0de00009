"""Record X-Forwarded-* headers that are ignored because their sender is not a trusted proxy.

Behind a proxy that the settings do not name, everybody has the proxy's address, so one person's
wrong passwords slow everybody down. The server cannot know whether such headers come from a proxy
or are forged, so it warns once, and `doctor` repeats the warning. The record is a file, so that it
is written even while the database is away, and because each node has its own proxy.
"""

from __future__ import annotations

import contextlib
import json
import logging
import threading
from dataclasses import dataclass
from datetime import datetime
from ipaddress import ip_address
from pathlib import Path

from checkin.domain.accounts.browsers import network_of
from checkin.domain.network.proxies import Network, is_trusted

_log = logging.getLogger(__name__)
_NAME = "unread-forwarding.json"


@dataclass(frozen=True, slots=True)
class UnreadForwarding:
    """The first sender of ignored X-Forwarded-* headers since the server started, and when.

    Attributes:
        sender: a private address, where proxies are; of a public one only the network is kept.
    """

    sender: str
    at: datetime

    def sentence(self) -> str:
        """Return what the log and `doctor` say."""
        return (
            f"X-Forwarded-* headers arrived from {self.sender}, whom CHECKIN_TRUSTED_PROXIES does "
            "not name: they were not read. If that is your proxy, name it there; until then all "
            "who come through it count as one address"
        )


class ForwardingWatch:
    """Records the first ignored X-Forwarded-* headers since the server started."""

    def __init__(self, home: Path) -> None:
        self._file, self._noted, self._mutex = home / _NAME, False, threading.Lock()
        with contextlib.suppress(OSError):
            self._file.unlink(missing_ok=True)

    def saw(self, peer: str, now: datetime) -> None:
        """Record that `peer`, who is not a trusted proxy, sent X-Forwarded-* headers."""
        with self._mutex:
            if self._noted:
                return
            self._noted = True
        unread = UnreadForwarding(_sender(peer), now)
        _log.warning("%s", unread.sentence())
        told = {"sender": unread.sender, "at": now.isoformat(timespec="seconds")}
        with contextlib.suppress(OSError):
            self._file.write_text(json.dumps(told), "utf-8")


def unread_forwarding(home: Path, trusted: tuple[Network, ...]) -> UnreadForwarding | None:
    """Return what the running or last server recorded; None if the sender is trusted by now."""
    try:
        told = json.loads((home / _NAME).read_text("utf-8"))
        unread = UnreadForwarding(str(told["sender"]), datetime.fromisoformat(told["at"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return None if is_trusted(unread.sender, trusted) else unread


def _sender(peer: str) -> str:
    try:
        return peer if ip_address(peer).is_private else network_of(peer)
    except ValueError:
        return "a peer without an address"
