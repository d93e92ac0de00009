"""Lead the requests of a scanner's client into an application in this process."""

from __future__ import annotations

import io
from typing import Any
from urllib.parse import urlsplit

import requests
from flask import Flask
from requests.adapters import BaseAdapter

from scanner.server.client import Client


class InProcess(BaseAdapter):
    """A transport that calls the application.

    Attributes:
        is_cut: nothing comes through.
        asked: the method and path of each request that came through.
    """

    def __init__(self, app: Flask) -> None:
        super().__init__()
        self.is_cut = False
        self.asked: list[str] = []
        self._client = app.test_client()

    def send(self, request: requests.PreparedRequest, **_: Any) -> requests.Response:  # type: ignore[override]
        """Carry one request."""
        if self.is_cut:
            raise requests.ConnectTimeout
        url = urlsplit(str(request.url))
        path = url.path + (f"?{url.query}" if url.query else "")
        self.asked.append(f"{request.method} {path}")
        answer = self._client.open(
            path, method=request.method, headers=list(request.headers.items()), data=request.body
        )
        response = requests.Response()
        response.status_code = answer.status_code
        response.raw = io.BytesIO(answer.data)
        response.headers.update(dict(answer.headers))
        return response

    def close(self) -> None:
        """Nothing is open."""


def connected(client: Client, app: Flask) -> InProcess:
    """Let a client reach the application, and return its connection."""
    line = InProcess(app)
    client._session.mount("http://", line)
    return line
