"""What reads a file in a process of its own: well, and otherwise."""

from __future__ import annotations

import os
import time
from pathlib import Path


def count(content: bytes, word: str) -> dict[str, int]:
    return {word: content.count(word.encode())}


def hoard(content: bytes) -> int:
    return len(content * 100_000_000)


def turn_round(_content: bytes) -> None:
    while True:
        pass


def sleep(_content: bytes) -> None:
    time.sleep(60)


def abort(_content: bytes) -> None:
    os.abort()


def stumble(content: bytes) -> None:
    raise KeyError(content.decode())


def panic(_content: bytes) -> None:
    raise SystemExit(3)


def shout(_content: bytes) -> str:
    return "x" * 3_000_000


def surroundings(_content: bytes) -> dict[str, object]:
    files = list(Path("/proc/self/fd").iterdir())
    return {
        "environment": sorted(os.environ),
        "files": sorted(
            {str(file.readlink()).partition(":")[0] for file in files if file.exists()}
        ),
    }


def write(_content: bytes, path: str) -> str:
    try:
        Path(path).write_text("words")
    except OSError as fault:
        return str(fault.strerror)
    return "written"
