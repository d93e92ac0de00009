"""Publish live views of events to open streams: one query per change, however many are open."""

from __future__ import annotations

import logging
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from checkin.db.changes import Changes
from checkin.db.faults import SENTENCES, outage_of
from checkin.services.board.stream_readers import MOST_OF_AN_ACCOUNT, Reader

_log = logging.getLogger(__name__)

#: changes within this time are sent together: 200 boards that are told of every single scan of a
#: busy minute would take from the gates what they need
PAUSE_S = 0.4
#: the last look at the database and a pause take no longer, unless it has stopped answering
_LAST_LOOK_S = 5.0
#: so many streams are woken at once, and then scans get a breath: 200 threads that all wake up
#: together would keep a gate waiting until the last of them has written
AT_ONCE = 8
BREATH_S = 0.004
#: an unchanged board hears from us this often, so that both sides notice a dead line
HEARTBEAT_S = 10.0
#: each open stream holds one of the server's threads
MAX_STREAMS = 208


class TooManyStreams(Exception):
    """The server, or this account, has its largest number of streams open; the board polls."""


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


def _everybody(readers: Collection[Reader]) -> Collection[Reader]:
    return readers


class LiveHub:
    """Publishes views of events to the streams that watch them.

    While nobody watches, it has no thread, and nothing is asked of the database.

    Args:
        views: the views that streams can follow, by name.
        changes: tells when to read the views again.
        allowed: returns which of these readers may still watch. It is called whenever the views are
            read, once for all streams; the streams of the others end at once.
    """

    def __init__(
        self,
        views: Mapping[str, View],
        changes: Changes,
        allowed: Callable[[Collection[Reader]], Collection[Reader]] = _everybody,
    ) -> None:
        self._views = views
        self._changes = changes
        self._allowed = allowed
        self._readers: Counter[Reader] = Counter()
        self._put_out: frozenset[Reader] = frozenset()
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
    def subscribe(
        self, view: str, event_id: int, reader: Reader | None = None
    ) -> Iterator[Iterator[str | None]]:
        """Yield an iterator of a view of an event: a body, or None as a heartbeat.

        It ends when its reader may no longer watch.

        Raises:
            TooManyStreams: other streams hold all the places, or all those of the reader's account.
        """
        channel = self._enter(view, event_id, reader)
        try:
            yield self._bodies(channel, reader)
        finally:
            self._leave(channel, reader)

    def close(self) -> None:
        """End all streams, and wait until nothing is read for them any more."""
        self._closed = True
        self._nudged.set()
        for channel in list(self._channels.values()):
            with channel.changed:
                channel.changed.notify_all()
        if (thread := self._thread) is not None:
            thread.join(_LAST_LOOK_S)

    def _enter(self, view: str, event_id: int, reader: Reader | None) -> _Channel:
        with self._mutex:
            if self._streams >= MAX_STREAMS or self._uses_its_budget_up(reader):
                raise TooManyStreams
            channel = self._channels[view, event_id]
            channel.watchers += 1
            self._streams += 1
            if reader is not None:
                self._readers[reader] += 1
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="live", daemon=True)
                self._thread.start()
        self._nudged.set()
        return channel

    def _leave(self, channel: _Channel, reader: Reader | None) -> None:
        with self._mutex:
            channel.watchers -= 1
            self._streams -= 1
            if reader is not None:
                self._readers[reader] -= 1
                self._readers += Counter()  # without those who have left

    def _uses_its_budget_up(self, reader: Reader | None) -> bool:
        if reader is None:
            return False
        open_now = sum(n for one, n in self._readers.items() if one.account == reader.account)
        return open_now >= MOST_OF_AN_ACCOUNT

    def _bodies(self, channel: _Channel, reader: Reader | None) -> Iterator[str | None]:
        seen = 0
        while not self._has_ended(reader):
            with channel.changed:
                channel.changed.wait_for(
                    lambda seen=seen: (  # type: ignore[misc]
                        self._has_ended(reader) or channel.version > seen
                    ),
                    timeout=HEARTBEAT_S,
                )
                fresh, body, seen = channel.version > seen, channel.body, channel.version
            if not self._has_ended(reader):
                yield body if fresh else None

    def _has_ended(self, reader: Reader | None) -> bool:
        return self._closed or reader in self._put_out

    def _run(self) -> None:
        with self._changes.followed(self._nudged.set):
            while self._somebody_watches():
                self._nudged.wait(self._changes.look_every_s)
                self._nudged.clear()
                self._end_streams_of_others()
                for (view, event_id), channel in list(self._channels.items()):
                    if channel.watchers:
                        self._look(self._views[view], event_id, channel)
                time.sleep(PAUSE_S)

    def _end_streams_of_others(self) -> None:
        """End the streams of those who may no longer watch."""
        with self._mutex:
            readers = frozenset(self._readers)
        if self._closed or not readers:
            return  # the database may be closed by now
        try:
            self._put_out = readers - frozenset(self._allowed(readers))
        except Exception as fault:  # as for views: the next look may pass
            _complain("boards of all events", fault)
            return
        if self._put_out:
            for channel in list(self._channels.values()):
                with channel.changed:
                    channel.changed.notify_all()

    def _somebody_watches(self) -> bool:
        with self._mutex:
            if self._closed or not self._streams:
                self._thread = None
            return self._thread is not None

    def _look(self, view: View, event_id: int, channel: _Channel) -> None:
        try:
            shown = view.read(event_id)
        except Exception as fault:  # whatever it is, the next look may pass: boards outlive it
            _complain(f"boards of event {event_id}", fault)
            return
        if shown != channel.shown:
            channel.publish(shown, view.write(shown))


def _complain(what: str, fault: Exception) -> None:
    outage = outage_of(fault)
    if outage is None:
        _log.exception("%s cannot be kept up to date", what)
    else:
        _log.warning("%s wait: %s", what, SENTENCES[outage])
