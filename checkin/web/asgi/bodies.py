"""Read request bodies in the event loop, with limits on time and size, and without a thread."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from checkin.web.asgi.environ import Scope
from checkin.web.asgi.memory import Memory
from checkin.web.site.refusals.request_body import LONGEST_READ_BYTES

Receive = Callable[[], Awaitable[dict[str, Any]]]

_CHECK_EVERY_S = 1.0
#: the longest body that pages and the API accept; a longer one is read to its end, so that its
#: sender reads the refusal, but not kept
LONGEST_KEPT_BYTES = 2 * 2**20
#: the longest upload of a list, with the form around it
LONGEST_LIST_BYTES = 10_500_000
#: so much of a body is kept whatever others hold: scans, and a hundred that were kept while the
#: network was away, go on beside any number of uploads
SMALL_BYTES = 32 * 2**10
#: an address may stand before our path
_LIST = re.compile(rb"/events/[^/]+(/delegations/[0-9]+)?/import$")


@dataclass(frozen=True)
class Patience:
    """How long reading a body may take.

    Attributes:
        pause_s: the longest pause in which nothing of it arrives.
        whole_s: the longest time for the whole body.
    """

    pause_s: float = 10.0
    whole_s: float = 60.0


PATIENCE = Patience()


class SenderTooSlow(Exception):
    """The rest of the body did not come in time."""


class SenderGone(Exception):
    """The connection ended before the body did."""


class Body:
    """The body of a request as far as it was received.

    Args:
        declared: its declared length in bytes; None for a chunked body.
        memory: the shared memory that is reserved for it beyond its first SMALL_BYTES.
        holder: the client in whose name the memory is reserved.
        longest: the largest length in bytes; a longer body is not kept.

    Attributes:
        length: how many bytes were received.
        crowded_out: whether it was not kept because other bodies held the memory.
    """

    def __init__(
        self,
        declared: int | None,
        memory: Memory,
        holder: str = "",
        longest: int = LONGEST_KEPT_BYTES,
    ) -> None:
        self.declared = declared
        self.longest = longest
        self.length = 0
        self.crowded_out = False
        self._kept = declared is None or declared <= longest
        self._pieces: list[bytes] = []
        self._held = 0
        self._memory = memory
        self._holder = holder

    def take(self, piece: bytes) -> None:
        """Receive the next piece of the body."""
        self.length += len(piece)
        if self._kept and not self._has_room():
            self._kept = False
            self.release()
        if self._kept:
            self._pieces.append(piece)

    def content(self) -> bytes:
        """Return the whole body, or nothing if it was too long to be kept."""
        return self._pieces[0] if len(self._pieces) == 1 else b"".join(self._pieces)

    def release(self) -> None:
        """Release the memory that the body holds."""
        self._memory.give_back(self._held, self._holder)
        self._held = 0
        self._pieces.clear()

    def _has_room(self) -> bool:
        if self.length > self.longest:
            return False
        more = max(0, self.length - SMALL_BYTES) - self._held
        if not more:
            return True
        self.crowded_out = not self._memory.take(more, self._holder)
        self._held += 0 if self.crowded_out else more
        return not self.crowded_out


def declared_length(scope: Scope) -> int | None:
    """Return the length of a request's body: 0 where there is none, None if it is chunked."""
    length = 0
    for name, value in scope["headers"]:
        if name == b"transfer-encoding":
            return None
        if name == b"content-length":
            length = int(value)
    return length


def longest_kept(scope: Scope) -> int:
    """Return the largest body in bytes that is kept for the request's path."""
    takes_lists = scope["method"] == "POST" and _LIST.search(scope["raw_path"])
    return LONGEST_LIST_BYTES if takes_lists else LONGEST_KEPT_BYTES


class BodyReader:
    """Reads bodies, and checks every second for senders that are too slow.

    A timer for each body would cost a scan more than all other work on its body.

    Args:
        patience: how long reading a body may take.
    """

    def __init__(self, patience: Patience) -> None:
        self._patience = patience
        self._open: set[_Reading] = set()
        self._timer: asyncio.TimerHandle | None = None

    async def read(self, receive: Receive, body: Body) -> None:
        """Read a body to its end, or up to the length at which reading stops.

        Raises:
            SenderTooSlow: the body did not arrive in time.
            SenderGone: the sender closed the connection.
        """
        reading = self._begin()
        try:
            while body.length != body.declared and body.length < LONGEST_READ_BYTES:
                message = await receive()
                if message["type"] == "http.disconnect":
                    raise SenderGone
                body.take(message["body"])
                reading.received_at = reading.now()
                if not message["more_body"]:
                    break
        except asyncio.CancelledError:
            if not reading.overdue:
                raise
            reading.task.uncancel()
            raise SenderTooSlow from None
        finally:
            self._open.discard(reading)

    def _begin(self) -> _Reading:
        reading = _Reading()
        self._open.add(reading)
        if self._timer is None:
            self._check_later()
        return reading

    def _check_later(self) -> None:
        self._timer = asyncio.get_running_loop().call_later(_CHECK_EVERY_S, self._check)

    def _check(self) -> None:
        for reading in self._open:
            reading.end_if_overdue(self._patience)
        self._timer = None
        if self._open:
            self._check_later()


class _Reading:
    """A task that reads a body, and when the body began and last got on."""

    def __init__(self) -> None:
        self.task: asyncio.Task[object] = asyncio.current_task()  # type: ignore[assignment]
        self.now = asyncio.get_running_loop().time
        self.begun_at = self.received_at = self.now()
        self.overdue = False

    def end_if_overdue(self, patience: Patience) -> None:
        now = self.now()
        silent = now - self.received_at >= patience.pause_s
        if not self.overdue and (silent or now - self.begun_at >= patience.whole_s):
            self.overdue = True
            self.task.cancel()
