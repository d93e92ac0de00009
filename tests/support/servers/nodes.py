"""Several real servers on one PostgreSQL, and what they are asked from outside."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import requests

from tests.support import factories
from tests.support.api_client import a_scan
from tests.support.servers.server_fork import by_fork
from tests.support.servers.server_process import Server

_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
_STREAMS = re.compile(r'marhaba_streams\{process="(\d+)"\} (\d+)')


@contextmanager
def nodes(
    count: int, folder: Path, url: str, *options: str, **settings: str
) -> Iterator[list[Server]]:
    """Run so many servers of one installation; PostgreSQL knows the first one as `node-0`.

    Args:
        options: what follows `run`.
        settings: further `CHECKIN_*` variables of all of them.
    """
    more = {
        "CHECKIN_MASTER_KEY": factories.MASTER_KEY.hex(),
        "CHECKIN_BASE_URL": factories.BASE_URL,
        **settings,
    }
    servers = []
    for at in range(count):
        (folder / f"node-{at}").mkdir()
        address = {"CHECKIN_DATABASE_URL": f"{url}&application_name=node-{at}"}
        servers.append(Server(folder / f"node-{at}", begin=by_fork, **more, **address))
    try:
        for server in servers:
            server.start(*options)
        yield servers
    finally:
        for server in servers:
            server.kill()


def scan_at(server: Server, token: str, code: str) -> tuple[str, str | None]:
    """Scan a badge over a connection of its own."""
    reply = requests.post(
        f"{server.url}/api/v1/scans",
        json=a_scan(code),
        headers={"Authorization": f"Bearer {token}"},
        timeout=30,
    )
    reply.raise_for_status()
    return reply.json()["status"], reply.json()["reason"]


class Board:
    """An open stream of counts, over a connection of its own."""

    def __init__(self, server: Server, token: str) -> None:
        self._reply = requests.get(
            f"{server.url}/api/v1/live",
            headers={"Authorization": f"Bearer {token}"},
            stream=True,
            timeout=30,
        )
        self._reply.raise_for_status()
        self._lines = self._reply.iter_lines(chunk_size=1)
        self._threads = ThreadPoolExecutor(1)

    def totals(self) -> dict[str, int]:
        """Wait for the next counts and return those of the whole event."""
        for line in self._lines:
            if line.startswith(b"data: {"):
                totals: dict[str, int] = json.loads(line.removeprefix(b"data: "))["totals"]
                return totals
        raise EOFError("the stream has ended")

    def told_of(self, **wanted: int) -> Future[bool]:
        """Say once the board shows these totals."""

        def wait() -> bool:
            while not self.totals().items() >= wanted.items():
                pass
            return True

        return self._threads.submit(wait)

    def close(self) -> None:
        """Leave the board."""
        self._reply.close()
        self._threads.shutdown()


@contextmanager
def boards(count: int, server: Server, token: str) -> Iterator[list[Board]]:
    """Open so many boards, each of which has shown its first counts."""
    opened = [Board(server, token) for _ in range(count)]
    for board in opened:
        board.totals()
    try:
        yield opened
    finally:
        for board in opened:
            board.close()


def streams_by_process(server: Server, asked: int = 60) -> dict[str, int]:
    """Ask over new connections how many streams the processes hold that answer."""
    told = (requests.get(f"{server.url}/metrics", timeout=30).text for _ in range(asked))
    return {process: int(count) for text in told for process, count in _STREAMS.findall(text)}


def sign_in(server: Server, email: str, password: str) -> requests.Response:
    """Sign in as a browser does, each request over a connection of its own."""
    page = requests.get(f"{server.url}/login", timeout=30)
    return requests.post(
        f"{server.url}/login",
        data={"csrf_token": _TOKEN.search(page.text)[1], "email": email, "password": password},
        cookies=page.cookies,
        allow_redirects=False,
        timeout=30,
    )


def answers(count: int, server: Server, path: str, signed_in: requests.Response) -> Counter[int]:
    """Open a page so often, each time over a new connection, and count the answers' codes."""
    codes = (
        requests.get(
            server.url + path, cookies=signed_in.cookies, allow_redirects=False, timeout=30
        ).status_code
        for _ in range(count)
    )
    return Counter(codes)
