"""The real application on SQLite, its clock turned by the simulation."""

from __future__ import annotations

import io
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any
from urllib.parse import unquote

import pytest
from flask import Flask

import checkin.services.gates.authentication
import checkin.web.api.contract
import checkin.web.site.json
from checkin.web.site.state import EXTENSION
from checkin.worker.context import Tools
from tests.support import factories

START = factories.NOW


@dataclass
class Time:
    """True time, which is the server's."""

    now: datetime = START

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        self.now += timedelta(seconds=seconds)

    @property
    def elapsed_s(self) -> float:
        """Return seconds since the start."""
        return (self.now - START).total_seconds()


@dataclass
class Application:
    """The application that all seeds share; each has an event of its own.

    Attributes:
        hubs: applications of hubs of this one, where there are some.
    """

    app: Flask
    database: Any
    time: Time = field(default_factory=Time)
    hubs: list[Any] = field(default_factory=list)

    @property
    def tools(self) -> Tools:
        """What the worker has, in the simulation's time."""
        settings = self.app.extensions[EXTENSION].settings
        return Tools(self.database, factories.KEYS, settings, lambda: self.time.now)

    def answer(
        self, method: str, path: str, body: bytes, headers: Mapping[str, str]
    ) -> tuple[int, bytes, dict[str, str]]:
        """Call the application as a WSGI server does, and return status, body and headers.

        Flask's test client would take as long as some of the answers.
        """
        told: list[Any] = []
        environ = _environ(method, path, body, headers)
        parts = self.app.wsgi_app(
            environ, lambda *status_and_headers: told.extend(status_and_headers)
        )
        content = b"".join(parts)
        if close := getattr(parts, "close", None):
            close()
        return int(told[0].split()[0]), content, dict(told[1])

    def turn_clocks(self, patch: pytest.MonkeyPatch) -> None:
        """Make the application live in the simulation's time."""
        time = self.time

        class SimulatedDatetime(datetime):
            @classmethod
            def now(cls, tz: Any = None) -> datetime:  # type: ignore[override]
                return time.now

        for module in (checkin.web.api.contract, checkin.web.site.json):
            patch.setattr(module, "datetime", SimulatedDatetime)
        monotonic = SimpleNamespace(monotonic=lambda: time.elapsed_s)
        patch.setattr(checkin.services.gates.authentication, "time", monotonic)


def _environ(method: str, path: str, body: bytes, headers: Mapping[str, str]) -> dict[str, Any]:
    address, _, query = path.partition("?")
    named = {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in headers.items()}
    return named | {
        "REQUEST_METHOD": method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote(address),
        "QUERY_STRING": query,
        "CONTENT_TYPE": headers.get("Content-Type", ""),
        "CONTENT_LENGTH": str(len(body)),
        "REMOTE_ADDR": "127.0.0.1",
        "SERVER_NAME": "server",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": False,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
