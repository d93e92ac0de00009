"""Files that only their owner may read."""

from __future__ import annotations

import os
from pathlib import Path

from checkin.db.connecting import hide_from_others


def only_ours(path: str, flags: int) -> int:
    """Open a file for `open(…, opener=only_ours)`: a new one is for its owner's eyes only."""
    return os.open(path, flags, 0o600)


def hide_folder(folder: Path) -> None:
    """Let nobody but the owner read a folder and whatever is in it, whoever could before."""
    hide_from_others(folder)
    for inside, folders, files in os.walk(folder):
        for name in (*folders, *files):
            hide_from_others(Path(inside, name))
