"""The central server of a hub, in this process: requests reach its application directly."""

from __future__ import annotations

from io import BytesIO
from typing import Any
from urllib.parse import urlsplit

import requests
from flask import Flask
from requests.adapters import BaseAdapter
from urllib3 import HTTPResponse

from checkin.services.hub.link import Central

URL = "http://central.test"


class AppAdapter(BaseAdapter):
    """Hands requests to an application; counts them, and drops them while the line is cut."""

    def __init__(self, app: Flask) -> None:
        super().__init__()
        self._client = app.test_client()
        self.is_cut = False
        self.asked: list[str] = []

    def send(self, request: requests.PreparedRequest, **_how: Any) -> requests.Response:  # type: ignore[override]
        """Return the application's answer."""
        if self.is_cut:
            raise requests.ConnectionError("the line is cut")
        parts = urlsplit(request.url or "")
        self.asked.append(f"{request.method} {parts.path}")
        answer = self._client.open(
            parts.path,
            method=request.method,
            query_string=str(parts.query),
            headers=dict(request.headers),
            data=request.body,
        )
        response = requests.Response()
        response.status_code = answer.status_code
        response.headers.update(dict(answer.headers))
        response.raw = HTTPResponse(body=BytesIO(answer.data), preload_content=False)
        response.url = request.url or ""
        return response

    def close(self) -> None:
        """Close nothing."""


def central_of(app: Flask, token: str = "") -> tuple[Central, AppAdapter]:
    """Return a link to an application, and what carries it."""
    central, line = Central(URL, None, token), AppAdapter(app)
    central._session.mount(URL, line)
    return central, line
