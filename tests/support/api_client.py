"""A client of the device API that calls the application in process."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from flask import Flask

from checkin.db.engine import Database
from checkin.db.models import Event
from tests.support.factories import a_new_device


def a_scan(code: str, **more: Any) -> dict[str, Any]:
    """Return the body of a scan read just now."""
    return {
        "scan_id": str(uuid4()),
        "code": code,
        "type": "entry",
        "scanned_at": text_of(datetime.now(UTC)),
        "source": "camera",
    } | more


def text_of(moment: datetime) -> str:
    """Write a moment as RFC 3339."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


class Api:
    """A device that talks to the application."""

    def __init__(self, app: Flask, token: str, device_id: int) -> None:
        self.app = app
        self.token = token
        self.device_id = device_id
        self._client = app.test_client()

    @classmethod
    def enrolled(cls, app: Flask, database: Database, event: Event, *, gate: str) -> Api:
        """Enrol a device at a gate."""
        device = a_new_device(database, event, gate)
        return cls(app, device.token, device.id)

    def ask(self, method: str, path: str, **more: Any) -> Any:
        """Send a request with the device's token, and return the response."""
        headers = {"Authorization": f"Bearer {self.token}"} | more.pop("headers", {})
        return self._client.open("/api/v1" + path, method=method, headers=headers, **more)

    def read(self, path: str, **more: Any) -> Any:
        """GET and return the body of a 200."""
        response = self.ask("GET", path, **more)
        assert response.status_code == 200, response.text
        return response.json

    def scan(self, code: str, *, headers: Any = None, **more: Any) -> Any:
        """Scan a code and return the body of the 200."""
        response = self.ask("POST", "/scans", json=a_scan(code, **more), headers=headers or {})
        assert response.status_code == 200, response.text
        return response.json

    def verdict(self, code: str, **more: Any) -> tuple[str, str | None]:
        """Scan a code and return status and reason."""
        body = self.scan(code, **more)
        return body["status"], body["reason"]

    def batch(self, *scans: dict[str, Any], device_time: datetime | None = None) -> Any:
        """Upload scans and return the results by scan_id."""
        body = {"device_time": text_of(device_time or datetime.now(UTC)), "scans": list(scans)}
        response = self.ask("POST", "/scans/batch", json=body)
        assert response.status_code == 200, response.text
        return {result["scan_id"]: result for result in response.json["results"]}

    def lease(self, **more: Any) -> Any:
        """Be granted a lease and return the body of the 200."""
        response = self.ask("POST", "/leases", json=more)
        assert response.status_code == 200, response.text
        return response.json

    def annul(self, scan_id: str, **more: Any) -> Any:
        """Take a scan back and return the response."""
        body = {"reason": "mauvaise personne"} | more
        return self.ask("POST", f"/scans/{scan_id}/annul", json=body)
