"""Publish live views of events to open streams: one query per change, however many are open."""

from __future__ import annotations

import logging
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from checkin.db.changes import Changes
from checkin.db.faults import SENTENCES, outage_of

_log = logging.getLogger(__name__)

#: changes within this time are sent together: 200 boards that are told of every single scan of a
#: busy minute would take from the gates what they need
PAUSE_S = 0.4
#: so many streams are woken at once, and then scans get a breath: 200 threads that all wake up
#: together would keep a gate waiting until the last of them has written
AT_ONCE = 8
BREATH_S = 0.004
#: an unchanged board hears from us this often, so that both sides notice a dead line
HEARTBEAT_S = 10.0
#: each open stream holds one of the server's threads
MAX_STREAMS = 208


class TooManyStreams(Exception):
    """The largest number of streams is open already; the board polls instead."""


@dataclass(frozen=True, slots=True)
class View:
    """One view of an event that streams can follow.

    Attributes:
        read: returns what is shown, without the current time: if it is equal, nothing is sent.
        write: makes the body to send from what `read` returned.
    """

    read: Callable[[int], Any]
    write: Callable[[Any], str]


class _Channel:
    """The latest body of one view of an event, and a condition that its watchers wait on."""

    def __init__(self) -> None:
        self.changed = threading.Condition()
        self.shown: Any = None
        self.body = ""
        self.version = 0
        self.watchers = 0

    def publish(self, shown: Any, body: str) -> None:
        with self.changed:
            self.shown, self.body = shown, body
            self.version += 1
        for _ in range(0, self.watchers, AT_ONCE):
            with self.changed:
                self.changed.notify(AT_ONCE)
            time.sleep(BREATH_S)


class LiveHub:
    """Publishes views of events to the streams that watch them.

    While nobody watches, it has no thread, and nothing is asked of the database.

    Args:
        views: the views that streams can follow, by name.
        changes: tells when to read the views again.
    """

    def __init__(self, views: Mapping[str, View], changes: Changes) -> None:
        self._views = views
        self._changes = changes
        self._channels: defaultdict[tuple[str, int], _Channel] = defaultdict(_Channel)
        self._mutex = threading.Lock()
        self._nudged = threading.Event()
        self._closed = False
        self._streams = 0
        self._thread: threading.Thread | None = None

    def nudge(self, _event_id: int) -> None:
        """Say that something was committed here, so that views are read again; returns at once."""
        self._nudged.set()

    @property
    def streams(self) -> int:
        """How many streams are open."""
        return self._streams

    @contextmanager
    def subscribe(self, view: str, event_id: int) -> Iterator[Iterator[str | None]]:
        """Yield an endless iterator of a view of an event: a body, or None as a heartbeat.

        Raises:
            TooManyStreams: other streams hold all the places.
        """
        channel = self._enter(view, event_id)
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

    def _enter(self, view: str, event_id: int) -> _Channel:
        with self._mutex:
            if self._streams >= MAX_STREAMS:
                raise TooManyStreams
            channel = self._channels[view, event_id]
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
        with self._changes.followed(self._nudged.set):
            while self._somebody_watches():
                self._nudged.wait(self._changes.look_every_s)
                self._nudged.clear()
                for (view, event_id), channel in list(self._channels.items()):
                    if channel.watchers:
                        self._look(self._views[view], event_id, channel)
                time.sleep(PAUSE_S)

    def _somebody_watches(self) -> bool:
        with self._mutex:
            if self._closed or not self._streams:
                self._thread = None
            return self._thread is not None

    def _look(self, view: View, event_id: int, channel: _Channel) -> None:
        try:
            shown = view.read(event_id)
        except Exception as fault:  # whatever it is, the next look may pass: boards outlive it
            _complain(event_id, fault)
            return
        if shown != channel.shown:
            channel.publish(shown, view.write(shown))


def _complain(event_id: int, fault: Exception) -> None:
    outage = outage_of(fault)
    if outage is None:
        _log.exception("event %s could not be read for its watchers", event_id)
    else:
        _log.warning("boards of event %s wait: %s", event_id, SENTENCES[outage])
