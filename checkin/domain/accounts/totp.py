"""Codes of authenticator apps: RFC 6238 with SHA-1, 6 digits, 30 s, which all apps understand."""

from __future__ import annotations

import hmac
from base64 import b32encode
from datetime import datetime
from urllib.parse import quote, urlencode

SECRET_BYTES = 20
STEP_S = 30
DIGITS = 6
#: the code before and the code after are right, too: telephones' clocks are a little off
_DRIFT = 1


def step_at(moment: datetime) -> int:
    """Return the number of the 30-second step that contains a moment."""
    return int(moment.timestamp()) // STEP_S


def code_of(secret: bytes, step: int) -> str:
    """Return the code of a step (RFC 4226, 5.3)."""
    digest = hmac.digest(secret, step.to_bytes(8, "big"), "sha1")
    at = digest[-1] & 15
    number = int.from_bytes(digest[at : at + 4], "big") & 0x7FFFFFFF
    return f"{number % 10**DIGITS:0{DIGITS}d}"


def step_of(secret: bytes, code: str, now: datetime) -> int | None:
    """Return the step that has this code, if the step is accepted now; else None."""
    current, found = step_at(now), None
    for step in range(current - _DRIFT, current + _DRIFT + 1):
        if hmac.compare_digest(code_of(secret, step).encode(), code.encode()):
            found = step
    return found


def setup_link(secret: bytes, account: str, issuer: str = "Marhaba") -> str:
    """Return the text of the set-up's QR code (the Key URI Format of authenticator apps)."""
    wanted = urlencode({"secret": secret_text(secret), "issuer": issuer})
    return f"otpauth://totp/{quote(issuer)}:{quote(account)}?{wanted}"


def secret_text(secret: bytes) -> str:
    """Return a secret as a person types it."""
    return b32encode(secret).decode().rstrip("=")
