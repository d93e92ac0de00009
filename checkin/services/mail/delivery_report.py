"""Report on the delivery of badges, by delegation and by participant, and resend them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, or_, select, true
from sqlalchemy.orm import Session, aliased

from checkin.db.models import (
    Badge,
    BadgePrint,
    Delegation,
    Event,
    MergedRecord,
    Message,
    Participant,
)
from checkin.domain.channels.reach import Channel, Contact
from checkin.domain.messages.kinds import BADGE_KINDS
from checkin.domain.people.public_badges import NOT_YET
from checkin.domain.scanning.facts import RegistrationStatus
from checkin.services.common.activity import note
from checkin.services.common.keyset import Key, Turn, turned_page
from checkin.services.events.events import delegations_of
from checkin.services.mail.claims import retry_unknown
from checkin.services.mail.pace import pace_of
from checkin.services.people.badge_messages import channels_of, queue_badge_messages
from checkin.services.people.registering.unchecked import IS_SEEN_AS_CONFIRMED, is_given_out

_IS_CONFIRMED = Participant.standing == RegistrationStatus.CONFIRMED
#: so many people are held at a time, however many there are
_AT_A_TIME = 1000


class Delivery(StrEnum):
    """The state of delivery of the newest message that brings a participant their badge."""

    SENT = "sent"
    QUEUED = "queued"
    SENDING = "sending"
    BOUNCED = "bounced"
    FAILED = "failed"
    UNKNOWN = "unknown"
    NO_ADDRESS = "no_address"
    #: they have said that they want no e-mails
    NO_MAIL = "no_mail"
    #: they have an address, given after their badge was issued, and nothing was queued
    NO_MESSAGE = "no_message"


#: these people have to be reached otherwise
UNREACHED = frozenset(
    {
        *(Delivery.NO_ADDRESS, Delivery.NO_MAIL, Delivery.BOUNCED, Delivery.FAILED),
        *(Delivery.UNKNOWN, Delivery.NO_MESSAGE),
    }
)


@dataclass(frozen=True, slots=True)
class DelegationDelivery:
    """The counts of one delegation's confirmed participants by delivery.

    Attributes:
        with_badge: how many hold a valid badge.
        printed: how many of those badges were printed at a desk.
    """

    delegation: Delegation
    with_badge: int
    printed: int
    counts: Counter[Delivery] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class Reached:
    """A confirmed participant and the delivery of their message."""

    participant: Participant
    delegation: Delegation
    delivery: Delivery
    message: Message | None
    printed: bool


@dataclass(frozen=True, slots=True)
class Progress:
    """The progress of sending.

    Attributes:
        rate: messages a second, see `pace_of`.
        left_s: seconds until the queue is empty at that rate; None while nothing is sent.
    """

    counts: Counter[Delivery]
    rate: float
    left_s: int | None


def delivery_by_delegation(
    session: Session,
    event: Event,
    delegation_id: int | None = None,
    *,
    seen_at: datetime | None = None,
) -> list[DelegationDelivery]:
    """Return every delegation's counts, by name; only one delegation's where it is given.

    Args:
        seen_at: when a coordinator sees them, see `Chosen`.
    """
    found = _counts(session, event, delegation_id, seen_at)
    confirmed = None if seen_at else {of: counts.total() for of, counts in found.items()}
    holders = _holders(session, event, delegation_id, seen_at, confirmed)
    return [
        DelegationDelivery(one, *holders.get(one.id, (0, 0)), found.get(one.id, Counter()))
        for one in delegations_of(session, event)
        if delegation_id in (None, one.id)
    ]


@dataclass(frozen=True, slots=True)
class Chosen:
    """A choice among an event's confirmed participants.

    Attributes:
        wanted: those with these deliveries.
        delegation_id: those of one delegation; None for all.
        printed: those whose badge was printed at a desk, or was not; None for both.
        participant_ids: these of them; None for all.
        seen_at: when a coordinator sees them, who does not know who is to be checked, and is given
            no badge that is withheld; None: they are seen as they are.
    """

    wanted: Collection[Delivery] = frozenset(Delivery)
    delegation_id: int | None = None
    printed: bool | None = None
    participant_ids: Collection[int] | None = None
    seen_at: datetime | None = None

    @property
    def are_few(self) -> bool:
        """Whether it is of few people, who are found by what they are chosen by."""
        return bool(self.printed) or self.participant_ids is not None


def people_by_delivery(session: Session, event: Event, chosen: Chosen) -> list[Reached]:
    """Return the chosen participants with their deliveries, delegation by delegation."""
    return list(_reached(session, _select_chosen(event, chosen)))


@dataclass(frozen=True, slots=True)
class ReachedPage:
    """A page of participants with their deliveries, delegation by delegation."""

    people: Sequence[Reached]
    has_previous: bool
    has_next: bool


def page_by_delivery(
    session: Session, event: Event, chosen: Chosen, turn: Turn, size: int
) -> ReachedPage:
    """Return a page of the chosen participants."""
    people: Select[Any] = select(Participant.id)
    is_one = chosen.delegation_id is not None
    by_name = (Participant.folded_name, Participant.id)
    keys: Sequence[Key] = by_name if is_one else (Participant.delegation_id, *by_name)
    wanted = [_is_of(event), *_chosen_among(event, chosen)]
    page = turned_page(session, people, wanted, keys, turn, size)
    shown = Chosen(participant_ids=page.ids, seen_at=chosen.seen_at)
    return ReachedPage(people_by_delivery(session, event, shown), page.has_previous, page.has_next)


def each_by_delivery(session: Session, event: Event, chosen: Chosen) -> Iterator[Reached]:
    """Do as `people_by_delivery` for any number of people: few are held at a time."""
    statement = _select_chosen(event, chosen).execution_options(yield_per=_AT_A_TIME)
    return _reached(session, statement)


def count_of_chosen(session: Session, event: Event, chosen: Chosen) -> int:
    """Return how many participants are chosen."""
    people = select(func.count()).select_from(Participant)
    return session.scalars(people.where(*chosen_people(event, chosen))).one()


def chosen_people(event: Event, chosen: Chosen) -> list[ColumnElement[bool]]:
    """Return the conditions on `Participant` that choose people, without what is told of them."""
    of_event = _is_of(event) if chosen.are_few else Participant.event_id == event.id
    return [of_event, *_chosen_among(event, chosen)]


def _chosen_among(event: Event, chosen: Chosen) -> list[ColumnElement[bool]]:
    """Return the conditions that choose people among those of the event."""
    are_few = chosen.are_few
    delivered = delivery_is(event, chosen.wanted, chosen.seen_at, are_few=are_few)
    return [delivered, *_narrowed(chosen)]


def _is_of(event: Event) -> ColumnElement[bool]:
    """Return the condition that a participant is of an event, for who is found otherwise.

    SQLite would go through all people of the event in an index of theirs, and put them in order,
    where it has the ids of a few, or an index in that order. For a sum it takes no index.
    """
    return Participant.event_id + 0 == event.id


def progress_of(
    session: Session, event: Event, now: datetime, delegation_id: int | None = None
) -> Progress:
    """Return the progress of sending, computed from the messages' times, of all processes.

    Args:
        delegation_id: of a coordinator, who does not know who is to be checked.
    """
    seen_at = None if delegation_id is None else now
    counts = _counts(session, event, delegation_id, seen_at).values()
    return progress_with(session, event, now, sum(counts, Counter()))


def progress_with(
    session: Session, event: Event, now: datetime, counts: Counter[Delivery]
) -> Progress:
    """Do as `progress_of` for counts that were read already."""
    left = counts[Delivery.QUEUED] + counts[Delivery.SENDING]
    return Progress(counts, *pace_of(session, now, left, Message.event_id == event.id))


def resend(
    session: Session,
    event: Event,
    participant_ids: Sequence[int],
    *,
    now: datetime,
    delegation_id: int | None = None,
    operator_id: int | None = None,
    is_noted: bool = True,
) -> int:
    """Queue the badges of these confirmed participants again, to their current addresses.

    Each goes by the first channel that reaches them, whichever brought it before.

    A participant who has a message waiting gets no second one; an unknown message is repeated
    unchanged, so that mail programs can recognise it as the same.

    Args:
        delegation_id: only this delegation's people; others are left out.
        is_noted: the activity log gets an entry; one change of many people has one of its own.

    Returns:
        How many messages were queued.
    """
    chosen = Chosen(delegation_id=delegation_id, participant_ids=participant_ids)
    reach = channels_of(session, event)
    people = [
        one for one in people_by_delivery(session, event, chosen) if reach.first(_contact(one))
    ]
    unknown = [p.message.id for p in people if p.message and p.delivery is Delivery.UNKNOWN]
    waiting = (Delivery.QUEUED, Delivery.SENDING, Delivery.UNKNOWN)
    anew = [p.participant.id for p in people if p.delivery not in waiting]
    count = queue_badge_messages(session, event, anew, now)
    if unknown:
        count += retry_unknown(session, event, unknown, now=now, operator_id=operator_id)
    if is_noted:
        note(session, event.id, "mail.resend", now, operator_id=operator_id, messages=count)
    return count


def sent_by_channel(
    session: Session,
    event: Event,
    delegation_id: int | None = None,
    *,
    seen_at: datetime | None = None,
) -> Counter[Channel]:
    """Return how many confirmed participants were sent their badge by which channel, the last time.

    Args:
        seen_at: when a coordinator sees them, see `Chosen`.
    """
    sent = (
        select(Message.channel, func.count())
        .join(Participant, Participant.id == Message.participant_id)
        .where(Message.event_id == event.id, Message.state == Delivery.SENT)
        .where(*_brings_badge(event, Message), ~_is_older(event, Message), _is_confirmed(seen_at))
        .group_by(Message.channel)
    )
    if delegation_id is not None:
        sent = sent.where(Participant.delegation_id == delegation_id)
    return Counter({Channel(channel): count for channel, count in session.execute(sent)})


def _contact(one: Reached) -> Contact:
    person = one.participant
    return Contact(person.email, person.phone, wants_none=bool(person.no_mail))


def _select_chosen(event: Event, chosen: Chosen) -> Select[Any]:
    """Return the query for the chosen participants with their deliveries, to be narrowed."""
    state = _delivery()
    return (
        _confirmed(event, chosen.seen_at, chosen.participant_ids)
        .join(Delegation, Delegation.id == Participant.delegation_id)
        .add_columns(Participant, Delegation, state.label("state"), Message, _printed())
        .where(state.in_(chosen.wanted))
        .where(*_narrowed(chosen))
        .order_by(Participant.delegation_id, Participant.folded_name, Participant.id)
    )


def _narrowed(chosen: Chosen) -> Iterator[ColumnElement[bool]]:
    """Return the conditions of a choice besides the deliveries."""
    if chosen.delegation_id is not None:
        yield Participant.delegation_id == chosen.delegation_id
    if chosen.printed is not None:
        yield Participant.id.in_(_printed_people()) if chosen.printed else ~_printed()
    if chosen.participant_ids is not None:
        yield Participant.id.in_(chosen.participant_ids)


def _reached(session: Session, statement: Select[Any]) -> Iterator[Reached]:
    with session.execute(statement) as rows:
        for person, delegation, state, message, on_paper in rows:
            yield Reached(person, delegation, Delivery(state), message, bool(on_paper))


def delivery_is(
    event: Event,
    wanted: Collection[Delivery],
    seen_at: datetime | None,
    *,
    are_few: bool = False,
) -> ColumnElement[bool]:
    """Return the condition that a participant is confirmed, with one of these deliveries.

    Args:
        seen_at: when a coordinator asks, see `Chosen`.
        are_few: further conditions leave so few people that each one's messages are looked up.
    """
    if set(wanted) == set(Delivery):
        return _is_confirmed(seen_at)
    message = aliased(Message)
    brings = _brings_badge(event, message)
    newest = (message.state.in_(wanted), *brings, ~_is_older(event, message))
    of_all = select(message.participant_id).where(message.event_id == event.id, *newest)
    theirs = exists().where(message.participant_id == Participant.id, *newest)
    # A set of people is made once; each one's newest message is looked for only where it decides.
    with_message = theirs if are_few else Participant.id.in_(of_all)
    is_written_to = and_(_is_confirmed(seen_at), with_message)
    if not set(wanted) & set(_WITHOUT):
        return is_written_to
    has_none = ~exists().where(message.participant_id == Participant.id, *brings)
    is_without = and_(_without_message().in_(wanted), has_none)
    return and_(_is_confirmed(seen_at), or_(with_message, is_without))


def deliveries_of(
    session: Session, event: Event, participant_ids: Collection[int], seen_at: datetime | None
) -> dict[int, Delivery]:
    """Return the deliveries of those of these participants who are confirmed.

    Args:
        seen_at: when a coordinator asks, see `Chosen`.
    """
    statement = _confirmed(event, seen_at, participant_ids)
    rows = session.execute(statement.add_columns(Participant.id, _delivery()))
    return {number: Delivery(state) for number, state in rows}


def _delivery() -> ColumnElement[str]:
    return func.coalesce(Message.state, _without_message())


#: what `_without_message` may return
_WITHOUT = (Delivery.NO_ADDRESS, Delivery.NO_MAIL, Delivery.QUEUED, Delivery.NO_MESSAGE)


def _without_message() -> ColumnElement[str]:
    """Return the delivery of a participant to whom no message brings their badge."""
    return case(
        (Participant.email.is_(None), Delivery.NO_ADDRESS.value),
        (Participant.no_mail.is_(True), Delivery.NO_MAIL.value),
        (Participant.unchecked_as.is_not(None), Delivery.QUEUED.value),
        (Participant.badge_from == NOT_YET, Delivery.QUEUED.value),
        else_=Delivery.NO_MESSAGE.value,
    )


def _is_confirmed(seen_at: datetime | None) -> ColumnElement[bool]:
    return IS_SEEN_AS_CONFIRMED if seen_at else _IS_CONFIRMED


def _brings_badge(event: Event, message: Any) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions that a message brings a participant their badge."""
    # The badge of a record that was merged into theirs is refused: they need their own.
    merged = (
        select(Badge.id)
        .join(MergedRecord, MergedRecord.participant_id == Badge.participant_id)
        .where(MergedRecord.event_id == event.id)
    )
    return (message.kind.in_(BADGE_KINDS), message.badge_id.not_in(merged))


