"""Create files that only their owner may read."""

from __future__ import annotations

import os


def only_ours(path: str, flags: int) -> int:
    """Open a file for `open(…, opener=only_ours)`: a new one is for its owner's eyes only."""
    return os.open(path, flags, 0o600)
