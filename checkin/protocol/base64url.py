"""Bytes as base64url text without padding, as everything between server and devices writes them."""

from __future__ import annotations

import base64


def text_of(raw: bytes) -> str:
    """Return bytes as base64url text without padding."""
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def bytes_of(text: str) -> bytes:
    """Return the bytes of a base64url text without padding.

    Raises:
        ValueError: the text is not base64url.
    """
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
