"""Read bounce reports in a process of its own: anybody may send a message to their mailbox."""

from __future__ import annotations

import logging
from dataclasses import astuple
from typing import Any

from checkin.domain.mail.bounces import Bounce, read_bounce
from checkin.services.uploads.contained import Limits, ReaderEnded, contained

_log = logging.getLogger(__name__)
#: a report of 5 MB takes 0.2 s and 100 MB
_LIMITS = Limits(cpu_s=3, memory_mb=384, wall_s=60)


def read_report(raw: bytes) -> Bounce | None:
    """Parse a report; see `read_bounce`. What cannot be parsed within limits is no report."""
    try:
        read = contained(_as_json, raw, limits=_LIMITS)
    except ReaderEnded as fault:
        _log.warning("a message of %s bytes was taken for no bounce: %s", len(raw), fault)
        return None
    if read is None:
        return None
    message_id, marked, words = read
    return Bounce(message_id, tuple(marked) if marked else None, words)


def _as_json(raw: bytes) -> tuple[Any, ...] | None:
    bounce = read_bounce(raw)
    return None if bounce is None else astuple(bounce)
