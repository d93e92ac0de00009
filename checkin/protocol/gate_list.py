"""The gate list: what a device carries to decide without the network.

One entry per badge, readable only with that badge in hand: the entry's tag and its key are both
derived from the badge's token, which the list does not contain. A stolen laptop shows no names.

An entry is AES-256-GCM (12-byte random nonce before the ciphertext) of a JSON object, its key
HKDF-SHA256 of the token; both are in every browser's WebCrypto. The list is signed with Ed25519
over `signed_bytes`.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from checkin.protocol.base64url import bytes_of, text_of

FORMAT = 1
TAG_BYTES = 16
_NONCE_BYTES = 12


@dataclass(frozen=True, slots=True)
class SealedEntry:
    """One badge's entry: base64url texts of its tag and of nonce ‖ ciphertext."""

    tag: str
    sealed: str


@dataclass(frozen=True, slots=True)
class Tombstone:
    """A badge that is no longer good, and the reason to refuse it with."""

    tag: str
    reason: str


def badge_tag(token: bytes) -> str:
    """Return the name under which a badge's entry is found: truncated SHA-256."""
    return text_of(hashlib.sha256(b"marhaba gate list tag" + token).digest()[:TAG_BYTES])


def _entry_key(token: bytes) -> bytes:
    info = b"marhaba gate list entry"
    return HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=info).derive(token)


def seal_entry(token: bytes, content: Mapping[str, Any]) -> SealedEntry:
    """Encrypt a badge's entry, so that only a reader of the badge's token can decrypt it."""
    tag, nonce = badge_tag(token), os.urandom(_NONCE_BYTES)
    clear = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
    sealed = nonce + AESGCM(_entry_key(token)).encrypt(nonce, clear, tag.encode())
    return SealedEntry(tag, text_of(sealed))


def open_entry(token: bytes, entry: SealedEntry) -> dict[str, Any] | None:
    """Decrypt a badge's entry; None when it belongs to another badge or was tampered with."""
    sealed = bytes_of(entry.sealed)
    nonce, cipher = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:]
    try:
        clear = AESGCM(_entry_key(token)).decrypt(nonce, cipher, entry.tag.encode())
    except (InvalidTag, ValueError):
        return None
    content: dict[str, Any] = json.loads(clear)
    return content


def signed_bytes(
    head: Mapping[str, Any], tombs: Iterable[Tombstone], entries: Iterable[SealedEntry]
) -> bytes:
    """Return the bytes that the list's signature covers.

    The head's keys and values as JSON with sorted keys, then a line for each tombstone, then one
    for each entry, in the list's order.
    """
    lines = [json.dumps(head, ensure_ascii=False, sort_keys=True, separators=(",", ":"))]
    lines += [f"{tomb.tag} {tomb.reason}" for tomb in tombs]
    lines += [f"{entry.tag} {entry.sealed}" for entry in entries]
    return "\n".join(lines).encode()


def sign_list(key: Ed25519PrivateKey, content: bytes) -> str:
    """Sign a list's `signed_bytes`."""
    return text_of(key.sign(content))


def public_key_text(key: Ed25519PrivateKey) -> str:
    """Return the public key, as text, by which devices verify lists."""
    return text_of(key.public_key().public_bytes_raw())


def list_is_genuine(public_key: str, content: bytes, signature: str) -> bool:
    """Say whether the server with this key signed exactly this list."""
    try:
        Ed25519PublicKey.from_public_bytes(bytes_of(public_key)).verify(
            bytes_of(signature), content
        )
    except (InvalidSignature, ValueError):
        return False
    return True
