"""Gate lists as a server would sign them."""

from __future__ import annotations

from datetime import UTC, datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from checkin.protocol.codes import parse_code
from checkin.protocol.gate_list import (
    Tombstone,
    badge_ref,
    badge_tag,
    public_key_text,
    seal_bus_list,
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


def a_bus(*passengers):
    """What the list of a bus says; `passengers` are (code, content)."""
    people = [
        {"ref": badge_ref(parse_code(code)), **{k: v for k, v in told.items() if k != "delegation"}}
        for code, told in passengers
    ]
    delegation = {"id": 4, "name": "Khémisset", "name_ar": "الخميسات"}
    return {"bus": {"id": 3, "name": "Car 1"}, "delegation": delegation, "people": people}


def a_list(
    entries=(),
    tombstones=(),
    *,
    buses=(),
    cursor=1,
    since=None,
    at=NOON,
    key=KEY,
    event="rabat",
    gates=(),
    epoch="",
    **policy,
):
    """The body of `GET /gate-list`; `entries` are (code, content), `tombstones` are codes.

    `buses` are (code of the leader's badge, what the list of the bus says).
    """
    head = {
        "format": 1,
        "event": event,
        "cursor": str(cursor),
        "since": since and str(since),
        "issued_at": at.isoformat(),
        "policy": POLICY | policy,
        "gates": list(gates),
    } | ({"epoch": epoch} if epoch else {})
    tombs = [Tombstone(badge_tag(parse_code(code)), "revoked") for code in tombstones]
    sealed = [seal_entry(parse_code(code), told) for code, told in entries]
    sealed += [seal_bus_list(parse_code(code), told) for code, told in buses]
    return {
        "head": head,
        "tombstones": [{"tag": tomb.tag, "reason": tomb.reason} for tomb in tombs],
        "entries": [{"tag": entry.tag, "sealed": entry.sealed} for entry in sealed],
        "public_key": public_key_text(key),
        "signature": sign_list(key, signed_bytes(head, tombs, sealed)),
    }
