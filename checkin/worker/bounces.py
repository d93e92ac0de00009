"""Read the mailbox to which mail servers report what they could not deliver, every few minutes."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from checkin.services.mail.mailbox.mailbox_settings import last_look, look_into, mailbox_settings
from checkin.settings import Settings
from checkin.worker.beside import Beside, tools_beside
from checkin.worker.context import Tools

_log = logging.getLogger(__name__)

EVERY = timedelta(minutes=5)
_NICENESS = 10


class BounceReading:
    """Sees to it that the mailbox is read, where there is one; of several workers, by one."""

    def __init__(self) -> None:
        self._reading = Beside("reading of the mailbox", read_bounces)
        self._next_at: datetime | None = None

    def look(self, tools: Tools) -> None:
        """Start to read if it is time; called every few seconds."""
        now = tools.clock()
        if self._reading.is_busy or (self._next_at is not None and now < self._next_at):
            return
        with tools.database.read() as session:
            given = tools.settings.given("bounces_url")
            is_set = mailbox_settings(session, given).mailbox is not None
            latest = last_look(session)
        if not is_set:
            return
        self._next_at = (latest.at if latest else now) + EVERY
        if latest is None or self._next_at <= now:
            self._next_at = now + EVERY
            self._reading.start(tools, now)

    def end(self) -> None:
        """End a reading; the next one goes on where it was."""
        self._reading.end()


def read_bounces(settings: Settings, now: datetime) -> None:
    """Do as `read_once` in a process of its own."""
    with tools_beside(settings, _NICENESS) as tools:
        read_once(tools, now)


def read_once(tools: Tools, now: datetime) -> None:
    """Read the mailbox, if one is set, and keep what was found."""
    with tools.database.read() as session:
        mailbox = tools.settings.bounce_mailbox(session, tools.keys)
    if mailbox is None:
        return
    look = look_into(tools.database, tools.keys, mailbox, now)
    if look.fault:
        _log.warning("%s", look.words)
