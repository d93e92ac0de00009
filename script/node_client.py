"""What the proofs ask of a node: whether it is ready, and a scan."""

from __future__ import annotations

import contextlib
import http.client
import json
import uuid
from datetime import UTC, datetime

_TIMEOUT_S = 20


def is_ready() -> bool:
    """Say whether the node at port 8000 of this machine can take scans."""
    with contextlib.closing(http.client.HTTPConnection("127.0.0.1", 8000, timeout=5)) as node:
        try:
            node.request("GET", "/readyz")
            return node.getresponse().status == 200
        except OSError:
            return False


def scan(connection: http.client.HTTPConnection, code: str, token: str) -> dict[str, object]:
    """Scan a code as the device with this token, and return the answer.

    Raises:
        OSError: nobody answers, or not with 200.
    """
    body = {
        "scan_id": str(uuid.uuid4()),
        "code": code,
        "type": "entry",
        "scanned_at": datetime.now(UTC).isoformat().replace("+00:00", "Z"),
        "source": "camera",
    }
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    with contextlib.closing(connection):
        connection.request("POST", "/api/v1/scans", json.dumps(body), headers)
        answer = connection.getresponse()
        if answer.status != 200:
            raise OSError(f"the scan was answered with {answer.status}: {answer.read()!r}")
        return dict(json.load(answer))
