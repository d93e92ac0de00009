"""A hub that talks to the application in process."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cache
from typing import Any
from uuid import uuid4

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from flask import Flask

from checkin.db.engine import Database
from checkin.db.models import Event
from checkin.protocol.gate_list import public_key_text
from checkin.services.hubs.pairing import open_hub_pairing
from tests.support.api_client import text_of
from tests.support.factories import ref_of, write

ADDRESS = "https://192.168.1.7:8443"


@cache
def an_authority() -> str:
    """Return the certificate of a hub's authority, PEM."""
    from pathlib import Path
    from tempfile import TemporaryDirectory

    from cryptography.hazmat.primitives.serialization import Encoding

    from checkin.services.network.certificates.authority import own_authority

    with TemporaryDirectory() as folder:
        made, _ = own_authority(Path(folder), datetime.now(UTC))
    return made.public_bytes(Encoding.PEM).decode()


def a_code(database: Database, event: Event, name: str = "Salle A", **more: Any) -> str:
    """Make a code with which a hub is paired."""
    now = datetime.now(UTC)
    return write(database, lambda s: open_hub_pairing(s, s.merge(event), name, now=now, **more))


def told_of_itself(code: str, **more: Any) -> dict[str, Any]:
    """Return the body of a hub that asks to be paired."""
    return {
        "pairing_code": code,
        "name": "mini-pc",
        "software": "marhaba-hub/1",
        "public_key": public_key_text(Ed25519PrivateKey.generate()),
        "authority": an_authority(),
        "addresses": [ADDRESS],
    } | more


class HubApi:
    """A paired hub."""

    def __init__(self, app: Flask, paired: dict[str, Any]) -> None:
        self.paired = paired
        self.id: int = paired["hub_id"]
        self.token: str = paired["hub_token"]
        self._client = app.test_client()

    @classmethod
    def of(cls, app: Flask, database: Database, event: Event, name: str = "Salle A") -> HubApi:
        """Pair a hub with an event that has a gate."""
        body = told_of_itself(a_code(database, event, name))
        response = app.test_client().post("/api/v1/hubs/pair", json=body)
        assert response.status_code == 201, response.text
        return cls(app, response.json)

    def ask(self, method: str, path: str, **more: Any) -> Any:
        """Send a request with the hub's token, and return the response."""
        headers = {"Authorization": f"Bearer {self.token}"} | more.pop("headers", {})
        return self._client.open("/api/v1/hub" + path, method=method, headers=headers, **more)

    def read(self, path: str, **more: Any) -> Any:
        """GET and return the body of a 200."""
        response = self.ask("GET", path, **more)
        assert response.status_code == 200, response.text
        return response.json

    def post(self, path: str, body: Any) -> Any:
        """POST and return the body of the 200."""
        response = self.ask("POST", path, json=body)
        assert response.status_code == 200, response.text
        return response.json

    def rows(self, table: str) -> list[dict[str, Any]]:
        """Return all rows of a table of the mirror, as a new hub fetches them."""
        marks = self.read("/mirror")["tables"][table]
        pages = [
            page
            for start in range(0, len(marks), 40)
            for page in self.post(
                "/mirror/pages", {"table": table, "marks": marks[start : start + 40]}
            )["pages"]
        ]
        return [
            dict(zip(page["columns"], row, strict=True)) for page in pages for row in page["rows"]
        ]

    def bring(self, *scans: dict[str, Any], hub_time: datetime | None = None) -> Any:
        """Bring scans, and return their results by scan_id."""
        body = {"hub_time": text_of(hub_time or datetime.now(UTC)), "scans": list(scans)}
        results = self.post("/scans", body)["results"]
        return {result["scan_id"]: result for result in results}


def a_brought_scan(code: str, device: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Return a scan that was let in at the hub just now, by a device."""
    at = text_of(datetime.now(UTC))
    return {
        "scan_id": str(uuid4()),
        **({"badge_ref": ref_of(code).hex()} if code else {}),
        "type": "entry",
        "scanned_at": at,
        "corrected_at": at,
        "source": "camera",
        "decided": {"status": "ok", "reason": None},
        "device": device,
    } | more


def verdicts(results: dict[str, Any]) -> Sequence[tuple[str, str | None, bool]]:
    """Return status, reason and whether there was a conflict, of each result."""
    return [(one["status"], one["reason"], one["conflict"]) for one in results.values()]
