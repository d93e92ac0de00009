"""Gate lists as a server would sign them."""

from __future__ import annotations

from datetime import UTC, datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from checkin.protocol.codes import parse_code
from checkin.protocol.gate_list import (
    Tombstone,
    badge_tag,
    public_key_text,
    seal_entry,
    sign_list,
    signed_bytes,
)

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
NOON = datetime(2025, 6, 14, 12, tzinfo=UTC)
POLICY = {
    "reentry": "single",
    "doors_open_at": None,
    "doors_close_at": None,
    "grace_s": 0,
    "reserve_from": None,
    "capacity": None,
    "limited_gates": [],
}


def content(number=1, **more):
    """What the list says of a person."""
    person = {"id": number, "name": f"Amina {number}", "name_ar": "أمينة", "category": "Militant"}
    delegation = {"id": 4, "name": "Khémisset", "name_ar": "الخميسات", "quota": 1000}
    plain = {"participant": person, "delegation": delegation, "standing": "confirmed"}
    return plain | {"blocked": False, "gates": []} | more


def a_list(
    entries=(), tombstones=(), *, cursor=1, since=None, at=NOON, key=KEY, event="rabat", **policy
):
    """The body of `GET /gate-list`; `entries` are (code, content), `tombstones` are codes."""
    head = {
        "format": 1,
        "event": event,
        "cursor": str(cursor),
        "since": since and str(since),
        "issued_at": at.isoformat(),
        "policy": POLICY | policy,
    }
    tombs = [Tombstone(badge_tag(parse_code(code)), "revoked") for code in tombstones]
    sealed = [seal_entry(parse_code(code), told) for code, told in entries]
    return {
        "head": head,
        "tombstones": [{"tag": tomb.tag, "reason": tomb.reason} for tomb in tombs],
        "entries": [{"tag": entry.tag, "sealed": entry.sealed} for entry in sealed],
        "public_key": public_key_text(key),
        "signature": sign_list(key, signed_bytes(head, tombs, sealed)),
    }
