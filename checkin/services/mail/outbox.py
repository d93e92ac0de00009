"""Send the outbox: claim a message, render it, send it outside transactions, record the outcome."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import partial
from uuid import uuid4

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from badges.spec import BadgeError
from checkin.db.engine import Database, in_transaction
from checkin.db.models import Event, Message
from checkin.domain.mail.faults import MailFault
from checkin.domain.mail.rules import Fate
from checkin.services.badges.wallets import NO_WALLETS, Wallets
from checkin.services.common.keys import Keys
from checkin.services.mail.claims import (
    Claimed,
    NoClaim,
    begin_handing_over,
    claim,
    due,
    recover_stale,
    settle,
)
from checkin.services.mail.letters import letter_for
from checkin.services.mail.outcomes import Outcome
from checkin.services.mail.sender import Sender
from checkin.services.mail.transport import Transport

#: how often a sender that stays looks for what has become due
LOOK_AGAIN_S = 5.0
#: how soon a sender looks again for a domain that has rested, as a share of the rest
_LOOK_AGAIN = 0.2
#: but so soon at the latest: a pause, or the end of the sending, is noticed as soon
_LATEST_LOOK_S = 0.5


class Ended(StrEnum):
    """Why a run of sending ended."""

    NOTHING_DUE = "nothing_due"
    LIMIT = "limit"
    DAY_FULL = "day_full"
    PAUSED = "paused"
    STOPPED = "stopped"
    #: the server was away, or refused us as a whole: see `Run.answer`
    HALTED = "halted"
    #: whoever started the run asked it to end
    ASKED = "asked"


@dataclass
class Run:
    """The result of a run of sending.

    Attributes:
        answer, fault: the mail server's answer, and its kind, if it ended the run.
    """

    fates: Counter[Fate] = field(default_factory=Counter)
    ended: Ended = Ended.NOTHING_DUE
    answer: str = ""
    fault: MailFault | None = None


@dataclass(frozen=True)
class PostOffice:
    """Everything that a run of sending needs."""

    database: Database
    event: Event
    keys: Keys
    transport: Transport
    sender: Sender
    clock: Callable[[], datetime]
    wallets: Wallets = NO_WALLETS
    name: str = field(default_factory=lambda: uuid4().hex)


def waiting(session: Session, event: Event, now: datetime) -> int:
    """Return how many messages are due."""
    return session.scalars(select(func.count()).select_from(Message).where(*due(event, now))).one()


def states(session: Session, event: Event) -> Counter[str]:
    """Return how many messages are in each state."""
    rows = session.execute(
        select(Message.state, func.count().label("messages"))
        .where(Message.event_id == event.id)
        .group_by(Message.state)
    )
    return Counter({row.state: row.messages for row in rows})


def send_due(
    office: PostOffice,
    *,
    sent: Callable[[Outcome], None] = lambda _outcome: None,
    carry_on: Callable[[], bool] = lambda: True,
    limit: int | None = None,
) -> Run:
    """Send due messages one after the other, until none is left or something ends the run.

    Args:
        sent: called after each message, for progress.
        carry_on: called before each message; False ends the run between two messages.
    """
    in_transaction(office.database, partial(recover_stale, event=office.event, now=office.clock()))
    run = Run()
    while (ended := _send_next(office, run, sent, carry_on, limit)) is None:
        pass
    run.ended = ended
    return run


def _send_next(
    office: PostOffice,
    run: Run,
    sent: Callable[[Outcome], None],
    carry_on: Callable[[], bool],
    limit: int | None,
) -> Ended | None:
    if limit is not None and run.fates.total() >= limit:
        return Ended.LIMIT
    if not carry_on():
        return Ended.ASKED
    claimed = _claim(office)
    if claimed is NoClaim.RESTING:
        time.sleep(_until_it_has_rested(office.sender))
        return None
    if isinstance(claimed, NoClaim):
        return Ended(claimed)
    outcome = _send(office, claimed)
    in_transaction(
        office.database, partial(settle, claimed=claimed, outcome=outcome, now=office.clock())
    )
    if outcome.fate is Fate.HALTED:
        run.answer, run.fault = outcome.answer, outcome.fault
        return Ended.HALTED
    if outcome.fate is not Fate.LEFT:
        run.fates[outcome.fate] += 1
        sent(outcome)
    return None


def _until_it_has_rested(sender: Sender) -> float:
    rest = max(sender.domain_spacing, sender.pause).total_seconds()
    return min(rest * _LOOK_AGAIN, _LATEST_LOOK_S)


def _claim(office: PostOffice) -> Claimed | NoClaim:
    return in_transaction(
        office.database,
        partial(
            claim,
            event=office.event,
            name=office.name,
            domain=office.sender.domain,
            now=office.clock(),
            per_day=office.sender.per_day,
            spacing=office.sender.domain_spacing,
            pause=office.sender.pause,
        ),
    )


def _send(office: PostOffice, claimed: Claimed) -> Outcome:
    if claimed.why_not:
        return Outcome(Fate.FAILED, f"not sent: {claimed.why_not}")
    try:
        with office.database.read() as session:
            # As it is now: a run takes hours, and the message may tell of its new place.
            event = session.get_one(Event, office.event.id)
            offered = office.wallets.offered(event, office.clock())
            letter = letter_for(session, event, office.keys, claimed, office.sender, offered)
    except BadgeError as fault:
        return Outcome(Fate.FAILED, f"not sent: {fault}")

    def may_hand_over() -> bool:
        work = partial(begin_handing_over, claimed=claimed, now=office.clock())
        return in_transaction(office.database, work)

    return office.transport.send(letter, may_hand_over)