def _is_older(event: Event, message: Any) -> ColumnElement[bool]:
    """Return the condition that a later message than this one brings the badge."""
    newer = aliased(Message)
    is_newer = (newer.participant_id == message.participant_id, newer.id > message.id)
    return exists().where(*is_newer, *_brings_badge(event, newer)).correlate(message)


def _newest(event: Event) -> Any:
    """Return the query for the newest message that brings a participant their badge."""
    newest = aliased(Message)
    return (
        select(func.max(newest.id))
        .where(newest.participant_id == Participant.id, *_brings_badge(event, newest))
        .correlate(Participant)
        .scalar_subquery()
    )


def _confirmed(
    event: Event, seen_at: datetime | None, participant_ids: Collection[int] | None
) -> Select[Any]:
    """Return the query for confirmed participants, those of these ids, with the newest message."""
    is_all = participant_ids is None
    of_event = Participant.event_id == event.id if is_all else _is_of(event)
    confirmed = (
        select()
        .select_from(Participant)
        .outerjoin(Message, Message.id == _newest(event))
        .where(of_event, _is_confirmed(seen_at))
    )
    return confirmed if is_all else confirmed.where(Participant.id.in_(participant_ids or ()))


def _counts(
    session: Session, event: Event, delegation_id: int | None, seen_at: datetime | None
) -> dict[int, Counter[Delivery]]:
    """Count the confirmed participants of each delegation by delivery.

    All are counted together, each beside their newest message: without the number of the event in
    the condition on messages, theirs are found by the person alone, in an index that tells all.
    """
    newest = aliased(Message)
    is_theirs = newest.participant_id == Participant.id
    is_newest = and_(is_theirs, *_brings_badge(event, newest), ~_is_older(event, newest))
    delivery = func.coalesce(newest.state, _without_message()).label("delivery")
    people = (
        select(Participant.delegation_id, delivery, func.count())
        .select_from(Participant)
        .outerjoin(newest, is_newest)
        .where(Participant.event_id == event.id, _is_confirmed(seen_at))
    )
    if delegation_id is not None:
        people = people.where(Participant.delegation_id == delegation_id)
    by = (Participant.delegation_id, "delivery")
    found: defaultdict[int, Counter[Delivery]] = defaultdict(Counter)
    for of, state, count in session.execute(people.group_by(*by)):
        found[of][Delivery(state)] = count
    return dict(found)


