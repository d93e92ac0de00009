"""The program of the process that reads a stranger's file; `contained.py` beside it starts it.

It limits itself before it imports or reads anything. Its input is a line of JSON, then the file;
its output is JSON, too: `result`, or `fault` without the text that raised it.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
import traceback
from typing import Any

_OUT_OF_MEMORY = 77
#: at least: of a job's process it is that one's
_NICENESS = 5
_MIB = 2**20


def main() -> None:
    """Read one file, and say what was read."""
    told = json.loads(sys.stdin.buffer.readline())
    try:
        _limit(told["cpu_s"], told["memory_mb"] * _MIB)
        said = json.dumps(_answer(told)).encode()
        sys.stdout.buffer.write(said)
        sys.stdout.buffer.flush()
    except MemoryError:
        os._exit(_OUT_OF_MEMORY)
    os._exit(0)  # nothing is left to be put in order, and freeing a large list takes its time


def _limit(cpu_s: int, memory_bytes: int) -> None:
    """Yield to the gates, and take no more than this; open and write no more than is needed."""
    if sys.platform == "win32":
        return
    import resource

    os.nice(max(0, _NICENESS - os.nice(0)))
    for what, most in (
        (resource.RLIMIT_AS, memory_bytes),
        (resource.RLIMIT_CPU, cpu_s),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 64),
    ):
        resource.setrlimit(what, (most, most))


def _answer(told: dict[str, Any]) -> dict[str, Any]:
    sys.path[:] = told["paths"]
    try:
        work = getattr(importlib.import_module(told["module"]), told["function"])
        return {"result": work(sys.stdin.buffer.read(), *told["options"])}
    except MemoryError:
        raise
    except BaseException as fault:  # so are panics of libraries
        return {"fault": _without_texts(fault)}


def _without_texts(fault: BaseException) -> str:
    """Return the kind of an exception and where it was raised: its words may hold a name."""
    frames = traceback.extract_tb(fault.__traceback__)
    return " ← ".join([type(fault).__name__, *(f"{f.name}:{f.lineno}" for f in reversed(frames))])


if __name__ == "__main__":
    main()
