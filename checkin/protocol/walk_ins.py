"""Encrypt walk-ins who are registered at a gate without the network, for the server alone.

A laptop keeps walk-ins on its disk until they are sent, and a stolen one must show no names. So
what was typed is sealed at once: a new P-256 key agrees with the server's on a secret (ECDH),
HKDF-SHA256 makes an AES-256-GCM key of it. All of it is in every browser's WebCrypto. The text is
base64url of 65 bytes of the new public key ‖ 12 of the nonce ‖ ciphertext; the walk-in's id is
authenticated with it.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from checkin.protocol.base64url import bytes_of, text_of

_CURVE = ec.SECP256R1()
_POINT_BYTES = 65
_NONCE_BYTES = 12
_INFO = b"marhaba walk-in"


def public_text(private: ec.EllipticCurvePrivateKey) -> str:
    """Return the public key, as text in a lease, with which devices encrypt walk-ins."""
    return text_of(_point(private))


def seal_walk_in(public: str, walk_in_id: str, person: Mapping[str, Any]) -> str:
    """Encrypt a walk-in's details for the server that holds the private key of `public`.

    Raises:
        ValueError: `public` is not a valid public key.
    """
    key = ec.EllipticCurvePublicKey.from_encoded_point(_CURVE, bytes_of(public))
    once, nonce = ec.generate_private_key(_CURVE), os.urandom(_NONCE_BYTES)
    clear = json.dumps(person, ensure_ascii=False).encode()
    cipher = _cipher(once.exchange(ec.ECDH(), key)).encrypt(nonce, clear, walk_in_id.encode())
    return text_of(_point(once) + nonce + cipher)


def open_walk_in(
    private: ec.EllipticCurvePrivateKey, walk_in_id: str, sealed: str
) -> dict[str, Any] | None:
    """Decrypt a walk-in's details; None if they are for another key or another walk-in."""
    try:
        whole = bytes_of(sealed)
        point, cipher = whole[:_POINT_BYTES], whole[_POINT_BYTES:]
        key = ec.EllipticCurvePublicKey.from_encoded_point(_CURVE, point)
        opener = _cipher(private.exchange(ec.ECDH(), key))
        nonce, cipher = cipher[:_NONCE_BYTES], cipher[_NONCE_BYTES:]
        person = json.loads(opener.decrypt(nonce, cipher, walk_in_id.encode()))
    except (InvalidTag, ValueError):
        return None
    return person if isinstance(person, dict) else None


def _cipher(secret: bytes) -> AESGCM:
    return AESGCM(HKDF(hashes.SHA256(), 32, salt=None, info=_INFO).derive(secret))


def _point(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
