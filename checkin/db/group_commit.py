"""Group commit: one commit for all threads that wait to write.

On SQLite one transaction writes at a time, and beginning and committing it takes as long as the
scan within it. Threads that come while another writes therefore wait in a group: the first of them
begins a transaction as soon as it can, does the work of all in the order in which they came, and
commits once. No thread gets its result before that commit.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from threading import Lock
from typing import Generic, TypeVar

T = TypeVar("T")
Opened = TypeVar("Opened")


class GroupFailed(Exception):
    """The work of one thread in the group failed, so nothing of the group was written."""


class GroupCommit(Generic[Opened]):
    """Transactions that threads share.

    Args:
        transaction: opens a transaction and commits it at the end.
    """

    def __init__(self, transaction: Callable[[], AbstractContextManager[Opened]]) -> None:
        self._transaction = transaction
        self._mutex = Lock()
        self._waiting: list[_Part[Opened]] = []

    def run(self, work: Callable[[Opened], T]) -> T:
        """Run `work` in a transaction shared with other threads; return its result once committed.

        Raises:
            GroupFailed: nothing was written. Run the work again in a transaction of its own.
        """
        results: list[T] = []
        part = _Part[Opened](lambda opened: results.append(work(opened)))
        with self._mutex:
            self._waiting.append(part)
            first = len(self._waiting) == 1
        if first:
            self._write_group()
        else:
            part.over.acquire()
        if not part.committed:
            raise GroupFailed
        return results[-1]

    def _write_group(self) -> None:
        group: list[_Part[Opened]] = []
        try:
            with self._transaction() as opened:
                group = self._waiting_parts()
                for part in group:
                    part.work(opened)
            for part in group:
                part.committed = True
        except Exception:  # noqa: S110 - each does its work again and meets its own fault
            pass
        finally:
            for part in group or self._waiting_parts():
                part.over.release()

    def _waiting_parts(self) -> list[_Part[Opened]]:
        with self._mutex:
            group, self._waiting = self._waiting, []
        return group


class _Part(Generic[Opened]):
    def __init__(self, work: Callable[[Opened], None]) -> None:
        self.work = work
        self.committed = False
        self.over = Lock()
        self.over.acquire()
