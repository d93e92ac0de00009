"""Check and draw uploaded logos in a process of its own: nobody knows before what a drawing takes.

What is kept is the picture that was drawn, so that no page ever draws a stranger's file.
"""

from __future__ import annotations

import base64
from typing import Any

from badges.look import LookError, LookProblem, checked_logo
from checkin.services.uploads.contained import Limits, ReaderEnded, TookTooMuch, contained

#: an honest logo takes 0.2 s of the processor, and 400 MB of addresses, most of them of libraries
_LIMITS = Limits(cpu_s=3, memory_mb=768, wall_s=300)


def read_logo(content: bytes) -> bytes:
    """Return an uploaded logo as a PNG that can be printed; see `checked_logo`.

    Raises:
        LookError: it cannot be printed; the sentence says why and what to do.
    """
    try:
        read = contained(_as_json, content, limits=_LIMITS)
    except TookTooMuch as fault:
        sentence = "to draw this logo takes too much memory or time: save it as PNG and send that"
        raise LookError(LookProblem.TAKES_TOO_MUCH, "", sentence) from fault
    except ReaderEnded as fault:
        raise LookError(LookProblem.BROKEN, "", "the logo cannot be read: save it again") from fault
    if "refused" in read:
        problem, value, sentence = read["refused"]
        raise LookError(LookProblem(problem), value, sentence)
    return base64.b64decode(read["png"])


def _as_json(content: bytes) -> dict[str, Any]:
    try:
        return {"png": base64.b64encode(checked_logo(content)).decode()}
    except LookError as fault:
        return {"refused": [fault.problem, fault.value, str(fault)]}
