"""What the description of the device API says beside what each route says of itself."""

from __future__ import annotations

from typing import Any

from checkin.protocol.epochs import COUNTER, EPOCH, SEEN
from checkin.protocol.headers import SUPERVISOR_PIN
from checkin.protocol.signed_answers import NONCE, SIGNED
from checkin.web.api.contract import SECURITY_SCHEME

_EPOCH_PATTERN = "[0-9a-f]{32}"
_COUNTER_PATTERN = "[0-9]{1,18} [0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_HEADERS: dict[str, tuple[str, str | None]] = {
    # What a request says in another form is as if it had not said it: no schema forbids that.
    SEEN: (
        "The epoch that this device has met last, 32 hexadecimal digits, and behind a space the "
        "highest Marhaba-Counter of it, if it has one.",
        None,
    ),
    NONCE: (
        "A value of this request alone, 16 to 64 characters of base64url: what ends something is "
        "answered with a signature of it.",
        None,
    ),
    SUPERVISOR_PIN: ("A supervisor's PIN, to be shown more people than the budget allows.", None),
    EPOCH: (
        "Changes when the database was put back to an earlier state.",
        f"^{_EPOCH_PATTERN}$",
    ),
    COUNTER: (
        "The highest number in the log of a scan in this answer, and that scan's id.",
        f"^{_COUNTER_PATTERN}$",
    ),
    SIGNED: (
        f"Signature by the event's key, for a request with {NONCE}, of what ends something, of the "
        f"answers to batches, and of an epoch that is not that of {SEEN}: base64url of Ed25519.",
        "^[A-Za-z0-9_-]+$",
    ),
}
_SHOWS_MORE = {
    ("post", "/api/v1/scans"),
    ("post", "/api/v1/buses/open"),
    ("get", "/api/v1/participants"),
    ("post", "/api/v1/participants/search"),
    ("post", "/api/v1/participants/{participant_id}/badge"),
}
_COUNTED = {("post", "/api/v1/scans"), ("post", "/api/v1/scans/batch")}


def complete(spec: Any) -> Any:
    """Say that a body is required, and which headers of ours requests and answers have."""
    for path, operations in spec["paths"].items():
        for method, operation in operations.items():
            if "requestBody" in operation:
                operation["requestBody"]["required"] = True
            if path.startswith("/api/v1/"):
                _add_headers((method, path), operation)
    return spec


def _add_headers(which: tuple[str, str], operation: dict[str, Any]) -> None:
    is_devices = any(SECURITY_SCHEME in one for one in operation.get("security", ()))
    asked = [SEEN, NONCE] if is_devices else []
    asked += [SUPERVISOR_PIN] if which in _SHOWS_MORE else []
    if asked:
        operation.setdefault("parameters", []).extend(
            {"in": "header", "name": name, "required": False, **_described(name)} for name in asked
        )
    for status, response in operation["responses"].items():
        if "$ref" not in response:
            is_counted = which in _COUNTED and str(status).startswith("2")
            told = [EPOCH, *([COUNTER] if is_counted else []), *([SIGNED] if is_devices else [])]
            response["headers"] = {name: _described(name) for name in told}


def _described(name: str) -> dict[str, Any]:
    text, pattern = _HEADERS[name]
    return {
        "description": text,
        "schema": {"type": "string", **({"pattern": pattern} if pattern else {})},
    }
