"""Notice that something was committed to a database, in this process or in another one."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path
from typing import Protocol

import psycopg

from checkin.db.notifications import RETRY_S, Notifications
from checkin.db.sealing import DRIVER_ERRORS, connect

_log = logging.getLogger(__name__)

#: the channel on which processes tell one another that they have committed
CHANNEL = "marhaba_live"
#: one process tells of its commits at most this often: each is a statement, and makes every node
#: with an open board look
ANNOUNCE_EVERY_S = 0.2
#: SQLite is asked for its data version this often, which takes 2.5 µs and reads no table
ASK_EVERY_S = 0.075
#: whoever follows looks this often all the same, for what changes with the time alone, and because
#: a process may end before it has told
SELDOM_S = 5.0
#: as often as this while nobody tells us of changes
OFTEN_S = 0.5


class Changes(Protocol):
    """The commits of a database, whichever process they are of."""

    @property
    def look_every_s(self) -> float:
        """How often to look although nothing was noticed, in seconds."""
        ...

    def followed(self, changed: Callable[[], None]) -> AbstractContextManager[None]:
        """Call `changed` from another thread after commits, and once at the beginning.

        It may be called once for many commits, and for those that change nothing of interest.
        """
        ...

    def committed(self) -> None:
        """Take note of a commit of this process; returns at once."""
        ...

    def close(self) -> None:
        """Tell of what was committed last, and end."""
        ...


class SqliteChanges:
    """The commits of a SQLite file, which itself tells every connection of them.

    Args:
        file: the database's file.
        key: of one that is sealed.
    """

    look_every_s = SELDOM_S

    def __init__(self, file: Path, key: str = "") -> None:
        self._file, self._key = file, key

    @contextmanager
    def followed(self, changed: Callable[[], None]) -> Iterator[None]:
        """Call `changed` after commits."""
        ended = threading.Event()
        watcher = threading.Thread(
            target=self._watch, args=(changed, ended), name="data version", daemon=True
        )
        watcher.start()
        try:
            yield
        finally:
            ended.set()
            watcher.join()

    def committed(self) -> None:
        """Do nothing: the file has a new data version already."""

    def close(self) -> None:
        """Do nothing: whoever follows ends by itself."""

    def _watch(self, changed: Callable[[], None], ended: threading.Event) -> None:
        while not ended.is_set():
            try:
                self._ask(changed, ended)
            except DRIVER_ERRORS as fault:
                _log.warning("the data version of %s cannot be read: %s", self._file, fault)
                ended.wait(SELDOM_S)

    def _ask(self, changed: Callable[[], None], ended: threading.Event) -> None:
        address = f"{self._file.absolute().as_uri()}?mode=rw"
        with closing(connect(address, self._key)) as connection:
            seen = None
            while not ended.wait(ASK_EVERY_S):
                (version,) = connection.execute("PRAGMA data_version").fetchone()
                if version != seen:
                    changed()
                seen = version


class PostgresqlChanges:
    """The commits of a PostgreSQL database, of which its processes tell one another.

    A thread sends the notifications, soon after a commit and never within its transaction.
    """

    def __init__(self, notifications: Notifications) -> None:
        self._notifications = notifications
        self._news = threading.Condition()
        self._untold = False
        self._closed = False
        self._thread: threading.Thread | None = None

    @property
    def look_every_s(self) -> float:
        """How often to look although nothing was heard, in seconds."""
        return SELDOM_S if self._notifications.arrive else OFTEN_S

    def followed(self, changed: Callable[[], None]) -> AbstractContextManager[None]:
        """Call `changed` after commits."""
        return self._notifications.listened(CHANNEL, changed)

    def committed(self) -> None:
        """Let the other processes know soon."""
        with self._news:
            self._untold = True
            self._news.notify()
            if self._thread is None or not self._thread.is_alive():  # it does not survive a fork
                self._closed = False
                self._thread = threading.Thread(target=self._run, name="announce", daemon=True)
                self._thread.start()

    def close(self) -> None:
        """Tell of what was committed last, and close the connection that tells."""
        with self._news:
            self._closed = True
            self._news.notify()
        if self._thread is not None and self._thread.is_alive():
            self._thread.join()
        self._notifications.close()

    def _run(self) -> None:
        while self._something_is_untold():
            pause_s = self._announce()
            with self._news:
                self._news.wait_for(lambda: self._closed, pause_s)

    def _something_is_untold(self) -> bool:
        """Wait for a commit that nobody was told of; False at the end."""
        with self._news:
            self._news.wait_for(lambda: self._untold or self._closed)
            untold, self._untold = self._untold, False
            return untold

    def _announce(self) -> float:
        """Tell of all commits up to now; return how long to be silent then, in seconds."""
        try:
            self._notifications.send(CHANNEL)
        except psycopg.Error as fault:
            _log.info("other processes were not told of a change: %s", fault)
            with self._news:
                self._untold = not self._closed
            return RETRY_S
        return ANNOUNCE_EVERY_S
