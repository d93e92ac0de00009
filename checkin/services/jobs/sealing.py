"""Encrypt what jobs are given and what they make: AES-256-GCM, each text bound to its place."""

from __future__ import annotations

import json
import secrets
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from checkin.services.common.keys import Keys

_NONCE_BYTES, _TAG_BYTES = 12, 16
#: by how many bytes a sealed text is longer than the text
OVERHEAD = _NONCE_BYTES + _TAG_BYTES


def seal(keys: Keys, content: bytes, place: str) -> bytes:
    """Encrypt some content.

    Args:
        place: what it is and of which job; it opens with the same place only.
    """
    nonce = secrets.token_bytes(_NONCE_BYTES)
    return nonce + AESGCM(keys.jobs).encrypt(nonce, content, place.encode())


def unseal(keys: Keys, sealed: bytes, place: str) -> bytes:
    """Decrypt what `seal` has encrypted for the same place.

    Raises:
        InvalidTag: it was encrypted with another key or for another place, or it was changed.
    """
    nonce, rest = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:]
    return AESGCM(keys.jobs).decrypt(nonce, rest, place.encode())


def seal_values(keys: Keys, values: dict[str, Any], place: str) -> bytes:
    """Encrypt a JSON object."""
    return seal(keys, json.dumps(values, ensure_ascii=False).encode(), place)


def unseal_values(keys: Keys, sealed: bytes, place: str) -> dict[str, Any]:
    """Decrypt a JSON object.

    Raises:
        InvalidTag: see `unseal`.
    """
    values: dict[str, Any] = json.loads(unseal(keys, sealed, place))
    return values
