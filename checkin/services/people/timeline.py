"""The timeline of a participant: all that was done with their registration, badges and scans."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from checkin.db.models import (
    Activity,
    Badge,
    BadgePrint,
    Conflict,
    Device,
    Duplicate,
    Gate,
    Message,
    Operator,
    Participant,
    Scan,
)
from checkin.domain.scanning.facts import Direction
from checkin.domain.scanning.verdict import WITHOUT_BADGE, Status

PAGE_SIZE = 50
_REGISTERED = "participant.register"
#: entries of the activity log that another table tells with more
_TOLD_ELSEWHERE = (_REGISTERED, "scan.override", "scan.without_badge", "conflict.duplicate")


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineItem:
    """One thing that happened to a participant.

    Attributes:
        what: an action of the activity log, such as "participant.edit", or one of the kinds of
            this module: "registered", "message", "bounced", "opened", "opened_last", "printed",
            "entry", "exit", "forced", "refused", "let_in", "conflict", "duplicate",
            "conflict.keep", "conflict.annul", "duplicate.keep", "duplicate.annul" and
            "duplicate.merge".
        operator: who did it, or answered for it; None where it was nobody with an account.
        why: the reason given, in a person's words.
        undone: it was taken back since.
        about: what else is known, by name: `source`, `state`, `kind` (of a message),
            `address`, `reason`, `copies`, `issue`, `other` (the number of another participant),
            `found_in` (the source of a scan without the badge),
            and the details of the log.
    """

    at: datetime
    what: str
    operator: str | None = None
    device: str | None = None
    gate: str | None = None
    why: str | None = None
    undone: bool = False
    about: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Timeline:
    """A page of a timeline, the latest first; `older`: there is another page."""

    items: Sequence[TimelineItem]
    number: int
    older: bool


def timeline_of(
    session: Session,
    person: Participant,
    *,
    number: int = 1,
    gates: bool = True,
    badges: bool = True,
) -> Timeline:
    """Return a page of a participant's timeline, with that of records merged into theirs.

    Args:
        number: from 1, the latest.
        gates: with what happened at the gates; without it nothing tells where a person was.
        badges: with their badges and messages; without it nothing tells whether they have any.
    """
    anywhere = _ANYWHERE if badges else _WITHOUT_BADGES
    most = number * PAGE_SIZE + 1
    sources = [(one, person.id) for one in (_AT_GATES if gates else ())]
    sources += [(one, record) for record in _records(session, person) for one in anywhere]
    found = chain.from_iterable(source(session, of, most) for source, of in sources)
    known = [one for one in found if gates or not _is_at_gates(one)]
    ordered = sorted(known, key=lambda one: one.at, reverse=True)
    start = (number - 1) * PAGE_SIZE
    return Timeline(ordered[start : start + PAGE_SIZE], number, len(ordered) >= most)


def _records(session: Session, person: Participant) -> Sequence[int]:
    """Return the numbers of a person's record, and of those that were merged into it."""
    records = [person.id]
    for record in records:
        into = select(Participant.id).where(
            Participant.event_id == person.event_id, Participant.merged_into == record
        )
        records += session.scalars(into)
    return records


def _is_at_gates(item: TimelineItem) -> bool:
    return item.what.startswith("scan.")


def _latest(
    query: Select[*tuple[Any, ...]], at: InstrumentedAttribute[Any], most: int
) -> Select[*tuple[Any, ...]]:
    return query.order_by(at.desc()).limit(most)


def _registered(session: Session, number: int, _most: int) -> Iterator[TimelineItem]:
    noted = and_(Activity.participant_id == Participant.id, Activity.action == _REGISTERED)
    row = session.execute(
        select(Participant, Operator.name.label("operator"), Device.name.label("device"))
        .outerjoin(Operator, Operator.id == Participant.registrar_id)
        .outerjoin(Activity, noted)
        .outerjoin(Device, Device.id == Activity.device_id)
        .where(Participant.id == number)
        .limit(1)
    ).one()
    person = row.Participant
    yield TimelineItem(
        at=person.registered_at,
        what="registered",
        operator=row.operator,
        device=row.device,
        about={"source": person.registered_by},
    )


def _logged(session: Session, number: int, most: int) -> Iterator[TimelineItem]:
    query = (
        select(Activity, Operator.name.label("operator"), Device.name.label("device"))
        .outerjoin(Operator, Operator.id == Activity.operator_id)
        .outerjoin(Device, Device.id == Activity.device_id)
        .where(Activity.participant_id == number, Activity.action.not_in(_TOLD_ELSEWHERE))
    )
    for row in session.execute(_latest(query, Activity.at, most).order_by(Activity.id.desc())):
        told = row.Activity.details
        yield TimelineItem(
            at=row.Activity.at,
            what=row.Activity.action,
            operator=row.operator,
            device=row.device,
            # What a device gives is a sentence of its program, not a person's.
            why=told.get("reason") if row.operator else None,
            about=told,
        )


