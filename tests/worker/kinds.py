"""Kinds of jobs for the tests: some count, and some go wrong in every way."""

from __future__ import annotations

import os
import time
from pathlib import Path

from checkin.db.models import Lane
from checkin.services.jobs.problems import JobFailed, ProblemCode
from checkin.worker.context import JobContext, Kind
from checkin.worker.own_process import in_own_process
from checkin.worker.work import badge_sheets


def count(context: JobContext) -> dict:
    """Count to `steps`, a step each hundredth of a second, and note that it began."""
    began(context)
    steps = context.arguments.get("steps", 3)
    for done in range(steps):
        context.progress(done, steps)
        time.sleep(0.01)
    with context.add_file("counted.txt", "text/plain") as file:
        file.write(f"{steps} steps".encode())
    return {"counted": steps}


def slowly(context: JobContext) -> dict:
    """Go on for as long as nobody ends it."""
    for done in range(1, 100_000):
        context.progress(done, 100_000)
        time.sleep(0.01)
    return {}


def began(context: JobContext) -> None:
    """Write a line: which job, and in which process."""
    with (context.settings.home / "began").open("a") as file:
        file.write(f"{context.claimed.id} {os.getpid()}\n")


def pids(home: Path, job_id: int) -> list[int]:
    """Return the processes in which a job was begun."""
    if not (home / "began").exists():
        return []
    lines = [line.split() for line in (home / "began").read_text().splitlines()]
    return [int(pid) for number, pid in lines if int(number) == job_id]


def deaf(context: JobContext) -> dict:
    """Never ask whether it is to end."""
    began(context)
    while True:
        time.sleep(1)


def devour(context: JobContext) -> dict:
    """Take all memory that there is."""
    return {"eaten": len(_devoured())}


def devour_beside(context: JobContext) -> dict:
    """Take all memory that there is, in a process of its own."""
    return {"eaten": in_own_process(_devoured_beside, progress=context.progress)}


def _devoured_beside(_progress) -> int:
    return len(_devoured())


def _devoured() -> list[bytearray]:
    eaten = []
    while True:
        eaten.append(bytearray(16 * 2**20))


def abort(context: JobContext) -> dict:
    """End as a library does that is refused memory."""
    os.abort()


def killed_beside(context: JobContext) -> dict:
    """Lose the process in which a part is done."""
    return {"never": in_own_process(_killed, progress=context.progress)}


def _killed(_progress) -> None:
    os.kill(os.getpid(), 9)


def stumble(context: JobContext) -> dict:
    """Have a fault."""
    raise KeyError("secret name")


def stumble_beside(context: JobContext) -> dict:
    """Have a fault in a process of its own."""
    return {"never": in_own_process(_stumbled, progress=context.progress)}


def _stumbled(_progress) -> None:
    raise KeyError("secret name")


def refuse(context: JobContext) -> dict:
    """Fail for a reason that its asker understands."""
    raise JobFailed(ProblemCode.NO_BADGES)


def draw_one_by_one(context: JobContext) -> dict:
    """Draw badges on sheets, each of which is a part of its own."""
    badge_sheets.PER_PART = 1
    return badge_sheets.draw(context)


_WORKS = {
    **{"count": count, "deaf": deaf, "devour": devour, "devour_beside": devour_beside},
    **{"abort": abort, "killed_beside": killed_beside, "stumble": stumble},
    **{"stumble_beside": stumble_beside, "refuse": refuse, "one_by_one": draw_one_by_one},
    **{"slowly": slowly},
}
TEST_KINDS = {name: Kind(name, Lane.OFFICE, work, "tests.job") for name, work in _WORKS.items()} | {
    "send": Kind("send", Lane.MAIL, count, "tests.job")
}
