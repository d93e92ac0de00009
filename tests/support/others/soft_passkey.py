"""A passkey in memory, which answers as a browser does (Web Authentication, Level 2)."""

from __future__ import annotations

import hashlib
import json
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field
from typing import Any

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

#: user present, user verified; attested credential data included
_PRESENT, _WITH_KEY = 0x05, 0x45


@dataclass
class SoftPasskey:
    """A passkey of one name of a server.

    Attributes:
        count: how often it has signed; 0 for ever where it does not count.
    """

    origin: str
    host: str
    count: int = 0
    credential_id: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    key: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )

    def made(self, options: str) -> str:
        """Return the answer to what a server asks of a browser that makes a passkey."""
        point = self.key.public_key().public_numbers()
        # COSE: an elliptic key (1: 2) for ES256 (3: -7) on P-256 (-1: 1)
        cose = {1: 2, 3: -7, -1: 1, -2: point.x.to_bytes(32), -3: point.y.to_bytes(32)}
        attested = bytes(16) + len(self.credential_id).to_bytes(2) + self.credential_id
        told = self._authenticator(_WITH_KEY) + attested + cbor2.dumps(cose)
        statement = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": told})
        client = self._client("webauthn.create", options)
        return self._answer(clientDataJSON=client, attestationObject=statement)

    def signed(self, options: str) -> str:
        """Return the answer to what a server asks of a browser at a sign-in."""
        self.count += 1 if self.count else 0
        told, client = self._authenticator(_PRESENT), self._client("webauthn.get", options)
        hashed = hashlib.sha256(client).digest()
        signature = self.key.sign(told + hashed, ec.ECDSA(hashes.SHA256()))
        return self._answer(clientDataJSON=client, authenticatorData=told, signature=signature)

    def _authenticator(self, flags: int) -> bytes:
        return hashlib.sha256(self.host.encode()).digest() + bytes([flags]) + self.count.to_bytes(4)

    def _client(self, kind: str, options: str) -> bytes:
        challenge = json.loads(options)["challenge"]
        said = {"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": False}
        return json.dumps(said).encode()

    def _answer(self, **parts: bytes) -> str:
        known = text_of(self.credential_id)
        response: dict[str, Any] = {name: text_of(part) for name, part in parts.items()}
        whole = {"id": known, "rawId": known, "type": "public-key", "response": response}
        return json.dumps(whole)


def text_of(some: bytes) -> str:
    """Return bytes as base64url without padding."""
    return urlsafe_b64encode(some).decode().rstrip("=")


def bytes_of(text: str) -> bytes:
    """Return the bytes of a base64url text without padding."""
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))
