"""Signed answers: by which a device tells the server's refusals from those of whatever is between.

A gateway, a proxy or the portal of a public network may answer in the server's place. So an answer
counts as the server's only if it names an epoch (`checkin.protocol.epochs`), and what ends
something on a device, such as a revocation or a scan that is never taken, only if it is signed with
the key of the event's gate lists. A request names a nonce, which the signature covers: an answer
that was signed for another request proves nothing.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from checkin.protocol.base64url import bytes_of, text_of

#: of a device's request: a value of its own
NONCE = "Marhaba-Nonce"
#: of an answer that ends something: its signature
SIGNED = "Marhaba-Signed"

_NONCE_FORM = re.compile("[A-Za-z0-9_-]{16,64}")
_NONCE_BYTES = 16


@dataclass(frozen=True, slots=True)
class SignedAnswer:
    """What the signature of an answer covers.

    Attributes:
        nonce: of the request.
        status: of HTTP.
        epoch: as the answer names it.
        body: as it was before anything packed it.
    """

    nonce: str
    status: int
    epoch: str
    body: bytes

    def content(self) -> bytes:
        """Return the bytes that are signed."""
        digest = hashlib.sha256(self.body).hexdigest()
        return f"marhaba answer\n{self.nonce}\n{self.status}\n{self.epoch}\n{digest}".encode()

    def sign(self, key: Ed25519PrivateKey) -> str:
        """Return the value of `SIGNED`."""
        return text_of(key.sign(self.content()))

    def is_genuine(self, public_key: str, signature: str) -> bool:
        """Say whether the server with this key has signed exactly this answer."""
        try:
            key = Ed25519PublicKey.from_public_bytes(bytes_of(public_key))
            key.verify(bytes_of(signature), self.content())
        except (InvalidSignature, ValueError):
            return False
        return True


def new_nonce() -> str:
    """Return a nonce for a request."""
    return secrets.token_urlsafe(_NONCE_BYTES)


def is_nonce(text: str) -> bool:
    """Say whether a text has the form of a nonce: 16 to 64 characters of base64url."""
    return _NONCE_FORM.fullmatch(text) is not None
