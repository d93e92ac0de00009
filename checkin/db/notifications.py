"""What processes tell one another through PostgreSQL: NOTIFY, and LISTEN.

A notification is sent after the commit that it tells of, on a connection of its own. Within the
transaction it would make all such transactions of the database commit one after the other.
"""

from __future__ import annotations

import logging
import secrets
import threading
import time
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg
from sqlalchemy.engine import make_url

_log = logging.getLogger(__name__)

#: a lost connection is opened again after so long
RETRY_S = 1.0
#: where LISTEN has no effect, it is tried again after so long: the pooler may be gone
TRY_AGAIN_S = 60.0
#: so long after LISTEN, a notification of our own must have come back
PROOF_S = 3.0
#: the listening thread looks so often whether somebody still listens; PostgreSQL is not asked
_ASIDE_S = 0.5
_PROOF = "marhaba_proof"
#: a connection that went away without a word is noticed within about ten seconds
_OPTIONS: dict[str, Any] = {
    "application_name": "marhaba notifications",
    "connect_timeout": 5,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
}

_Connection = psycopg.Connection[Any]


@dataclass(frozen=True, eq=False)
class _Listener:
    channel: str
    heard: Callable[[], None]


class Notifications:
    """Notifications among the processes of one PostgreSQL database.

    One connection sends, once something was sent. Another one listens, for as long as somebody in
    this process does.

    Args:
        url: the database's own address: behind a pooler that gives each transaction another
            connection, LISTEN has no effect.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self._sending = threading.Lock()
        self._sender: _Connection | None = None
        self._listeners: set[_Listener] = set()
        self._listeners_changed = threading.Condition()
        self._thread: threading.Thread | None = None
        self._arrive = False

    @property
    def arrive(self) -> bool:
        """Whether notifications reach this process now, as one of its own has shown."""
        return self._arrive

    def send(self, channel: str, payload: str = "") -> None:
        """Send a notification, which is a transaction of its own.

        Raises:
            psycopg.Error: it was not sent.
        """
        with self._sending:
            try:
                if self._sender is None:
                    self._sender = connected(self._url)
                self._sender.execute("SELECT pg_notify(%s, %s)", (channel, payload))
            except psycopg.Error:
                self._close_sender()
                raise

    @contextmanager
    def listened(self, channel: str, heard: Callable[[], None]) -> Iterator[None]:
        """Call `heard` for each notification of a channel, from another thread.

        It is also called whenever listening has begun or was interrupted, because nobody knows
        what was sent before; so whoever looks when called misses nothing.
        """
        listener = _Listener(channel, heard)
        with self._listeners_changed:
            self._listeners.add(listener)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="listen", daemon=True)
                self._thread.start()
        try:
            yield
        finally:
            with self._listeners_changed:
                self._listeners.remove(listener)
                self._listeners_changed.notify_all()

    def close(self) -> None:
        """Close the sending connection; the next notification opens it again."""
        with self._sending:
            self._close_sender()

    def _close_sender(self) -> None:
        if self._sender is not None:
            self._sender.close()
        self._sender = None

    def _run(self) -> None:
        while self._somebody_listens():
            wait_s = RETRY_S
            try:
                with connected(self._url) as connection:
                    wait_s = self._hear(connection)
            except psycopg.Error as fault:
                _log.warning("notifications of the database are not heard: %s", fault)
            self._arrive = False
            _tell(self._present())
            with self._listeners_changed:
                self._listeners_changed.wait_for(lambda: not self._listeners, wait_s)

    def _somebody_listens(self) -> bool:
        with self._listeners_changed:
            if not self._listeners:
                self._thread = None
            return bool(self._listeners)

    def _hear(self, connection: _Connection) -> float:
        """Listen until nobody does any more; return after how many seconds to listen again."""
        token, until = secrets.token_hex(8), time.monotonic() + PROOF_S
        connection.execute(f"LISTEN {_PROOF}")
        self.send(_PROOF, token)
        known: set[_Listener] = set()
        while present := self._present():
            _listen(connection, present - known)
            known = present
            for notification in connection.notifies(timeout=_ASIDE_S):
                self._arrive |= notification.payload == token
                _tell(each for each in self._present() if each.channel == notification.channel)
            if not self._arrive and time.monotonic() > until:
                return _give_up(connection)
        return 0.0

    def _present(self) -> set[_Listener]:
        with self._listeners_changed:
            return set(self._listeners)


def connected(url: str) -> _Connection:
    """Return a connection of its own on which each statement commits by itself.

    Raises:
        psycopg.Error: the database cannot be reached.
    """
    parsed = make_url(url)
    _, given = parsed.get_dialect()().create_connect_args(parsed)
    # Behind a pooler a prepared statement may be another connection's.
    return psycopg.connect(**_OPTIONS | dict(given), autocommit=True, prepare_threshold=None)


def _listen(connection: _Connection, listeners: Collection[_Listener]) -> None:
    for channel in {each.channel for each in listeners}:
        connection.execute(f"LISTEN {channel}".encode())
    _tell(listeners)


def _tell(listeners: Iterable[_Listener]) -> None:
    for each in listeners:
        each.heard()


def _give_up(connection: _Connection) -> float:
    _log.warning(
        "LISTEN has no effect at the database's address, which a pooler may answer: set "
        "CHECKIN_DATABASE_DIRECT_URL to the address of PostgreSQL itself"
    )
    # The pooler's connection to PostgreSQL would go on listening for nobody.
    connection.execute("UNLISTEN *")
    return TRY_AGAIN_S
