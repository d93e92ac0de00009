"""The sender of messages: its address, the pause switch of an event, and the pace of sending."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parseaddr

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import Session

from checkin.db.models import Event, LetterSent, MailSwitch, Message, MessageState, Sending
from checkin.domain.channels.reach import Channel
from checkin.domain.mail.server import PER_DAY
from checkin.domain.messages.kinds import MessageKind
from checkin.services.common.activity import note
from checkin.services.common.keys import Keys

DOMAIN_SPACING_MS = 50


@dataclass(frozen=True, slots=True)
class Sender:
    """The sender of an installation's messages.

    Args:
        address: the From header, ``Name <address>``.
        base_url: where this server is reached, for links in messages.
        bounces_to: a mailbox for reports of what could not be delivered, whose server delivers
            ``name+anything@domain`` to ``name``; without one they go to `address`.
        per_day: the most messages in any 24 hours, of all events together.
        per_minute: the most in a minute, evenly spread; None for no limit.
        domain_spacing_ms: the least time between two messages to one domain, from all senders.
    """

    address: str
    base_url: str
    bounces_to: str = ""
    per_day: int = PER_DAY
    per_minute: int | None = None
    domain_spacing_ms: int = 0

    @property
    def domain_spacing(self) -> timedelta:
        """The least time between two messages to the same domain."""
        return timedelta(milliseconds=self.domain_spacing_ms)

    @property
    def pause(self) -> timedelta:
        """The least time between two messages, whomever they are for."""
        return timedelta(minutes=1) / self.per_minute if self.per_minute else timedelta(0)

    @property
    def domain(self) -> str:
        """The domain of the From address, for Message-IDs."""
        return domain_of(parseaddr(self.address)[1]) or "localhost"

    def envelope(self, keys: Keys, message_id: int) -> str:
        """Return the address that mail servers report to, which names the message (VERP)."""
        if not self.bounces_to:
            return parseaddr(self.address)[1]
        name, _, domain = self.bounces_to.rpartition("@")
        return f"{name}+{message_id}-{bounce_mark(keys, message_id)}@{domain}"


def bounce_mark(keys: Keys, message_id: int) -> str:
    """Return the keyed mark after a message's id, without which a bounce cannot be forged."""
    return hmac.new(keys.bounces, str(message_id).encode(), "sha256").hexdigest()[:12]


def domain_of(address: str) -> str:
    """Return an e-mail address's domain in lower case, "" where there is none."""
    return address.rpartition("@")[2].lower()


#: longer than a server may take with one message before the next look
SENDER_MISSED_AFTER = timedelta(seconds=60)
_SEEN_EVERY = timedelta(seconds=5)


def sending_of(session: Session, event_id: int) -> Sending:
    """Return the state of an event's sending switch: running, paused or stopped."""
    switch = session.get(MailSwitch, event_id)
    return Sending(switch.sending) if switch else Sending.RUNNING


def holds_badges(session: Session, event_id: int) -> bool:
    """Say whether badges that nobody has had sent yet stay, while an event's other messages leave.

    So whoever writes to everybody before the badges are to leave does not send the badges.
    """
    switch = session.get(MailSwitch, event_id)
    return switch is not None and switch.holds_badges


def hold_badges(session: Session, event: Event, now: datetime, *, held: bool) -> None:
    """Let an event's badges stay while other messages leave, or let them leave, too."""
    switch = session.get(MailSwitch, event.id)
    if switch is not None:
        switch.holds_badges = held
    elif held:
        session.add(MailSwitch(event_id=event.id, changed_at=now, holds_badges=True))
    session.flush()


def not_held(event_id: int) -> ColumnElement[bool]:
    """Return the condition under which a message may leave now; see `holds_badges`.

    Whom an earlier channel has failed was sent their badge already: it goes on.
    """
    held = exists().where(MailSwitch.event_id == event_id, MailSwitch.holds_badges)
    return or_(Message.kind != MessageKind.BADGE, Message.follows_id.is_not(None), ~held)


def sender_seen(session: Session, event_id: int, now: datetime) -> None:
    """Record that a process is sending an event's messages; called every few seconds."""
    switch = session.get(MailSwitch, event_id)
    if switch is None:
        session.add(MailSwitch(event_id=event_id, changed_at=now, sender_seen_at=now))
    elif switch.sender_seen_at is None or now - switch.sender_seen_at > _SEEN_EVERY:
        switch.sender_seen_at = now
    session.flush()


def sender_gone(session: Session, event: Event) -> None:
    """Record that a sending process has ended; another that goes on is soon recorded again."""
    if (switch := session.get(MailSwitch, event.id)) is not None:
        switch.sender_seen_at = None


def is_being_sent(session: Session, event_id: int, now: datetime) -> bool:
    """Say whether a process is sending an event's messages; a killed one counts for a minute."""
    switch = session.get(MailSwitch, event_id)
    seen = switch.sender_seen_at if switch else None
    return seen is not None and now - seen < SENDER_MISSED_AFTER


def set_sending(
    session: Session, event: Event, sending: Sending, *, now: datetime, operator_id: int | None
) -> None:
    """Set an event's sending switch, which every sender reads before each message."""
    switch = session.get(MailSwitch, event.id)
    if switch is None:
        switch = MailSwitch(event_id=event.id, sending=sending, changed_at=now)
        session.add(switch)
    switch.sending, switch.changed_at = sending, now
    session.flush()
    note(session, event.id, f"mail.{sending}", now, operator_id=operator_id)


DAY = timedelta(days=1)
#: names this advisory lock among those of the database ("MAIL")
_TURN = 0x4D41494C
#: other channels have a pace of their own
_IS_MAIL = Message.channel == Channel.EMAIL


def take_turn(session: Session) -> None:
    """Lock the choice of the next message against other senders, until the transaction's end.

    Otherwise two senders could both write to one domain too soon, or both send the day's last
    message. On SQLite there is only one writing transaction at a time anyway.
    """
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(_TURN)))


def left_since(session: Session, since: datetime) -> int:
    """Return how many e-mails of all events were sent since a moment, or are about to be.

    E-mails about accounts are included: they are not delayed, but the badges leave them room.
    """
    at_hand = and_(Message.state == MessageState.SENDING, Message.claimed_at > since)
    badges = select(func.count()).where(_IS_MAIL, or_(Message.handed_at > since, at_hand))
    letters = select(func.count()).where(LetterSent.at > since)
    return session.scalar(select(badges.scalar_subquery() + letters.scalar_subquery())) or 0


def is_resting(session: Session, now: datetime, pause: timedelta) -> bool:
    """Say whether a message of any event, or about an account, left less than `pause` ago."""
    if not pause:
        return False
    since = now - pause
    recent = or_(Message.claimed_at > since, Message.handed_at > since)
    badges, letters = exists().where(_IS_MAIL, recent), exists().where(LetterSent.at > since)
    return bool(session.scalar(select(or_(badges, letters))))


def resting_domains(session: Session, now: datetime, spacing: timedelta) -> set[str]:
    """Return the domains that a message of any event left for less than `spacing` ago."""
    if not spacing:
        return set()
    since = now - spacing
    recent = or_(Message.claimed_at > since, Message.handed_at > since)
    wanted = select(Message.address).where(_IS_MAIL, recent)
    return {domain_of(address) for address in session.scalars(wanted)}
