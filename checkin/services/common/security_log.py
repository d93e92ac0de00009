"""The security log: who signed in, what was refused, revoked, exported and erased, line by line.

It is written by the logger `marhaba.security`, to the standard error or to a syslog.
"""

from __future__ import annotations

import logging
import socket
import sys
import time
from collections import defaultdict
from collections.abc import Mapping
from logging.handlers import SysLogHandler
from pathlib import Path
from threading import Lock
from typing import TextIO
from urllib.parse import urlsplit

from sqlalchemy import event
from sqlalchemy.orm import Session

from checkin.domain.accounts.security_events import is_security_event, security_line
from checkin.errors import SettingsError

SECURITY = logging.getLogger("marhaba.security")
STANDARD_ERROR = "stderr"
#: lines of one event within a minute; strangers cause some of them, and must not fill the disk
MOST_A_MINUTE = 300
_MINUTE_S = 60.0
_FORMAT = "%(asctime)sZ marhaba.security %(message)s"


def tell(name: str, **facts: object) -> None:
    """Write a security event at once.

    Args:
        facts: those of `FACTS` in `checkin.domain.accounts.security_events`; others are left out.
    """
    _write(name, logging.WARNING, facts)


def tell_when_committed(session: Session, action: str, facts: Mapping[str, object]) -> None:
    """Write an entry of the activity log into the security log, too, if it belongs there."""
    if not is_security_event(action):
        return
    level = logging.WARNING if action.endswith("_failed") else logging.INFO

    def committed(_session: Session) -> None:
        _write(action, level, facts)

    event.listen(session, "after_commit", committed, once=True)


def _write(name: str, level: int, facts: Mapping[str, object]) -> None:
    SECURITY.log(level, "%s", security_line(name, facts), extra={"security_event": name})


def open_security_log(target: str, *, to_terminal: bool = True) -> None:
    """Send the security log where the settings say, and nowhere else any more.

    Args:
        target: `stderr`, the socket of a syslog such as `/dev/log`, or `udp://host:514`.
        to_terminal: whether `stderr` is meant; a command's is a person's screen.

    Raises:
        SettingsError: there is no such syslog.
    """
    for former in list(SECURITY.handlers):
        SECURITY.removeHandler(former)
        former.close()
    SECURITY.setLevel(logging.INFO)
    handler = _handler(target) if to_terminal or target != STANDARD_ERROR else None
    if handler is not None:
        handler.addFilter(_Flood())
    SECURITY.addHandler(handler or logging.NullHandler())


def _handler(target: str) -> logging.Handler:
    if target != STANDARD_ERROR:
        return _syslog(target)
    handler = _ToStandardError()
    formatter = logging.Formatter(_FORMAT, "%Y-%m-%dT%H:%M:%S")
    formatter.converter = time.gmtime
    handler.setFormatter(formatter)
    return handler


def _syslog(target: str) -> logging.Handler:
    parts = urlsplit(target)
    address = (parts.hostname or "", parts.port or 514) if parts.scheme else target
    if address == target and not Path(target).is_socket():
        raise SettingsError(f"CHECKIN_SECURITY_LOG: {target} is no syslog's socket")
    try:
        handler = SysLogHandler(address, SysLogHandler.LOG_AUTHPRIV, socket.SOCK_DGRAM)
    except OSError as fault:
        raise SettingsError(f"CHECKIN_SECURITY_LOG: {target} is not reached: {fault}") from None
    handler.ident = "marhaba.security: "
    return handler


class _ToStandardError(logging.StreamHandler[TextIO]):
    """Writes to what is the standard error at that moment."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write a line."""
        self.stream = sys.stderr
        super().emit(record)


class _Flood(logging.Filter):
    """Lets so many lines of each event through in a minute; the next minute says how many more."""

    def __init__(self) -> None:
        super().__init__()
        self._mutex = Lock()
        self._minute = 0.0
        self._counts: defaultdict[str, int] = defaultdict(int)

    def filter(self, record: logging.LogRecord) -> bool:
        """Count a line, and say whether it is written."""
        name = getattr(record, "security_event", "")
        with self._mutex:
            left_out = self._begin_minute() if self._is_over() else 0
            self._counts[name] += 1
            if left_out:
                record.msg += f" left_out={left_out}"
            return self._counts[name] <= MOST_A_MINUTE

    def _is_over(self) -> bool:
        return time.monotonic() - self._minute >= _MINUTE_S

    def _begin_minute(self) -> int:
        left_out = sum(max(0, count - MOST_A_MINUTE) for count in self._counts.values())
        self._counts.clear()
        self._minute = time.monotonic()
        return left_out
