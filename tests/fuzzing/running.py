"""Try inputs on a target, in processes with limits, and tell which of them are faults."""

from __future__ import annotations

import importlib
import multiprocessing
import resource
import signal
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection
from random import Random
from typing import Any

from tests.fuzzing.mutating import mutated, random_edits
from tests.fuzzing.target import Target

#: of addresses: Python with the whole program takes 600 MB of them
MEMORY_BYTES = 2 * 2**30
_SPAWN = multiprocessing.get_context("spawn")
_DOZE_S = 0.2


class TooSlow(BaseException):
    """An input has taken more of the processor than it may."""


@dataclass(frozen=True)
class Fault:
    """An input that must not do what it did."""

    target: str
    number: int
    data: bytes
    what: str


@dataclass(frozen=True)
class Part:
    """Some of a target's inputs, by their numbers."""

    target: str
    seed: int
    numbers: range
    module: str = "tests.fuzzing.targets"

    @property
    def its_target(self) -> Target:
        """The target, of the table `TARGETS` of the module."""
        targets: dict[str, Target] = importlib.import_module(self.module).TARGETS
        return targets[self.target]


def input_of(target: Target, seed: int, number: int) -> bytes:
    """Return an input: always the same one for a number."""
    random = Random(f"{target.name} {seed} {number}")
    return mutated(random.choice(target.seeds), random_edits(random), target.words)


def tried(target: Target, read: Callable[[bytes], object], data: bytes) -> str | None:
    """Read an input; return what is wrong with that, or None."""
    before = time.process_time()
    signal.setitimer(signal.ITIMER_PROF, target.cpu_s)
    try:
        read(data)
    except KeyboardInterrupt:
        raise
    except BaseException:  # so are panics of libraries, and what is too slow
        return traceback.format_exc(limit=-4)
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
    taken = time.process_time() - before
    return f"it took {taken:.1f} s" if taken > target.cpu_s else None


def run(part: Part, told: Callable[[int], Any] = lambda _done: None) -> list[Fault]:
    """Try a part in a process of its own, which ends with it.

    Args:
        told: hears now and then how many of its inputs were tried.
    """
    receiver, sender = _SPAWN.Pipe(duplex=False)
    current = _SPAWN.RawValue("q", part.numbers.start)
    process = _SPAWN.Process(target=_work, args=(part, current, sender))
    process.start()
    sender.close()
    while not receiver.poll(_DOZE_S):
        told(current.value - part.numbers.start)
    try:
        faults: list[Fault] = receiver.recv()
    except EOFError:
        faults = _killed(part, current.value, process)
    process.join()
    told(len(part.numbers))
    return faults


def _killed(part: Part, at: int, process: Any) -> list[Fault]:
    """Return the input that has ended the process, and the faults of those after it."""
    process.join()
    data = input_of(part.its_target, part.seed, at)
    fault = Fault(part.target, at, data, f"the process ended: {process.exitcode}")
    rest = replace(part, numbers=range(at + 1, part.numbers.stop))
    return [fault, *(run(rest) if rest.numbers else ())]


def _work(part: Part, current: Any, sender: Connection) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    target, faults = part.its_target, []
    with _in_time(), target.opened() as read:
        for number in part.numbers:
            current.value = number
            data = input_of(target, part.seed, number)
            if what := tried(target, read, data):
                faults.append(Fault(target.name, number, data, what))
    sender.send(faults)


@contextmanager
def _in_time() -> Iterator[None]:
    def end(_number: int, _frame: object) -> None:
        raise TooSlow

    before = signal.signal(signal.SIGPROF, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGPROF, before)
