"""The files that jobs make: encrypted in pieces, so that none is ever whole in memory.

With SQLite they are in the folder `jobs` of home; on PostgreSQL in the database, so that every node
can hand them out.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Protocol

from sqlalchemy import select
from sqlalchemy.orm import Session

from checkin.db.engine import Database, in_transaction
from checkin.db.models import Job, JobFile, JobFilePiece, JobState
from checkin.services.common.keys import Keys
from checkin.services.common.private_files import only_ours
from checkin.services.jobs.queue import Claimed, is_still_ours
from checkin.services.jobs.sealing import OVERHEAD, seal, unseal

PIECE_BYTES = 256 * 2**10
#: adds one more encrypted piece to a file
PieceAdder = Callable[[bytes], object]


class JobEnded(Exception):
    """Raised where a job asks for something and is to end: it was canceled, or its worker stops."""


class Pieces(Protocol):
    """Where the encrypted pieces of files are kept."""

    @contextmanager
    def adding(self, claimed: Claimed, number: int) -> Iterator[PieceAdder]:
        """Add the pieces of a job's file, one after the other."""

    def read(self, job_id: int, number: int) -> Iterator[bytes]:
        """Return the pieces of a job's file."""


class JobFiles:
    """The files of all jobs."""

    def __init__(self, database: Database, keys: Keys, home: Path) -> None:
        self._database, self._keys = database, keys
        in_files = database.dialect == "sqlite"
        self._pieces: Pieces = OnDisk(home) if in_files else InDatabase(database)

    @contextmanager
    def writing(self, claimed: Claimed, number: int, name: str, mime: str) -> Iterator[FileWriter]:
        """Write a file of a job; it is there at the end of the `with` block.

        Raises:
            JobEnded: the job is no longer this worker's.
        """
        with self._pieces.adding(claimed, number) as add:
            writer = FileWriter(self._keys, f"{claimed.id}:{number}", add)
            yield writer
            writer.close()
        file = JobFile(job_id=claimed.id, number=number, name=name, mime=mime, size=writer.size)
        in_transaction(self._database, lambda session: _add(session, claimed, file))

    def read(self, file: JobFile) -> Iterator[bytes]:
        """Return the content of a file, piece by piece."""
        place = f"{file.job_id}:{file.number}"
        for piece, sealed in enumerate(self._pieces.read(file.job_id, file.number)):
            yield unseal(self._keys, sealed, f"{place}:{piece}")


class FileWriter:
    """A file to write bytes into.

    Attributes:
        size: how many bytes were written.
    """

    def __init__(self, keys: Keys, place: str, add: PieceAdder) -> None:
        self._keys, self._place, self._add = keys, place, add
        self._buffer, self._piece = bytearray(), 0
        self.size = 0

    def write(self, content: bytes) -> int:
        """Write some bytes, and return how many."""
        self._buffer += content
        self.size += len(content)
        while len(self._buffer) >= PIECE_BYTES:
            self._add_piece()
        return len(content)

    def flush(self) -> None:
        """Do nothing: a piece is added when it is whole, and the last one at the end."""

    def close(self) -> None:
        """Write what is left."""
        if self._buffer:
            self._add_piece()

    def _add_piece(self) -> None:
        content = bytes(self._buffer[:PIECE_BYTES])
        del self._buffer[:PIECE_BYTES]
        self._add(seal(self._keys, content, f"{self._place}:{self._piece}"))
        self._piece += 1


class OnDisk:
    """Keeps pieces one behind the other in a file that only its owner may read."""

    def __init__(self, home: Path) -> None:
        self._folder = folder_of(home)

    @contextmanager
    def adding(self, claimed: Claimed, number: int) -> Iterator[PieceAdder]:
        """Add pieces to a new file, which replaces that of an earlier attempt."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        path = self._path(claimed.id, number)
        path.unlink(missing_ok=True)
        with open(path, "xb", opener=only_ours) as file:
            yield file.write

    def read(self, job_id: int, number: int) -> Iterator[bytes]:
        """Return the pieces of a job's file."""
        with self._path(job_id, number).open("rb") as file:
            while sealed := file.read(PIECE_BYTES + OVERHEAD):
                yield sealed

    def _path(self, job_id: int, number: int) -> Path:
        return self._folder / f"{job_id}-{number}"


class InDatabase:
    """Keeps each piece as a row, committed by itself."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @contextmanager
    def adding(self, claimed: Claimed, number: int) -> Iterator[PieceAdder]:
        """Add pieces as long as the job is this worker's."""
        pieces = itertools.count()

        def add(sealed: bytes) -> None:
            row = JobFilePiece(job_id=claimed.id, number=number, piece=next(pieces), content=sealed)
            in_transaction(self._database, lambda session: _add(session, claimed, row))

        yield add

    def read(self, job_id: int, number: int) -> Iterator[bytes]:
        """Return the pieces of a job's file; no connection is held between two of them."""
        piece = 0
        while (sealed := self._piece(job_id, number, piece)) is not None:
            yield sealed
            piece += 1

    def _piece(self, job_id: int, number: int, piece: int) -> bytes | None:
        wanted = (
            JobFilePiece.job_id == job_id,
            JobFilePiece.number == number,
            JobFilePiece.piece == piece,
        )
        with self._database.read() as session:
            return session.scalar(select(JobFilePiece.content).where(*wanted))


def folder_of(home: Path) -> Path:
    """Return the folder of the files."""
    return home / "jobs"


def sweep(database: Database, home: Path) -> int:
    """Delete the files on the disk of jobs that have none; return how many were deleted.

    Call it after the transaction that has erased them in the database.
    """
    files = list(folder_of(home).glob("*-*"))
    if not files:
        return 0
    keeping = select(Job.id).where(Job.state.in_((JobState.RUNNING, JobState.DONE)))
    with database.read() as session:
        kept = set(session.scalars(keeping))
    gone = [file for file in files if int(file.name.partition("-")[0]) not in kept]
    for file in gone:
        with suppress(OSError):  # Windows deletes no file that is open: the next sweep does
            file.unlink()
    return len(gone)


def _add(session: Session, claimed: Claimed, row: JobFile | JobFilePiece) -> None:
    if not is_still_ours(session, claimed):
        raise JobEnded
    session.merge(row)
