"""The secret part of links that people open without an account: 16 bytes, sealed and written.

A secret is the 16 bytes under AES-256 key wrap (RFC 3394, NIST SP 800-38F), written in base 32. The
database holds no working link, and a link that was guessed or changed fails its own check. Until
version 1.0 the 16 bytes were one block of AES without a check; links that were mailed or printed
then are still read.
"""

from __future__ import annotations

import base64
import binascii

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap, aes_key_wrap

CONTENT_BYTES = 16
SECRET_LENGTH = 39
_SECRET_LENGTH_OF_1_0 = 26


def link_secret(key: bytes, content: bytes) -> str:
    """Return the secret that stands for 16 bytes: 39 small letters and digits."""
    return base64.b32encode(aes_key_wrap(key, content)).decode().rstrip("=").lower()


def content_of_link(key: bytes, secret: str) -> bytes | None:
    """Return the 16 bytes that a secret stands for; None if this server did not make it.

    A secret of version 1.0 gives 16 bytes whatever it is: the caller looks for them.
    """
    try:
        sealed = base64.b32decode(secret.upper() + "=" * (-len(secret) % 8))
        if len(secret) == _SECRET_LENGTH_OF_1_0:
            return _content_of_1_0(key, sealed)
        return aes_key_unwrap(key, sealed) if len(secret) == SECRET_LENGTH else None
    except (binascii.Error, ValueError, InvalidUnwrap):
        return None


def _content_of_1_0(key: bytes, block: bytes) -> bytes:
    # A single block, so that chaining from zeros is the block cipher itself.
    return Cipher(algorithms.AES(key), modes.CBC(bytes(CONTENT_BYTES))).decryptor().update(block)
