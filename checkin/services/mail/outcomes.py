"""A message ready to be sent, and the outcome of an attempt to send it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from email.message import EmailMessage

from checkin.domain.mail.faults import MailFault
from checkin.domain.mail.rules import Fate


@dataclass(frozen=True, slots=True)
class Outcome:
    """The outcome of one attempt to send a message, and the server's answer.

    Attributes:
        fault: what kept it from being taken; None where nothing did, or it was not tried.
        wait: how long it waits where nobody may send anything now; that is no attempt of its own.
    """

    fate: Fate
    answer: str
    fault: MailFault | None = None
    wait: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Letter:
    """A message with its envelope.

    Args:
        bounces_to: the address to which mail servers report what they could not deliver.
    """

    message: EmailMessage
    bounces_to: str
    recipient: str


#: asked just before the first byte is handed over; False: keep it
Permission = Callable[[], bool]


LEFT = Outcome(Fate.LEFT, "not handed over: the sending was stopped, or another sender has it")
