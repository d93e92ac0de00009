"""Records that a device may keep on its disk and read only while somebody else lends it the key.

A store of records, such as the people of a help desk, is kept in pages. A page is AES-256-GCM
(12-byte random nonce before the ciphertext) of a JSON array and the spaces that bring it to a
multiple of 4 KiB, so that its length does not tell how long the names are. Its mark, 16 bytes of
HMAC-SHA256 of what is encrypted, is its name: the same records have the same mark under one key,
so that a device asks only for pages that it lacks, and a mark that somebody has signed vouches for
the records whatever the key is. Both keys are HKDF-SHA256 of the one that is lent. All of it is in
every browser's WebCrypto.
"""

from __future__ import annotations

import hmac
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from checkin.protocol.base64url import bytes_of, text_of

KEY_BYTES = 32
#: to a multiple of which the JSON of a page is filled up
FILLED_TO = 4096
_MARK_BYTES, _NONCE_BYTES = 16, 12

Records = Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class SealedPage:
    """Base64url texts of a page's mark and of nonce ‖ ciphertext."""

    mark: str
    sealed: str


class PageKeys:
    """Seals and opens the pages of one store; it lives in memory only."""

    def __init__(self, key: bytes) -> None:
        """Take the key that is lent, 32 bytes."""
        self._cipher = AESGCM(_derived(key, b"marhaba sealed page"))
        self._marking = _derived(key, b"marhaba mark of a page")

    def mark(self, content: bytes) -> str:
        """Return the mark of a page's `page_content`."""
        return text_of(hmac.digest(self._marking, content, "sha256")[:_MARK_BYTES])

    def seal(self, content: bytes) -> SealedPage:
        """Encrypt a page's `page_content`."""
        mark, nonce = self.mark(content), os.urandom(_NONCE_BYTES)
        return SealedPage(mark, text_of(nonce + self._cipher.encrypt(nonce, content, None)))

    def open(self, page: SealedPage) -> list[dict[str, Any]] | None:
        """Decrypt a page; None when the key is another one, or the page is not what it says."""
        try:
            sealed = bytes_of(page.sealed)
            content = self._cipher.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], None)
        except (InvalidTag, ValueError):
            return None
        if not hmac.compare_digest(self.mark(content).encode(), page.mark.encode()):
            return None
        records: list[dict[str, Any]] = json.loads(content)
        return records


def page_content(records: Records) -> bytes:
    """Return what is encrypted of a page's records: the same bytes for the same records."""
    clear = json.dumps(records, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    return clear.ljust(-(-len(clear) // FILLED_TO) * FILLED_TO)


def _derived(key: bytes, info: bytes) -> bytes:
    return HKDF(algorithm=hashes.SHA256(), length=KEY_BYTES, salt=None, info=info).derive(key)
