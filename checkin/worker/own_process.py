"""Do a part of a job in a process of its own, so that its memory is given back at its end."""

from __future__ import annotations

import signal
from collections.abc import Callable
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Any, TypeVar

from checkin.services.jobs.problems import JobFailed, ProblemCode
from checkin.worker.processes import CONTEXT, OUT_OF_MEMORY, die_with_parent, ran_out_of_memory

T = TypeVar("T")
#: told (done, total); raising in it ends the work
Progress = Callable[[int, int], None]


def in_own_process(work: Callable[..., T], *arguments: Any, progress: Progress) -> T:
    """Run `work(*arguments, progress)` in a process of its own and return its result.

    Libraries that have threads of their own, such as typst, must not have been used in this process
    before: where it is a fork, those threads would be missing.

    Args:
        work: a function of a module, since another process may have to find it.

    Raises:
        MemoryError: memory was refused to it.
        JobFailed: it was killed.
        Exception: what `work` or `progress` has raised.
    """
    receiver, sender = CONTEXT.Pipe(duplex=False)
    process = CONTEXT.Process(target=_run, args=(sender, work, arguments))  # type: ignore[attr-defined]
    process.start()
    sender.close()
    try:
        result: T = _result(receiver, process, progress)
        return result
    finally:
        process.kill()
        process.join()
        receiver.close()


def _result(receiver: Connection, process: BaseProcess, progress: Progress) -> Any:
    while True:
        try:
            what, told = receiver.recv()
        except EOFError:
            raise _death_of(process) from None
        if what == "progress":
            progress(*told)
        elif what == "fault":
            raise told
        else:
            return told


def _death_of(process: BaseProcess) -> Exception:
    process.join()
    if ran_out_of_memory(process.exitcode):
        return MemoryError()
    return JobFailed(ProblemCode.DIED)


def _run(sender: Connection, work: Callable[..., Any], arguments: tuple[Any, ...]) -> None:
    die_with_parent()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    try:
        result = work(*arguments, lambda *told: sender.send(("progress", told)))
    except MemoryError:
        raise SystemExit(OUT_OF_MEMORY) from None
    except Exception as fault:  # it is raised again where somebody knows what to do about it
        sender.send(("fault", fault))
    else:
        sender.send(("result", result))
