"""What a job is given: its arguments, the parts of the server, and ways to tell how far it is."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from checkin.db.engine import Database, in_transaction
from checkin.db.models import Lane
from checkin.services.common.keys import Keys
from checkin.services.jobs.files import FileWriter, JobEnded, JobFiles
from checkin.services.jobs.queue import Claimed, advance, arguments_of, finish
from checkin.settings import Settings, load_keys, open_database

#: how far a job is, is written no more often: each time is a commit beside those of the gates
WRITTEN_EVERY = timedelta(seconds=0.5)
_RESTS_S = 0.1
#: of a worker's process to PostgreSQL at most: it has one thread, which reads or writes
CONNECTIONS = 2


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of jobs: one row of `checkin.worker.kinds.KINDS`.

    Attributes:
        name: stored with the job.
        work: does a job, and returns what is to be told of it, as a JSON object.
        downloaded: the action that the activity log gets when a file of it is downloaded; "" for
            kinds that make none.
        cpu_s: seconds of the processor after which its process is ended; 0 for no limit.
        niceness: added to the worker's priority, so that the gates and the database come first.
        memory_mb: the most that it gets, where that is less than the worker gives; 0 for no limit.
        ends_within_s: how long it may take to leave its work in order when it was canceled, before
            its process is killed.
    """

    name: str
    lane: Lane
    work: Callable[[JobContext], dict[str, Any]]
    downloaded: str = ""
    cpu_s: int = 0
    memory_mb: int = 0
    niceness: int = 10
    ends_within_s: float = 3.0


@dataclass(frozen=True)
class Tools:
    """The parts of the server that jobs need."""

    database: Database
    keys: Keys
    settings: Settings
    clock: Callable[[], datetime]


@contextmanager
def opened_tools(settings: Settings) -> Iterator[Tools]:
    """Open what this process needs, and close it at the end."""
    database = open_database(settings, CONNECTIONS)
    try:
        yield Tools(database, load_keys(settings), settings, lambda: datetime.now(UTC))
    finally:
        database.dispose()


class JobContext:
    """What one job is given.

    Attributes:
        claimed: the job; its event, its delegation and who asked.
        arguments: what it was asked with.
    """

    def __init__(
        self, claimed: Claimed, tools: Tools, is_to_end: Callable[[], bool] = lambda: False
    ) -> None:
        """Read the arguments.

        Args:
            is_to_end: says whether the job was told to end, because it was canceled or because
                its worker stops.
        """
        self.claimed = claimed
        self.database, self.keys, self.settings = tools.database, tools.keys, tools.settings
        self.clock = tools.clock
        self.arguments = arguments_of(tools.keys, claimed)
        self._is_to_end = is_to_end
        self._files = JobFiles(tools.database, tools.keys, tools.settings.home)
        self._file_count = 0
        self._written_at: datetime | None = None
        self._last_steps: list[Callable[[Session], object]] = []

    def progress(self, done: int, total: int) -> None:
        """Tell how far the job is; call it as often as you like, at least every second.

        Raises:
            JobEnded: the job is to end now: leave all open work.
        """
        self._end_if_asked()
        now = self.clock()
        if self._written_at is None or now - self._written_at >= WRITTEN_EVERY:
            self._written_at = now
            in_transaction(
                self.database, lambda session: self.progress_within(session, done, total)
            )

    def progress_within(self, session: Session, done: int, total: int) -> None:
        """Tell how far the job is in the transaction that has brought it there.

        Raises:
            JobEnded: as `progress`; the transaction is undone.
        """
        if self._is_to_end() or not advance(session, self.claimed, done, total, self.clock()):
            raise JobEnded

    def at_end(self, step: Callable[[Session], object]) -> None:
        """Let this be done in the transaction that records that the job is done."""
        self._last_steps.append(step)

    def finish(self, session: Session, result: dict[str, Any]) -> None:
        """Record that the job is done, with what it has kept for its end."""
        if finish(session, self.keys, self.claimed, result, self.clock()):
            for step in self._last_steps:
                step(session)

    def rest(self, seconds: float) -> None:
        """Wait for a while.

        Raises:
            JobEnded: the job is to end now.
        """
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            self._end_if_asked()
            time.sleep(_RESTS_S)

    def _end_if_asked(self) -> None:
        if self._is_to_end():
            raise JobEnded

    @contextmanager
    def add_file(self, name: str, mime: str) -> Iterator[FileWriter]:
        """Add a file to what the job makes, and write it in the `with` block.

        Raises:
            JobEnded: the job is no longer this worker's.
        """
        self._file_count += 1
        with self._files.writing(self.claimed, self._file_count, name, mime) as file:
            yield file
