"""Requests to the server on a thread of their own, so that the window never waits."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from scanner.core.errors import ScannerError


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a task: `result`, or the `fault` that prevented it.

    Attributes:
        asked_s: `opened_s` of the form that sent the task; only that form shows the answer.
    """

    task: str
    asked_s: float
    result: Any = None
    fault: ScannerError | None = None


class BackgroundTasks:
    """Runs one task after the other; the window takes the answers when it draws."""

    def __init__(self) -> None:
        self._waiting: queue.Queue[tuple[str, float, Callable[[], Any]] | None] = queue.Queue()
        self.answers: queue.Queue[Answer] = queue.Queue()
        self._thread = threading.Thread(target=self._run, name="background_tasks", daemon=True)
        self._thread.start()

    def send(self, task: str, asked_s: float, work: Callable[[], Any]) -> None:
        """Run `work` soon; its answer comes out of `answers`."""
        self._waiting.put((task, asked_s, work))

    def close(self) -> None:
        """Stop after what is running."""
        self._waiting.put(None)
        self._thread.join(timeout=6)

    def _run(self) -> None:
        while (next_task := self._waiting.get()) is not None:
            task, asked_s, work = next_task
            try:
                self.answers.put(Answer(task, asked_s, result=work()))
            except ScannerError as fault:
                self.answers.put(Answer(task, asked_s, fault=fault))
