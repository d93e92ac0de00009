"""Read the bodies of requests in the event loop: in time, within bounds, and without a thread."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from checkin.web.asgi.environ import Scope
from checkin.web.asgi.memory import Memory
from checkin.web.site.request_body import LONGEST_HEARD_BYTES

Receive = Callable[[], Awaitable[dict[str, Any]]]

_LOOK_EVERY_S = 1.0
#: what pages and the API take; a longer body is heard out, so that its sender reads the refusal,
#: but not kept
LONGEST_KEPT_BYTES = 2 * 2**20
#: a delegation's list, with the form around it
LONGEST_LIST_BYTES = 10_500_000
#: so much of a body is kept whatever others hold: scans, and a hundred that were kept while the
#: network was away, go on beside any number of uploads
SMALL_BYTES = 32 * 2**10
#: an address may stand before our path
_LIST = re.compile(rb"/events/[^/]+/delegations/[0-9]+/import$")


@dataclass(frozen=True)
class Patience:
    """How long a body may take.

    Attributes:
        pause_s: without any of it coming.
        whole_s: in all.
    """

    pause_s: float = 10.0
    whole_s: float = 60.0


PATIENCE = Patience()


class SenderTooSlow(Exception):
    """The rest of the body did not come in time."""


class SenderGone(Exception):
    """The connection ended before the body did."""


class Body:
    """What was heard of a body, and what was kept of it.

    Args:
        declared: its length in bytes; None where its end will tell.
        memory: what it is kept in beyond its first SMALL_BYTES.
        holder: in whose name.
        longest: in bytes; a longer one is not kept.

    Attributes:
        length: of what was heard, in bytes.
        crowded_out: it was not kept because others held the memory.
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
        """Hear the next piece."""
        self.length += len(piece)
        if self._kept and not self._has_room():
            self._kept = False
            self.let_go()
        if self._kept:
            self._pieces.append(piece)

    def content(self) -> bytes:
        """Return the whole body, or nothing where it was too long to be kept."""
        return self._pieces[0] if len(self._pieces) == 1 else b"".join(self._pieces)

    def let_go(self) -> None:
        """Give its memory back."""
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
    """Return how long the body will be: 0 where there is none, None where its end will tell."""
    length = 0
    for name, value in scope["headers"]:
        if name == b"transfer-encoding":
            return None
        if name == b"content-length":
            length = int(value)
    return length


def longest_kept(scope: Scope) -> int:
    """Return how many bytes of a body its path may take."""
    takes_lists = scope["method"] == "POST" and _LIST.search(scope["raw_path"])
    return LONGEST_LIST_BYTES if takes_lists else LONGEST_KEPT_BYTES


class Hearing:
    """Bodies that are being heard, and the look every second at those that do not get on.

    A timer for each body would cost a scan more than all the rest that is done for its body.

    Args:
        patience: how long a body may take.
    """

    def __init__(self, patience: Patience) -> None:
        self._patience = patience
        self._open: set[_Listener] = set()
        self._timer: asyncio.TimerHandle | None = None

    async def hear(self, receive: Receive, body: Body) -> None:
        """Hear a body to its end, or to the length from which on nobody is heard.

        Raises:
            SenderTooSlow: it did not come in time.
            SenderGone: its sender went away.
        """
        listener = self._begin()
        try:
            while body.length != body.declared and body.length < LONGEST_HEARD_BYTES:
                message = await receive()
                if message["type"] == "http.disconnect":
                    raise SenderGone
                body.take(message["body"])
                listener.heard_at = listener.now()
                if not message["more_body"]:
                    break
        except asyncio.CancelledError:
            if not listener.overdue:
                raise
            listener.task.uncancel()
            raise SenderTooSlow from None
        finally:
            self._open.discard(listener)

    def _begin(self) -> _Listener:
        listener = _Listener()
        self._open.add(listener)
        if self._timer is None:
            self._look_later()
        return listener

    def _look_later(self) -> None:
        self._timer = asyncio.get_running_loop().call_later(_LOOK_EVERY_S, self._look)

    def _look(self) -> None:
        for listener in self._open:
            listener.end_if_overdue(self._patience)
        self._timer = None
        if self._open:
            self._look_later()


class _Listener:
    """A task that hears a body."""

    def __init__(self) -> None:
        self.task: asyncio.Task[object] = asyncio.current_task()  # type: ignore[assignment]
        self.now = asyncio.get_running_loop().time
        self.begun_at = self.heard_at = self.now()
        self.overdue = False

    def end_if_overdue(self, patience: Patience) -> None:
        now = self.now()
        silent = now - self.heard_at >= patience.pause_s
        if not self.overdue and (silent or now - self.begun_at >= patience.whole_s):
            self.overdue = True
            self.task.cancel()
