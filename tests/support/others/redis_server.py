"""A Redis server for the tests: started when first needed, removed afterwards."""

from __future__ import annotations

import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from redis import Redis
from redis.exceptions import RedisError

from tests.support.databases.databases import required
from tests.support.waiting import wait_for

MISSING = "Redis is not installed: on Debian and Ubuntu `apt-get install redis-server`"


class RedisServer:
    """A running server that keeps nothing on disk and listens on a socket in a folder of its own.

    Attributes:
        url: its address.
    """

    def __init__(self, program: str) -> None:
        self._program = program
        self._folder = Path(tempfile.mkdtemp(prefix="marhaba-redis-"))
        self.url = f"unix://{self._folder / 'socket'}"
        self.start()

    def start(self) -> None:
        """Start it, or start it again: empty."""
        options = ["--port", "0", "--unixsocket", "socket", "--save", "", "--appendonly", "no"]
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [self._program, *options], cwd=self._folder, stdout=log, stderr=log
            )
        wait_for(self._answers, "Redis")

    def freeze(self) -> None:
        """Let the server accept connections without answering."""
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let the server answer again."""
        self._process.send_signal(signal.SIGCONT)

    def stop(self) -> None:
        """Stop it."""
        self.thaw()
        self._process.terminate()
        self._process.wait(20)

    def remove(self) -> None:
        """Stop it and remove its files."""
        self.stop()
        shutil.rmtree(self._folder, ignore_errors=True)

    def empty(self) -> None:
        """Delete all keys."""
        with Redis.from_url(self.url) as client:
            client.flushall()

    def size(self) -> int:
        """Return how many keys it keeps."""
        with Redis.from_url(self.url) as client:
            size: int = client.dbsize()
        return size

    def _answers(self) -> bool:
        try:
            with Redis.from_url(self.url) as client:
                return bool(client.ping())
        except RedisError:
            return False


@contextmanager
def redis_server() -> Iterator[RedisServer]:
    """Yield a running server; where Redis is missing, skip or fail with what to install."""
    program = shutil.which("redis-server")
    if program is None:
        (pytest.fail if required() else pytest.skip)(MISSING)
    server = RedisServer(program)
    try:
        yield server
    finally:
        server.remove()
