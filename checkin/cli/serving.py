"""The server: a process that listens, and the one that starts it, watches it and replaces it."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

from granian import Granian
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels

#: connections that are open at once, where the system allows as many files; more wait
MOST_CONNECTIONS = 8192
#: files and sockets that the process needs for other things than connections
_OTHER_FILES = 512
#: for a request's head, and for the next one of a connection that stays open: scanners and scan
#: pages say how they are every ten seconds, each time over the same connection
_LONGEST_WAIT_MS = 15_000
#: of a request's head, which hyper keeps in memory while it comes
_LONGEST_HEAD_BYTES = 64 * 2**10

#: what goes on while a server runs. It is handed what replaces the serving process by a new one,
#: from any thread and on every system: the new one reads the certificate's files again, the old one
#: answers beside it for 3.5 seconds more, and what is still open then is cut off.
Beside = Callable[[Callable[[], None]], AbstractContextManager[None]]


def _nothing_beside(_restart: Callable[[], None]) -> AbstractContextManager[None]:
    return nullcontext()


def serve(
    app: str,
    address: str,
    port: int,
    cert: Path | None = None,
    key: Path | None = None,
    *,
    beside: Beside = _nothing_beside,
) -> None:
    """Serve an ASGI application until Ctrl-C; the benchmarks serve theirs with the same options.

    Args:
        app: as `module:name`, for instance `checkin.wsgi:served`.
        address: an IP address of this machine.
        beside: entered before the server runs, left after it.
    """
    server = Granian(
        app,
        address=address,
        port=port,
        # Bodies are read before a thread is taken: docs/adr/0012-bodies-before-threads.md
        interface=Interfaces.ASGINL,
        # One process: its writers queue fairly on SQLite, and one core serves 5,000 an hour
        # hundreds of times over.
        workers=1,
        respawn_failed_workers=True,
        workers_kill_timeout=1,
        backpressure=_connections(),
        # Where it may be HTTP/2 as well, a connection that says nothing is never closed.
        http=HTTPModes.http1,
        websockets=False,
        http1_settings=HTTP1Settings(
            header_read_timeout=_LONGEST_WAIT_MS, max_buffer_size=_LONGEST_HEAD_BYTES
        ),
        ssl_cert=cert,
        ssl_key=key,
        log_level=LogLevels.error,
        # Its settings come from the same `.env` as ours.
        working_dir=Path.cwd(),
    )
    # Threads of this program do not survive into a worker, which is another process: it begins
    # with `fork` or anew, and has no use for them.
    with beside(server.signal_handler_reload):
        server.serve()


def _connections() -> int:
    """Return how many connections to take at once, and let this process open as many files."""
    if sys.platform == "win32":
        return MOST_CONNECTIONS
    import resource

    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST_CONNECTIONS + _OTHER_FILES
    allowed = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, hard))
    return max(128, allowed - _OTHER_FILES)
