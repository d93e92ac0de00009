"""Run what reads a stranger's file in a process of its own, with limits to its memory and time.

The process is a new Python, so that a server with threads may start it. It knows neither the keys
nor the database: it has no environment and no open files, only the file's bytes.
"""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from threading import Thread, Timer
from typing import IO, Any

from checkin.errors import MarhabaError
from checkin.services.common.turns import Turns

_log = logging.getLogger(__name__)

_CHILD = Path(__file__).with_name("child.py")
_ROOT = Path(__file__).parents[3]
#: Windows starts nothing without the first; the other keeps a drawing library to one thread
_ENVIRONMENT = {
    name: value for name, value in os.environ.items() if name.upper() == "SYSTEMROOT"
} | {"RAYON_NUM_THREADS": "1"}
#: the longest list takes some 60 MB as JSON
_LONGEST_ANSWER_BYTES = 200_000_000
#: as `child.py` says that memory was refused to it
_OUT_OF_MEMORY = 77
_TURNS = Turns(
    2, waiting=6, patience_s=20, refusal="too many files are being read: try again in a few seconds"
)


@dataclass(frozen=True, slots=True)
class Limits:
    """What reading one file may take.

    Attributes:
        cpu_s: seconds of the processor. Windows limits neither these nor the memory.
        memory_mb: the whole address space in MiB, of which Python and its libraries take some 60
            and a library that draws some 350.
        wall_s: seconds until it is ended, whatever it waits for.
    """

    cpu_s: int
    memory_mb: int
    wall_s: float


class ReaderEnded(MarhabaError):
    """Reading a file ended with a fault of the program, which the log has."""

    code = "reader_ended"


class TookTooMuch(ReaderEnded):
    """Reading a file was ended: it took more memory or time than it may."""

    code = "took_too_much"


def contained(work: Callable[..., Any], content: bytes, *options: object, limits: Limits) -> Any:
    """Return what `work(content, *options)` returns, run in a process of its own.

    Args:
        work: a function of a module, which the process imports: let that import little.
        options: JSON values, as is what `work` returns.

    Raises:
        TookTooMuch: it needed more than its limits.
        ReaderEnded: it raised an exception, which is a fault of the program.
        Unavailable: too many files are being read; nothing was run.
    """
    paths = [str(_ROOT), *(path for path in sys.path if Path(path).is_absolute())]
    named = {"module": work.__module__, "function": work.__qualname__, "options": options}
    told = json.dumps({"paths": paths, **named, **asdict(limits)}).encode() + b"\n" + content
    return _TURNS.do(lambda: _answer(told, limits))


def _answer(told: bytes, limits: Limits) -> Any:
    command = [sys.executable, "-I", "-B", "-S", str(_CHILD)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
    with subprocess.Popen(command, env=_ENVIRONMENT, **pipes) as process:  # type: ignore[call-overload]  # noqa: S603 - our own file
        clock = Timer(limits.wall_s, process.kill)
        clock.start()
        try:
            said = _said(process, told)
        finally:
            clock.cancel()
            process.kill()
    return _understood(said, process.returncode)


def _said(process: subprocess.Popen[bytes], told: bytes) -> bytes:
    teller = Thread(target=_tell, args=(process.stdin, told))
    teller.start()
    said: bytes = process.stdout.read(_LONGEST_ANSWER_BYTES)  # type: ignore[union-attr]
    if len(said) == _LONGEST_ANSWER_BYTES:
        process.kill()
    else:
        process.wait()
    teller.join()
    return said


def _tell(stdin: IO[bytes], told: bytes) -> None:
    # A process that was ended reads no more.
    with suppress(OSError), stdin:
        stdin.write(told)


def _understood(said: bytes, exit_code: int) -> Any:
    if exit_code < 0 or exit_code == _OUT_OF_MEMORY:
        # By a signal: of the limits, of the clock above, or of a library that was refused memory.
        raise TookTooMuch("the file takes too much memory or time")
    answer = json.loads(said) if exit_code == 0 else {"fault": f"exit code {exit_code}"}
    if "fault" in answer:
        _log.error("a file could not be read: %s", answer["fault"])
        raise ReaderEnded("the file cannot be read")
    return answer["result"]
