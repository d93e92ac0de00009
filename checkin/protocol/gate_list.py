"""The gate list: what a device carries to decide without the network.

One entry per badge, readable only with that badge in hand: the entry's tag and its key are both
derived from the badge's token, which the list does not contain. A stolen laptop shows no names.

An entry is AES-256-GCM (12-byte random nonce before the ciphertext) of a JSON object and the spaces
that bring it to one of three lengths, so that its length does not tell how long a name is. The key
is HKDF-SHA256 of the token; both are in every browser's WebCrypto. The list is signed with Ed25519
over `signed_bytes`.

In a list of very many people entries are shorter (`checkin.protocol.compact_entries`), and come in
segments (`checkin.protocol.list_segments`).

The list of a bus is an entry like the others, under a tag and a key of its own that are derived
from the token of its leader's badge. So nobody sees whose badge opens it, and it is signed,
replaced and buried as any other. It holds a `badge_ref` for each passenger, never a token.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from checkin.protocol.base64url import bytes_of, text_of
from checkin.protocol.compact_entries import (
    NO_NAMES,
    ListNames,
    compact_bus,
    compact_entry,
    whole_bus,
    whole_entry,
)

FORMAT = 1
TAG_BYTES = 16
_BADGE_TAG, _BADGE_KEY = b"marhaba gate list tag", b"marhaba gate list entry"
_BUS_TAG, _BUS_KEY = b"marhaba bus list tag", b"marhaba bus list entry"
#: in bytes, to which the JSON of an entry is filled up; what is longer, to a multiple of the last.
#: Of 1,500 invented people with names in both scripts 99 % take the first: a list grows by 12 %.
LENGTHS = (320, 512, 2048)
#: the same of a compact entry, of which most take the first, and those with a flag the second
COMPACT_LENGTHS = (96, 320, 2048)
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


def tag_bytes(token: bytes) -> bytes:
    """Return the 16 bytes by which a badge is named without its token: truncated SHA-256."""
    return _tag_bytes(_BADGE_TAG, token)


def _tag_bytes(label: bytes, token: bytes) -> bytes:
    return hashlib.sha256(label + token).digest()[:TAG_BYTES]


def badge_tag(token: bytes) -> str:
    """Return the name under which a badge's entry is found in the list: base64url."""
    return text_of(tag_bytes(token))


def badge_ref(token: bytes) -> str:
    """Return the same name as devices keep and upload it after the fact: lower-case hex."""
    return tag_bytes(token).hex()


def tag_of_ref(ref: str) -> str:
    """Return the tag of the badge that a `badge_ref` names.

    Raises:
        ValueError: the text is not hexadecimal.
    """
    return text_of(bytes.fromhex(ref))


def bus_tag(token: bytes) -> str:
    """Return the name under which the list of the bus that this badge's holder leads is found."""
    return text_of(_tag_bytes(_BUS_TAG, token))


def _key(info: bytes, token: bytes) -> bytes:
    return HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=info).derive(token)


def seal_entry(token: bytes, content: Mapping[str, Any]) -> SealedEntry:
    """Encrypt a badge's entry, so that only a reader of the badge's token can decrypt it."""
    return _sealed(badge_tag(token), _key(_BADGE_KEY, token), content, LENGTHS)


def seal_compact_entry(token: bytes, content: Mapping[str, Any]) -> SealedEntry:
    """Encrypt the same written short, for a reader who has the names in the list's head."""
    key = _key(_BADGE_KEY, token)
    return _sealed(badge_tag(token), key, compact_entry(content), COMPACT_LENGTHS)


def seal_bus_list(token: bytes, content: Mapping[str, Any]) -> SealedEntry:
    """Encrypt the list of a bus for the badge of its leader, whose token this is."""
    return _sealed(bus_tag(token), _key(_BUS_KEY, token), content, LENGTHS)


def seal_compact_bus_list(token: bytes, content: Mapping[str, Any]) -> SealedEntry:
    """Encrypt the same written short, for a reader who has the names in the list's head."""
    key = _key(_BUS_KEY, token)
    return _sealed(bus_tag(token), key, compact_bus(content), COMPACT_LENGTHS)


def _sealed(tag: str, key: bytes, content: object, lengths: Sequence[int]) -> SealedEntry:
    nonce = os.urandom(_NONCE_BYTES)
    clear = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
    sealed = nonce + AESGCM(key).encrypt(nonce, _filled_up(clear, lengths), tag.encode())
    return SealedEntry(tag, text_of(sealed))


def _filled_up(clear: bytes, lengths: Sequence[int]) -> bytes:
    largest = lengths[-1]
    several = -(-len(clear) // largest) * largest
    return clear.ljust(next((one for one in lengths if len(clear) <= one), several))


def open_entry(
    token: bytes, entry: SealedEntry, names: ListNames = NO_NAMES
) -> dict[str, Any] | None:
    """Decrypt a badge's entry; None when it belongs to another badge or was tampered with.

    Args:
        names: of the head of the list, where entries may be compact.
    """
    return _opened(_key(_BADGE_KEY, token), entry, lambda row: whole_entry(row, names))


def open_bus_list(
    token: bytes, entry: SealedEntry, names: ListNames = NO_NAMES
) -> dict[str, Any] | None:
    """Decrypt the list of the bus that a badge's holder leads; None as for an entry."""
    return _opened(_key(_BUS_KEY, token), entry, lambda row: whole_bus(row, names))


def _opened(
    key: bytes, entry: SealedEntry, whole: Callable[[list[Any]], dict[str, Any]]
) -> dict[str, Any] | None:
    try:
        sealed = bytes_of(entry.sealed)
        nonce, cipher = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:]
        content = json.loads(AESGCM(key).decrypt(nonce, cipher, entry.tag.encode()))
        told: dict[str, Any] = whole(content) if isinstance(content, list) else content
    except (InvalidTag, ValueError, KeyError, IndexError, TypeError):
        return None
    return told


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