def _badges(session: Session, number: int, _most: int) -> Iterator[TimelineItem]:
    for badge in session.scalars(select(Badge).where(Badge.participant_id == number)):
        about = {"issue": badge.issue}
        if badge.opened_at:
            yield TimelineItem(at=badge.opened_at, what="opened", about=about)
        if badge.last_opened_at and badge.last_opened_at != badge.opened_at:
            yield TimelineItem(at=badge.last_opened_at, what="opened_last", about=about)


def _prints(session: Session, number: int, most: int) -> Iterator[TimelineItem]:
    query = (
        select(BadgePrint, Badge.issue, Operator.name.label("operator"))
        .join(Badge, Badge.id == BadgePrint.badge_id)
        .outerjoin(Operator, Operator.id == BadgePrint.operator_id)
        .where(Badge.participant_id == number)
    )
    for row in session.execute(_latest(query, BadgePrint.at, most)):
        about = {"copies": row.BadgePrint.copies, "issue": row.issue}
        yield TimelineItem(at=row.BadgePrint.at, what="printed", operator=row.operator, about=about)


def _messages(session: Session, number: int, most: int) -> Iterator[TimelineItem]:
    query = select(Message).where(Message.participant_id == number)
    for message in session.scalars(_latest(query, Message.created_at, most)):
        about = {"state": message.state, "kind": message.kind, "address": message.address}
        about["channel"] = message.channel
        yield TimelineItem(at=message.sent_at or message.created_at, what="message", about=about)
        if message.bounced_at:
            yield TimelineItem(at=message.bounced_at, what="bounced", about=about)


def _scans(session: Session, number: int, most: int) -> Iterator[TimelineItem]:
    query = (
        select(Scan, Operator.name.label("operator"))
        .add_columns(Gate.name.label("gate"), Device.name.label("device"))
        .join(Gate, Gate.id == Scan.gate_id)
        .join(Device, Device.id == Scan.device_id)
        .outerjoin(Operator, Operator.id == Scan.forced_by)
        .where(Scan.participant_id == number)
    )
    for row in session.execute(_latest(query, Scan.corrected_at, most)):
        scan = row.Scan
        yield TimelineItem(
            at=scan.corrected_at,
            what=_kind_of(scan),
            operator=row.operator,
            device=row.device,
            gate=row.gate,
            why=scan.force_reason,
            undone=scan.annulled_at is not None,
            about={"reason": scan.overridden or scan.reason} | _found_in(scan),
        )


def _found_in(scan: Scan) -> dict[str, str]:
    return {"found_in": scan.source} if scan.source in WITHOUT_BADGE else {}


def _kind_of(scan: Scan) -> str:
    if scan.status == Status.ERROR:
        return "let_in" if scan.decided_status == Status.OK else "refused"
    if scan.direction == Direction.EXIT:
        return "exit"
    return "forced" if scan.forced else "entry"


def _conflicts(session: Session, number: int, most: int) -> Iterator[TimelineItem]:
    query = (
        select(Conflict, Operator.name.label("operator"))
        .join(Scan, Scan.id == Conflict.scan_pk)
        .outerjoin(Operator, Operator.id == Conflict.decided_by)
        .where(Scan.participant_id == number)
    )
    for row in session.execute(_latest(query, Conflict.created_at, most)):
        yield from _decided(row.Conflict, "conflict", row.operator, {"reason": row.Conflict.reason})


def _duplicates(session: Session, number: int, most: int) -> Iterator[TimelineItem]:
    either: ColumnElement[bool] = or_(
        Duplicate.participant_id == number, Duplicate.twin_id == number
    )
    query = (
        select(Duplicate, Operator.name.label("operator"))
        .outerjoin(Operator, Operator.id == Duplicate.decided_by)
        .where(either)
    )
    for row in session.execute(_latest(query, Duplicate.created_at, most)):
        two = row.Duplicate
        other = two.twin_id if two.participant_id == number else two.participant_id
        yield from _decided(two, "duplicate", row.operator, {"other": other})


def _decided(
    row: Conflict | Duplicate, what: str, operator: str | None, about: Mapping[str, Any]
) -> Iterator[TimelineItem]:
    yield TimelineItem(at=row.created_at, what=what, about=about)
    if row.decided_at:
        decision = f"{what}.{row.decision}"
        yield TimelineItem(
            at=row.decided_at, what=decision, operator=operator, why=row.note, about=about
        )


_Source = Callable[[Session, int, int], Iterator[TimelineItem]]
#: of what has the same time, the first of these is the latest
_ANYWHERE: Sequence[_Source] = (_logged, _prints, _badges, _messages, _registered)
_WITHOUT_BADGES: Sequence[_Source] = (_logged, _registered)
_AT_GATES: Sequence[_Source] = (_scans, _conflicts, _duplicates)
