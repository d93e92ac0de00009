"""Serve an ASGI application: a worker process, and the one that starts and replaces it."""

from __future__ import annotations

import socket
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext, suppress
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

from granian import Granian
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels

from checkin.cli.office import complain
from checkin.domain.network.addresses import only_this_machine_understands
from checkin.errors import SettingsError
from checkin.worker.processes import die_with_parent

#: connections that are open at once, where the system allows as many files; more wait
MOST_CONNECTIONS = 8192
#: files and sockets that the process needs for other things than connections
_OTHER_FILES = 512
#: for a request's head, and for the next one of a connection that stays open: scanners and scan
#: pages say how they are every ten seconds, each time over the same connection
_LONGEST_WAIT_MS = 15_000
#: of a request's head, which hyper keeps in memory while it comes
_LONGEST_HEAD_BYTES = 64 * 2**10
#: before a server whose process dies again and again is started anew
_PAUSE_S = 1.0

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
    processes: int = 1,
    beside: Beside = _nothing_beside,
) -> None:
    """Serve an ASGI application until Ctrl-C; the benchmarks serve theirs with the same options.

    Args:
        app: as `module:name`, for instance `checkin.wsgi:served`.
        address: an IP address of this machine.
        processes: how many of them answer; the system deals the connections out among them.
        beside: entered before the server runs, left after it.
    """
    server = _Server(partial(_granian, app, address, port, cert, key, processes))
    # Threads of this program do not survive into a worker, which is another process: it begins
    # with `fork` or anew, and has no use for them.
    with beside(server.restart):
        server.serve()


class _Server:
    """Granian's server, and the next one where that has given up.

    It replaces a serving process that dies, and ends where the next dies within seconds.
    """

    def __init__(self, make: Callable[[], Any]) -> None:
        self._make = make
        self._granian = make()

    def restart(self) -> None:
        """Replace the serving process by a new one."""
        self._granian.signal_handler_reload()

    def serve(self) -> None:
        """Serve until Ctrl-C."""
        while not self._served():
            complain("the serving process died twice at once: the server is started again")
            self._granian = self._make()

    def _served(self) -> bool:
        """Serve until granian ends; False if nobody has told it to."""
        with suppress(SystemExit):
            self._granian.serve(target_loader=_load)
        if not self._granian.interrupt_signal:
            self._granian.main_loop_interrupt.clear()
            self._granian.main_loop_interrupt.wait(_PAUSE_S)  # Ctrl-C still ends it
        return bool(self._granian.interrupt_signal)


def _load(app: str) -> Any:
    """Return the application, in the process that serves it."""
    die_with_parent()
    module, _, name = app.partition(":")
    return getattr(import_module(module), name)


def _granian(
    app: str, address: str, port: int, cert: Path | None, key: Path | None, processes: int
) -> Any:
    return Granian(
        app,
        address=address,
        port=port,
        # Bodies are read before a thread is taken: docs/adr/0012-bodies-before-threads.md
        interface=Interfaces.ASGINL,
        workers=processes,
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
    )


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


def free_address(host: str, port: int) -> str:
    """Return the IP address of `host`, at which nobody listens on `port` yet.

    Raises:
        SettingsError: the name is not this machine's, or the port is taken or not for us.
    """
    family, address = _resolved(host)
    try:
        socket.create_server((address, port), family=family).close()
    except OSError as fault:
        raise SettingsError(
            f"cannot listen on port {port} of {host}: {fault.strerror}; stop the program that is "
            "there, or choose another port with --port"
        ) from None
    return address


def reached_host(host: str, address: str) -> str:
    """Return the host of the server's address: the name that was asked for, if others know it.

    Args:
        address: the IP address of `host`.
    """
    return address if only_this_machine_understands(host) else host


def _resolved(host: str) -> tuple[int, str]:
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise SettingsError(
            f"--host {host} is no address of this machine: 127.0.0.1 for itself, 0.0.0.0 for all"
        ) from None
    # localhost is both: old telephones and scripts expect the first kind of address
    family, *_, (address, *_) = min(found, key=lambda one: one[0] != socket.AF_INET)
    return family, str(address)
