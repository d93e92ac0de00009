"""Send an event's messages until none is left, whatever some of them have to wait for.

E-mails and messages to telephones take turns: neither waits until all of the others have left.
"""

from __future__ import annotations

import time
from collections import Counter
from functools import partial
from typing import Any

from checkin.db.engine import in_transaction
from checkin.db.models import Event, Lane
from checkin.domain.mail.rules import Fate
from checkin.domain.network.addresses import OnlyThisMachine
from checkin.services.channels.telephone_sending import (
    TelephoneOffice,
    is_any_due,
    send_to_telephones,
)
from checkin.services.jobs.problems import JobFailed, ProblemCode
from checkin.services.mail.going_on import go_on_with_all
from checkin.services.mail.outbox import LOOK_AGAIN_S, Ended, PostOffice, send_due
from checkin.services.mail.outcomes import Outcome
from checkin.services.mail.sending_job import MAIL as NAME
from checkin.services.mail.sending_job import send_the_rest
from checkin.services.mail.waiting import left_to_send
from checkin.worker.context import JobContext, Kind
from checkin.worker.work.post_office import (
    opened_post_office,
    opened_telephones,
    with_current_sender,
)

#: how often a sending looks whether somebody has changed its sender or its limits
_LOOK_AT_SETTINGS_S = 1.0
#: how long messages to telephones leave while e-mails wait for their turn
_TURN_S = 3.0
#: longer than a mail server may take for the answer to one message
ENDS_WITHIN_S = 60.0


def send(context: JobContext) -> dict[str, Any]:
    """Send the messages of the job's event; it goes on where an earlier attempt was.

    Returns:
        How many messages have had each `Fate`.

    Raises:
        JobFailed: the mail server takes nothing, or an address is understood by nobody else.
    """
    with context.database.read() as session:
        event = session.get_one(Event, context.claimed.event_id)
    parts = (context.database, context.keys, context.settings, event, context.clock)
    try:
        with (
            opened_post_office(*parts) as office,
            opened_telephones(office, context.settings) as phones,
        ):
            fates = _Sending(context, office, phones).until_none_is_left()
    except OnlyThisMachine as refused:
        raise JobFailed(ProblemCode.MAIL_ADDRESS) from refused
    context.at_end(
        partial(
            send_the_rest,
            keys=context.keys,
            event=event,
            endpoint="delivery.send",
            operator_id=context.claimed.operator_id,
            now=context.clock(),
        )
    )
    return fates


MAIL = Kind(NAME, Lane.MAIL, send, ends_within_s=ENDS_WITHIN_S)


class _Sending:
    """The sending of one job."""

    def __init__(self, context: JobContext, office: PostOffice, phones: TelephoneOffice) -> None:
        self._context, self._office, self._phones = context, office, phones
        self._fates: Counter[Fate] = Counter()
        self._left = 0
        self._looked_at = 0.0

    def until_none_is_left(self) -> dict[str, Any]:
        """Send what is due, wait for the rest, and return how many have had each fate."""
        self._go_on_with_all()
        while self._some_are_left():
            self._run()
            self._go_on_with_all()
            if self._some_are_left() and not is_any_due(self._phones):
                self._context.rest(LOOK_AGAIN_S)
        self._tell_at_last()
        return {str(fate): count for fate, count in self._fates.items()}

    def _run(self) -> None:
        self._send_to_telephones(_TURN_S)
        office = with_current_sender(self._office, self._context.settings)
        run = send_due(office, sent=self._sent, carry_on=lambda: self._goes_on_with(office))
        if run.ended is Ended.HALTED:
            self._send_to_telephones()  # they need no mail server
            raise JobFailed(ProblemCode.MAIL_REFUSED, answer=run.answer, fault=run.fault or "")

    def _goes_on_with(self, office: PostOffice) -> bool:
        """Tell how far it is; False once the sender or the limits are others."""
        self._tell()
        if time.monotonic() - self._looked_at < _LOOK_AT_SETTINGS_S:
            return True
        self._looked_at = time.monotonic()
        if is_any_due(self._phones):
            return False
        return with_current_sender(office, self._context.settings) == office

    def _send_to_telephones(self, for_s: float = float("inf")) -> None:
        until = time.monotonic() + for_s
        send_to_telephones(
            self._phones,
            sent=self._sent,
            carry_on=lambda: self._tell() and time.monotonic() < until,
        )

    def _go_on_with_all(self) -> None:
        """Write to whom a channel has failed, or none has reached, by the next one."""
        event, now = self._office.event, self._context.clock()
        going_on = partial(go_on_with_all, event=event, now=now)
        while in_transaction(self._context.database, going_on):
            self._tell()

    def _some_are_left(self) -> bool:
        with self._context.database.read() as session:
            self._left = left_to_send(session, self._office.event)
        return self._tell() and self._left > 0

    def _sent(self, outcome: Outcome) -> None:
        self._fates[outcome.fate] += 1
        if outcome.fate is not Fate.LATER:
            self._left = max(0, self._left - 1)

    def _tell(self) -> bool:
        done = self._done()
        self._context.progress(done, done + self._left)
        return True

    def _tell_at_last(self) -> None:
        """Write the last count, too, which would else be skipped within a second of another."""
        done = self._done()
        telling = partial(self._context.progress_within, done=done, total=done + self._left)
        in_transaction(self._context.database, telling)

    def _done(self) -> int:
        return self._fates.total() - self._fates[Fate.LATER]
