"""Change many people at once: whom it concerns, and one of them by the rules of a single change."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, and_, cast, exists, false, func, select, true
from sqlalchemy.orm import Session

from checkin.db.models import Badge, Category, Delegation, Event, Message, MessageState, Participant
from checkin.domain.channels.reach import Reach
from checkin.domain.messages.kinds import BADGE_KINDS, KIND_OF_MOVE, MessageKind
from checkin.domain.people.bulk_changes import TARGET, TOLD, BulkChange
from checkin.domain.people.fields import OWN
from checkin.domain.people.registration import Registration
from checkin.domain.people.selection import Selection
from checkin.domain.scanning.facts import RegistrationStatus
from checkin.errors import NotFound
from checkin.services.common.activity import note
from checkin.services.mail.delivery_report import resend
from checkin.services.people.badge_messages import channels_of, reachable, reachable_by, tell
from checkin.services.people.delegations import has_come
from checkin.services.people.registering.registration import cancel, edit
from checkin.services.people.registering.unchecked import is_given_out
from checkin.services.people.search import participant_by_id
from checkin.services.selection.conditions import conditions

#: what stands for the delegation of somebody who stays in theirs
_STAYS = "–"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A change of many people.

    Attributes:
        target: the id of the delegation or category to which they are changed; None for others.
        seen_at: when a coordinator asks, who does not know who is to be checked.
    """

    change: BulkChange
    selection: Selection
    target: int | None = None
    seen_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What a change of many people would do.

    Attributes:
        people: how many it concerns.
        mark: what tells them from other people, see `mark_of`.
        others: how many of the selection it leaves as they are, because nothing is to be done.
        arrived: how many of them have come in already; 0 for a change of which nobody is told.
        by_mail: how many of them can be told by e-mail; 0 for a change of which nobody is told.
        first: the first of them by name, to be shown.
    """

    people: int
    mark: str
    others: int
    arrived: int
    by_mail: int
    first: Sequence[Participant]


#: so many names are shown before the question
_FIRST = 12
#: small enough that the square of almost any id is beyond it
_PRIME = 99_991


def mark_of(ids: Collection[int]) -> str:
    """Return what tells these people from others, in whatever order: sums that a database adds up.

    Who is replaced by somebody else changes the sum of the ids; two who are, that of the squares.
    """
    return _mark(len(ids), sum(ids), sum(one * one % _PRIME for one in ids))


def _mark(people: int, ids: int, squares: int) -> str:
    return f"{people}_{ids}_{squares}"


def foreseen(session: Session, event: Event, wanted: Wanted) -> Foreseen:
    """Return what a change would do now.

    Raises:
        NotFound: the event has no such delegation or category.
    """
    chosen, concerned = _chosen(session, event, wanted), _concerned(session, event, wanted)
    number = cast(Participant.id, BigInteger)  # a square of an ordinary one is soon too large
    told = true() if wanted.change in TOLD else false()
    counts = select(
        func.count(),
        func.coalesce(func.sum(number), 0),
        func.coalesce(func.sum(number * number % _PRIME), 0),
        func.count().filter(told, has_come()),
        func.count().filter(told, reachable()),
    )
    people, ids, squares, arrived, by_mail = session.execute(counts.where(*concerned)).one()
    count = select(func.count()).select_from(Participant)
    by_name = (Participant.folded_name, Participant.id)
    first = select(Participant).where(*concerned).order_by(*by_name).limit(_FIRST)
    return Foreseen(
        people=people,
        mark=_mark(people, ids, squares),
        others=session.scalars(count.where(*chosen)).one() - people,
        arrived=arrived,
        by_mail=by_mail,
        first=session.scalars(first).all(),
    )


def people_concerned(session: Session, event: Event, wanted: Wanted) -> Sequence[int]:
    """Return the ids of those for whom a change has something to do now, the smallest first.

    Raises:
        NotFound: the event has no such delegation or category.
    """
    concerned = _concerned(session, event, wanted)
    return session.scalars(select(Participant.id).where(*concerned).order_by(Participant.id)).all()


def note_begun(
    session: Session, event: Event, wanted: Wanted, people: int, *, operator_id: int, now: datetime
) -> None:
    """Add the entry of a change of many people to the activity log."""
    who: dict[str, Any] = {"operator_id": operator_id, "people": people}
    if wanted.change is BulkChange.CANCEL:
        note(session, event.id, "participants.cancel", now, **who)
    elif wanted.change is BulkChange.MOVE:
        note(session, event.id, "participants.move", now, delegation_id=wanted.target, **who)
    elif wanted.change is BulkChange.CATEGORY:
        name = session.get_one(Category, wanted.target).name
        note(session, event.id, "participants.category", now, name=name, **who)
    elif wanted.change is BulkChange.RESEND:
        note(session, event.id, "participants.resend", now, **who)
    else:
        note(session, event.id, "participants.print", now, **who)


@dataclass(frozen=True, slots=True, kw_only=True)
class Doing:
    """How one person after the other is changed.

    Attributes:
        own_delegation: the only one whose people the operator may change; None for organisers.
        is_told: whether they are told by e-mail.
        asked_at: when the change was asked for; whoever was sent their badge since is left alone.
    """

    change: BulkChange
    target: int | None
    operator_id: int | None
    own_delegation: int | None
    is_told: bool
    asked_at: datetime


def change_one(
    session: Session, event: Event, participant_id: int, doing: Doing, now: datetime
) -> bool:
    """Change one person as their own form would, and say whether a message is to leave for it.

    Who is already as they are to be stays so: the job may be begun again.

    Raises:
        NotFound: there is none with this number any more, or it is another delegation's.
        PossibleDuplicate: somebody in the other delegation may be the same person.
        FieldProblem: the rules of single corrections refuse it.
    """
    person = participant_by_id(session, event, participant_id, doing.own_delegation)
    if person.merged_into is not None:
        raise NotFound(f"no. {participant_id} was merged into another record")
    if doing.change is BulkChange.CANCEL:
        return _cancel(session, event, person, doing, now)
    if doing.change is BulkChange.RESEND:
        return _resend(session, event, person, doing, now)
    return _edit(session, event, person, doing, now)


def _cancel(
    session: Session, event: Event, person: Participant, doing: Doing, now: datetime
) -> bool:
    was_canceled = person.standing == RegistrationStatus.CANCELED and person.unchecked_as is None
    moved_up = cancel(session, event, person.id, operator_id=doing.operator_id, now=now)
    if was_canceled or not doing.is_told:
        return bool(moved_up)
    return bool(tell(session, event, person.id, MessageKind.CANCELED, now) or moved_up)


def _edit(session: Session, event: Event, person: Participant, doing: Doing, now: datetime) -> bool:
    is_move = doing.change is BulkChange.MOVE
    own = {key: getattr(person, key) for key in OWN}
    changed = edit(
        session,
        event,
        person.id,
        Registration(**own, delegation=_STAYS),
        category_id=person.category_id if is_move or doing.target is None else doing.target,
        delegation_id=doing.target if is_move else None,
        alone=doing.own_delegation is not None,
        operator_id=doing.operator_id,
        now=now,
    )
    kind = KIND_OF_MOVE.get(person.standing)
    if "delegation_id" not in changed or not doing.is_told or kind is None:
        return False
    return bool(tell(session, event, person.id, kind, now))


def _resend(
    session: Session, event: Event, person: Participant, doing: Doing, now: datetime
) -> bool:
    sent_since = exists().where(
        Message.participant_id == person.id,
        Message.kind.in_(BADGE_KINDS),
        Message.created_at >= doing.asked_at,
    )
    if not session.scalar(select(sent_since)):
        resend(
            session,
            event,
            [person.id],
            delegation_id=doing.own_delegation,
            operator_id=doing.operator_id,
            is_noted=False,
            now=now,
        )
    return False  # badges leave when somebody lets them, as those that are resent one by one


def _chosen(session: Session, event: Event, wanted: Wanted) -> list[ColumnElement[bool]]:
    return conditions(session, event, wanted.selection, seen_at=wanted.seen_at)


def _concerned(session: Session, event: Event, wanted: Wanted) -> list[ColumnElement[bool]]:
    """Return the conditions on those of a selection for whom there is something to do."""
    _refuse_unknown(session, event, wanted)
    reach = channels_of(session, event)
    return [*_chosen(session, event, wanted), _concerns(wanted, reach)]


def _concerns(wanted: Wanted, reach: Reach) -> ColumnElement[bool]:
    """Return the condition that a change has something to do for a participant."""
    working = exists().where(Badge.participant_id == Participant.id, Badge.revoked_at.is_(None))
    is_confirmed = Participant.standing == RegistrationStatus.CONFIRMED
    is_given = is_given_out(wanted.seen_at) if wanted.seen_at else true()
    seen_as = func.coalesce(Participant.unchecked_as, Participant.standing)
    waiting = exists().where(
        Message.participant_id == Participant.id,
        Message.kind.in_(BADGE_KINDS),
        Message.state.in_((MessageState.QUEUED, MessageState.SENDING)),
    )
    return {
        BulkChange.CANCEL: seen_as != RegistrationStatus.CANCELED,
        BulkChange.MOVE: Participant.delegation_id != wanted.target,
        BulkChange.CATEGORY: Participant.category_id != wanted.target,
        BulkChange.RESEND: and_(is_confirmed, working, reachable_by(reach), ~waiting),
        BulkChange.PRINT: and_(is_confirmed, working, is_given),
    }[wanted.change]


def _refuse_unknown(session: Session, event: Event, wanted: Wanted) -> None:
    if wanted.change not in TARGET:
        return
    table: Any = Delegation if wanted.change is BulkChange.MOVE else Category
    found = session.get(table, wanted.target or 0)
    if found is None or found.event_id != event.id:
        raise NotFound(f"there is no such {TARGET[wanted.change]}")
