"""Bytes as base64url text without padding, as everything between server and devices writes them."""

from __future__ import annotations

import base64


def text_of(raw: bytes) -> str:
    """Write bytes."""
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def bytes_of(text: str) -> bytes:
    """Read them back; ValueError where the text is none."""
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
