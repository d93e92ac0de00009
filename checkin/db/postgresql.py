"""Connections to PostgreSQL: through a pooler, after a restart, to one that takes no changes."""

from __future__ import annotations

import select
import sys
from typing import Any

import psycopg
from sqlalchemy import Engine, event
from sqlalchemy.engine import ExceptionContext, make_url
from sqlalchemy.exc import DisconnectionError

from checkin.db.faults import Outage, outage_of

#: a server that is gone without a word is given up after so many seconds, which TCP by itself
#: would take a quarter of an hour for; the database's address may say otherwise
_NETWORK = {
    "connect_timeout": 5,
    "tcp_user_timeout": 10_000,  # milliseconds
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 2,
    "application_name": "marhaba",
}


def connect_args(url: str) -> dict[str, Any]:
    """Return how to connect, but for what the address itself says."""
    said = make_url(url).query
    return {name: value for name, value in _NETWORK.items() if name not in said}


def watch_connections(engine: Engine) -> None:
    """Set every new connection up, and drop those that are of no use any more."""
    event.listen(engine, "connect", set_up)
    event.listen(engine, "checkout", refuse_closed)
    event.listen(engine, "handle_error", leave_a_read_only_server)


def set_up(connection: psycopg.Connection[Any], _record: object) -> None:
    """Have no queries compiled, and let psycopg prepare only what the same process is asked again.

    PostgreSQL takes seconds to compile the query of a page that answers in a fifth of one. A pooler
    such as pgbouncer may send each transaction to another process, which knows neither what was
    set nor what was prepared.
    """
    if is_pooled(connection):
        connection.prepare_threshold = None
        return
    connection.execute("SET jit = off")
    connection.commit()


def is_pooled(connection: psycopg.Connection[Any]) -> bool:
    """Say whether a pooler answers: each transaction may then meet another server process.

    It can be told by the process number: the pooler invents one for its client.
    """
    row = connection.execute("SELECT pg_backend_pid()").fetchone()
    connection.rollback()
    return row is None or row[0] != connection.info.backend_pid


def refuse_closed(connection: psycopg.Connection[Any], _record: object, _proxy: object) -> None:
    """Refuse a connection that PostgreSQL has closed meanwhile, so that the pool opens another.

    What it says on closing lies there to be read, so an ordinary scan costs no question to the
    server. It may have said something else as well: then it is asked.

    Raises:
        DisconnectionError: the connection is closed.
    """
    if not connection.closed and not _has_something_to_read(connection.fileno()):
        return
    try:
        connection.execute("SELECT 1")
        connection.rollback()
    except psycopg.Error as fault:
        raise DisconnectionError from fault


def leave_a_read_only_server(context: ExceptionContext) -> None:
    """Drop the connections to a server that takes no changes.

    The next ones may find another server behind the same address, or this one's new settings,
    which sessions that were open before do not take.
    """
    if outage_of(context.original_exception) is Outage.READ_ONLY:
        context.is_disconnect = True


if sys.platform == "win32":

    def _has_something_to_read(descriptor: int) -> bool:
        return bool(select.select([descriptor], [], [], 0)[0])

else:

    def _has_something_to_read(descriptor: int) -> bool:
        poll = select.poll()  # `select` itself takes no number above 1023
        poll.register(descriptor, select.POLLIN)
        return bool(poll.poll(0))
