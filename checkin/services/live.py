"""Send live counts to every open board: one query per change, however many boards there are."""

from __future__ import annotations

import logging
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from checkin.services.live_counts import LiveCounts

_log = logging.getLogger(__name__)

#: scans of other processes are noticed by looking this often, only while someone watches
LOOK_EVERY_S = 0.5
#: changes within this time are sent together
PAUSE_S = 0.1
#: an unchanged board hears from us this often, so that both sides notice a dead line
HEARTBEAT_S = 10.0
#: each open stream holds one of the server's threads
MAX_STREAMS = 208


class TooManyStreams(Exception):
    """Every place for a stream is taken; the board polls instead."""


class _Channel:
    """The latest body of one event, and a condition that its watchers wait on."""

    def __init__(self) -> None:
        self.changed = threading.Condition()
        self.counts: LiveCounts | None = None
        self.body = ""
        self.version = 0
        self.watchers = 0

    def publish(self, counts: LiveCounts, body: str) -> None:
        with self.changed:
            self.counts, self.body = counts, body
            self.version += 1
            self.changed.notify_all()


class LiveHub:
    """Publishes the counts of events to the streams that watch them.

    Args:
        counts: returns an event's counts, without the moment of asking.
        write: makes the body to send of counts that changed just now.
    """

    def __init__(
        self,
        counts: Callable[[int], LiveCounts],
        write: Callable[[LiveCounts], str],
    ) -> None:
        self._counts, self._write = counts, write
        self._channels: defaultdict[int, _Channel] = defaultdict(_Channel)
        self._mutex = threading.Lock()
        self._nudged = threading.Event()
        self._closed = False
        self._streams = 0
        self._thread: threading.Thread | None = None

    def nudge(self, _event_id: int) -> None:
        """Say that something was committed; returns at once."""
        self._nudged.set()

    @property
    def streams(self) -> int:
        """How many streams are open."""
        return self._streams

    @contextmanager
    def subscribe(self, event_id: int) -> Iterator[Iterator[str | None]]:
        """Yield an endless iterator of an event's counts: a body, or None as a heartbeat.

        Raises:
            TooManyStreams: other streams hold all the places.
        """
        channel = self._enter(event_id)
        try:
            yield self._bodies(channel)
        finally:
            with self._mutex:
                channel.watchers -= 1
                self._streams -= 1

    def close(self) -> None:
        """End all streams."""
        self._closed = True
        self._nudged.set()
        for channel in list(self._channels.values()):
            with channel.changed:
                channel.changed.notify_all()

    def _enter(self, event_id: int) -> _Channel:
        with self._mutex:
            if self._streams >= MAX_STREAMS:
                raise TooManyStreams
            channel = self._channels[event_id]
            channel.watchers += 1
            self._streams += 1
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="live", daemon=True)
                self._thread.start()
        self._nudged.set()
        return channel

    def _bodies(self, channel: _Channel) -> Iterator[str | None]:
        seen = 0
        while not self._closed:
            with channel.changed:
                channel.changed.wait_for(
                    lambda seen=seen: self._closed or channel.version > seen,  # type: ignore[misc]
                    timeout=HEARTBEAT_S,
                )
                fresh, body, seen = channel.version > seen, channel.body, channel.version
            yield body if fresh else None

    def _run(self) -> None:
        while not self._closed:
            self._nudged.wait(LOOK_EVERY_S)
            self._nudged.clear()
            for event_id, channel in list(self._channels.items()):
                if channel.watchers:
                    self._look(event_id, channel)
            time.sleep(PAUSE_S)

    def _look(self, event_id: int, channel: _Channel) -> None:
        try:
            counts = self._counts(event_id)
        except Exception:  # whatever it is, the next look may pass: boards must outlive it
            _log.exception("the counts of event %s could not be read", event_id)
            return
        if counts != channel.counts:
            channel.publish(counts, self._write(counts))
