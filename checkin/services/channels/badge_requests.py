"""Asking for one's badge with an e-mail or a telephone number, without an account.

Whoever asks learns nothing: the answer is given before anything is looked up. What was typed is
kept encrypted, a worker looks it up some seconds later, and the badge leaves only for the address
that was registered. Somebody whom no e-mail reaches is shown to their coordinator.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, exists, select
from sqlalchemy.orm import Session

from checkin.db.models import Badge, BadgeRequest, Event, Message, MessageState, Participant
from checkin.domain.common.contacts import normalise_email, normalise_phone
from checkin.domain.common.problems import InvalidValue
from checkin.domain.messages.kinds import MessageKind
from checkin.domain.scanning.facts import RegistrationStatus
from checkin.errors import NotFound
from checkin.services.channels.outreach import ask_for_outreach
from checkin.services.common.activity import note
from checkin.services.common.keys import Keys
from checkin.services.common.secret_links import content_of_link, link_secret
from checkin.services.jobs.sealing import seal, unseal
from checkin.services.people.badge_messages import queue_badge_messages
from checkin.services.people.registering.unchecked import is_given_out

#: so many are looked up in one transaction, so that no gate waits long for it
_AT_A_TIME = 100
#: people who share a telephone or a mailbox; whoever has more of them is no family
_MOST_OF_ONE_CONTACT = 20
_MARK = b"find"
_WRONG_LINK = "this link is nobody's"
_PLACE = "badge request"


def finding_address(keys: Keys, base_url: str, event_id: int) -> str:
    """Return the address of the page where people ask for their badge of an event."""
    whole = _MARK + event_id.to_bytes(12, "big")
    return f"{base_url}/f/{link_secret(keys.finding_links, whole)}"


def event_by_finding_link(session: Session, keys: Keys, secret: str, now: datetime) -> Event:
    """Return the event whose participants ask for their badge at this address.

    Raises:
        NotFound: this server did not make it, the event has no such page, or it is over.
    """
    whole = content_of_link(keys.finding_links, secret)
    number = int.from_bytes(whole[4:], "big") if whole is not None else 0
    if whole is None or whole[:4] != _MARK or number >= 2**31:
        raise NotFound(_WRONG_LINK)
    event = session.get(Event, number)
    if event is None or not event.finds_badges or now >= event.ends_at or event.purged_at:
        raise NotFound(_WRONG_LINK)
    return event


def typed_contact(text: str) -> str:
    """Return the e-mail or the telephone number that was typed, as it is stored.

    Raises:
        InvalidValue: ``missing_contact``, ``invalid_email``, ``invalid_phone``, ``rounded_phone``.
    """
    if not text.strip():
        raise InvalidValue("missing_contact", "")
    return normalise_email(text) if "@" in text else normalise_phone(text)


def ask_for_badge(session: Session, keys: Keys, event: Event, contact: str, now: datetime) -> None:
    """Write down that somebody has asked; nothing is looked up, whoever it is."""
    sealed = seal(keys, contact.encode(), _PLACE)
    session.add(BadgeRequest(event_id=event.id, sealed=sealed, asked_at=now))
    session.flush()


def events_with_requests(session: Session) -> Sequence[int]:
    """Return the ids of the events where somebody has asked."""
    return session.scalars(select(BadgeRequest.event_id).distinct()).all()


@dataclass(frozen=True, slots=True)
class Answered:
    """What came of some requests.

    Attributes:
        requests: how many there were.
        mailed: how many messages wait to be sent now.
        shown: how many people their coordinator is shown.
    """

    requests: int = 0
    mailed: int = 0
    shown: int = 0


def answer_requests(session: Session, keys: Keys, event: Event, now: datetime) -> Answered:
    """Look up who has asked, and queue their badge to the address that is registered.

    Each request is erased, whoever made it; two workers never get the same one.
    """
    next_ones = (
        select(BadgeRequest.id)
        .where(BadgeRequest.event_id == event.id)
        .order_by(BadgeRequest.id)
        .limit(_AT_A_TIME)
    )
    taken = session.scalars(
        delete(BadgeRequest).where(BadgeRequest.id.in_(next_ones)).returning(BadgeRequest.sealed)
    ).all()
    contacts = dict.fromkeys(unseal(keys, one, _PLACE).decode() for one in taken)
    if not event.finds_badges or now >= event.ends_at:
        return Answered(len(taken))
    people = {one.id: one for contact in contacts for one in _people(session, event, contact, now)}
    mailed = sum(_mail(session, event, one, now) for one in people.values())
    unreached = [one for one in people.values() if not _is_reached_by_mail(one)]
    for one in unreached:
        ask_for_outreach(session, event.id, one.id, now)
    for one in people.values():
        note(session, event.id, "participant.ask_badge", now, participant_id=one.id)
    return Answered(len(taken), mailed, len(unreached))


def _people(session: Session, event: Event, contact: str, now: datetime) -> Sequence[Participant]:
    """Return the people with this contact: those with a badge to give, and those who wait."""
    whose = Participant.email == contact if "@" in contact else Participant.phone == contact
    badge = exists().where(Badge.participant_id == Participant.id, Badge.revoked_at.is_(None))
    return session.scalars(
        select(Participant)
        .where(
            Participant.event_id == event.id,
            whose,
            Participant.standing.in_((RegistrationStatus.CONFIRMED, RegistrationStatus.RESERVE)),
            badge,
            is_given_out(now),
        )
        .order_by(Participant.id)
        .limit(_MOST_OF_ONE_CONTACT)
    ).all()


def _is_reached_by_mail(person: Participant) -> bool:
    return person.email is not None and not person.no_mail


def _mail(session: Session, event: Event, person: Participant, now: datetime) -> int:
    """Queue the badge, or where they stand on the reserve list, unless that waits already."""
    is_confirmed = person.standing == RegistrationStatus.CONFIRMED
    kind = MessageKind.FOUND if is_confirmed else MessageKind.RESERVE
    waits = exists().where(
        Message.participant_id == person.id,
        Message.kind == kind,
        Message.state.in_((MessageState.QUEUED, MessageState.SENDING)),
    )
    if not _is_reached_by_mail(person) or session.scalar(select(waits)):
        return 0
    return queue_badge_messages(session, event, [person.id], now, kind)