def _printed() -> ColumnElement[bool]:
    return (
        exists()
        .where(BadgePrint.badge_id == Badge.id, Badge.participant_id == Participant.id)
        .where(Badge.revoked_at.is_(None))
    )


def _printed_people() -> Select[int]:
    """Return the query for all whose badge was printed at a desk: they are few."""
    printed = select(Badge.participant_id).join(BadgePrint, BadgePrint.badge_id == Badge.id)
    return printed.where(Badge.revoked_at.is_(None))


def _holders(
    session: Session,
    event: Event,
    delegation_id: int | None,
    seen_at: datetime | None,
    confirmed: Mapping[int, int] | None,
) -> dict[int, tuple[int, int]]:
    """Return the holders of valid badges by delegation, and those whose badge was printed.

    Whoever is confirmed was given a badge: the few whose badge was revoked are counted off.

    Args:
        confirmed: how many are, by delegation, where all of them are seen and were counted.
    """
    given_out = is_given_out(seen_at) if seen_at else true()
    which = [Participant.event_id == event.id, _IS_CONFIRMED, given_out]
    if delegation_id is not None:
        which.append(Participant.delegation_id == delegation_id)
    people = select(Participant.delegation_id, func.count()).where(*which)
    holder = aliased(Badge)
    works = exists().where(
        holder.participant_id == Badge.participant_id, holder.revoked_at.is_(None)
    )
    revoked = select(Badge.participant_id).where(Badge.revoked_at.is_not(None), ~works)
    on_paper = select(BadgePrint.badge_id).where(BadgePrint.event_id == event.id)
    printed = select(Badge.participant_id).where(Badge.id.in_(on_paper), Badge.revoked_at.is_(None))

    def counted(of: Select[int, int]) -> dict[int, int]:
        grouped = session.execute(of.group_by(Participant.delegation_id))
        return dict(grouped.all())

    def among(ids: Select[Any]) -> dict[int, int]:
        # These are few, and come first: the offset keeps them a table of their own.
        few = ids.distinct().offset(0).subquery()
        return counted(people.join(few, few.c.participant_id == Participant.id))

    without, with_print = among(revoked), among(printed)
    return {
        of: (count - without.get(of, 0), with_print.get(of, 0))
        for of, count in (counted(people) if confirmed is None else confirmed).items()
    }
