"""Webhooks as Standard Webhooks has them: what may be told, how it is signed, when it is repeated.

See https://www.standardwebhooks.com; docs/webhooks.md says what our bodies hold.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import json
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

SECRET_PREFIX = "whsec_"  # noqa: S105 - what a secret begins with, for those who look for leaks
SECRET_BYTES = 32
LONGEST_NAME = 80
#: of an event: each of them is called for each of its arrivals
MOST_WEBHOOKS = 10
#: before each repetition; together a day and a half, so that a receiver has a night to be mended
WAITS = (
    timedelta(seconds=5),
    timedelta(seconds=30),
    timedelta(minutes=2),
    timedelta(minutes=10),
    timedelta(minutes=30),
    timedelta(hours=1),
    timedelta(hours=3),
    timedelta(hours=8),
    timedelta(hours=12),
    timedelta(hours=12),
)
#: without one success for so long, a webhook is disabled when it fails the next time
FAILS_AT_MOST = timedelta(days=1)
#: the receiver says that it wants to hear no more
GONE = 410
_LONGEST_WAIT = timedelta(days=1)


class WebhookKind(StrEnum):
    """What a webhook may be told, by the names that bodies have as their type."""

    ARRIVED = "participant.arrived"
    ANNULLED = "arrival.annulled"
    REGISTERED = "participant.registered"
    CANCELED = "participant.canceled"
    STOPPED = "entries.stopped"
    RESUMED = "entries.resumed"


#: what the button for a test sends; nobody chooses it
TEST = "webhook.test"


def chosen_kinds(names: Iterable[str]) -> frozenset[WebhookKind]:
    """Return the kinds that a form has chosen; other names are left out."""
    known = {kind.value: kind for kind in WebhookKind}
    return frozenset(known[name] for name in names if name in known)


def written_secret(secret: bytes) -> str:
    """Return a secret as receivers are given it: whsec_ and base64."""
    return SECRET_PREFIX + base64.b64encode(secret).decode()


def read_secret(text: str) -> bytes:
    """Return the bytes of a secret as receivers are given it.

    Raises:
        ValueError: it is none.
    """
    try:
        return base64.b64decode(text.removeprefix(SECRET_PREFIX), validate=True)
    except binascii.Error:
        raise ValueError("a secret is whsec_ and base64") from None


def message_id(number: str) -> str:
    """Return the `webhook-id` of a message, which stays the same in every repetition."""
    return f"msg_{number}"


def signature(secret: bytes, id_: str, timestamp: int, body: bytes) -> str:
    """Return the `webhook-signature` of a message: version 1, HMAC-SHA256 in base64.

    Args:
        timestamp: of this attempt, in seconds since 1970, as `webhook-timestamp` has it.
    """
    signed = f"{id_}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.digest(secret, signed, "sha256")).decode()


def signed_headers(secret: bytes, id_: str, now: datetime, body: bytes) -> dict[str, str]:
    """Return the headers with which a body is posted now."""
    timestamp = int(now.timestamp())
    return {
        "Content-Type": "application/json",
        "webhook-id": id_,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": signature(secret, id_, timestamp, body),
    }


def body_of(kind: str, at: datetime, data: Mapping[str, Any]) -> bytes:
    """Return the body of a message: its type, when it happened, and what is told of it."""
    told = {"type": kind, "timestamp": at.strftime("%Y-%m-%dT%H:%M:%S.%fZ"), "data": data}
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()


def wait_before(attempts: int, asked_s: float | None, scattered: float) -> timedelta | None:
    """Return how long to wait before the next attempt; None when there is none any more.

    Args:
        attempts: how many there were.
        asked_s: what the receiver has asked for (`Retry-After`).
        scattered: from 0 to 1; a fifth is added by it, so that not all come back at once.
    """
    if attempts > len(WAITS):
        return None
    wait = WAITS[attempts - 1] * (1 + scattered / 5)
    asked = timedelta(seconds=asked_s or 0)
    return max(wait, min(asked, _LONGEST_WAIT))


def asked_to_wait_s(header: str) -> float | None:
    """Return the seconds of a `Retry-After`; None for a date, or for none."""
    return float(header) if header.isascii() and header.isdecimal() and len(header) < 10 else None
