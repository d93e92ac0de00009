"""Write a ZIP archive piece by piece, so that neither a file nor the archive is whole in memory."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Iterator
from datetime import datetime


def zipped(files: Iterable[tuple[str, Iterable[bytes]]], moment: datetime) -> Iterator[bytes]:
    """Yield a ZIP archive of these files, stored as they are: most are compressed already.

    Args:
        files: names, and contents in pieces.
        moment: the time that the archive gives to its files.
    """
    written = _Written()
    with zipfile.ZipFile(written, "w") as archive:
        for name, pieces in files:
            entry = zipfile.ZipInfo(name, moment.timetuple()[:6])
            with archive.open(entry, "w", force_zip64=True) as file:
                for piece in pieces:
                    file.write(piece)
                    yield written.take()
    yield written.take()


class _Written:
    """A stream that cannot go back, from which is taken what was written so far."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def write(self, piece: bytes) -> int:
        """Take note of a piece."""
        self._pieces.append(bytes(piece))
        return len(piece)

    def flush(self) -> None:
        """Do nothing: what was written is taken when somebody asks."""

    def close(self) -> None:
        """Do nothing: see `flush`."""

    def take(self) -> bytes:
        """Return what was written since the last time."""
        taken = b"".join(self._pieces)
        self._pieces.clear()
        return taken
