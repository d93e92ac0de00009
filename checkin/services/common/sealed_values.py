"""Seal small secrets of others, such as a webhook's: AES-256-GCM, each bound to its place."""

from __future__ import annotations

import json
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from checkin.services.common.keys import Keys

_NONCE_BYTES = 12


def seal_values(keys: Keys, place: str, **values: str) -> bytes:
    """Encrypt some texts.

    Args:
        place: what they are and whose; they are decrypted with the same place only.
    """
    nonce = secrets.token_bytes(_NONCE_BYTES)
    content = json.dumps(values, ensure_ascii=False).encode()
    return nonce + AESGCM(keys.integrations).encrypt(nonce, content, place.encode())


def unseal_values(keys: Keys, place: str, sealed: bytes | None) -> dict[str, str] | None:
    """Decrypt some texts; None where they were encrypted with another key, or not at all."""
    if not sealed:
        return None
    nonce, rest = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:]
    try:
        content = AESGCM(keys.integrations).decrypt(nonce, rest, place.encode())
    except (InvalidTag, ValueError):
        return None
    values: dict[str, str] = json.loads(content)
    return values
