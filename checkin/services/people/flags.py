"""An event's flags: defining them, giving them to many people at once, and what gates show."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select, update
from sqlalchemy.orm import Session

from checkin.db.models import Event, Flag, Participant
from checkin.domain.common.names import clean_text, fold_name
from checkin.domain.common.problems import FieldProblem, InvalidValue
from checkin.domain.people.flags import (
    MAX_SENTENCE_LENGTH,
    FlagDetails,
    FlagSymbol,
    ShownFlag,
    definition_of,
    flags_in,
    shown_flags,
    unknown_flag,
    with_flag,
    without_flag,
)
from checkin.services.common.activity import note
from checkin.services.common.list_version import (
    bump_list_version,
    bump_list_version_where,
    next_list_version,
)
from checkin.services.common.lookup import by_id


def flags_of(connection: Connection | Session, event_id: int) -> list[FlagDetails]:
    """Return an event's flags by name."""
    rows = connection.execute(
        select(Flag.name, Flag.symbol, Flag.sentence, Flag.sentence_ar, Flag.page)
        .where(Flag.event_id == event_id)
        .order_by(Flag.folded)
    )
    return [
        FlagDetails(
            name=row.name,
            symbol=FlagSymbol(row.symbol),
            sentence=row.sentence,
            sentence_ar=row.sentence_ar,
            page=row.page,
        )
        for row in rows
    ]


def flags_at_gates(connection: Connection, event_id: int, text: str | None) -> list[ShownFlag]:
    """Return a person's flags as gates show them; who has none costs no question."""
    return shown_flags(text, flags_of(connection, event_id)) if text else []


def listed_flags(session: Session, event: Event) -> Sequence[Flag]:
    """Return an event's flags by name, as rows."""
    return session.scalars(
        select(Flag).where(Flag.event_id == event.id).order_by(Flag.folded)
    ).all()


def uses_of_flags(session: Session, event: Event) -> Mapping[str, int]:
    """Return how many people have each flag, by its name; registrations of all kinds count."""
    defined = flags_of(session, event.id)
    written = session.scalars(
        select(Participant.flags).where(
            Participant.event_id == event.id, Participant.flags.is_not(None)
        )
    )
    found = (definition_of(one, defined) for text in written for one in flags_in(text))
    return Counter(flag.name for flag in found if flag)


def refuse_unknown_flag(session: Session, event: Event, text: str | None) -> None:
    """Refuse flags that the event has not defined.

    Raises:
        FieldProblem: one of them is unknown; its hints are the nearest.
    """
    if text and (problem := unknown_flag(text, flags_of(session, event.id))):
        raise FieldProblem(problem.column, problem.code, problem.value, *problem.hints)


def new_flag(
    session: Session, event: Event, details: FlagDetails, *, operator_id: int | None, now: datetime
) -> None:
    """Define a flag.

    Raises:
        FieldProblem: another one has this name.
    """
    next_list_version(session, event.id)  # so that two organisers do not add the same name
    folded = fold_name(details.name)
    for other in listed_flags(session, event):
        if other.folded == folded:
            raise FieldProblem("name", "name_taken", details.name, other.name)
    session.add(Flag(event_id=event.id, folded=folded, name=details.name, **_told(details)))
    session.flush()
    note(session, event.id, "flag.add", now, operator_id=operator_id, name=details.name)


def change_flag(
    session: Session,
    event: Event,
    flag_id: int,
    details: FlagDetails,
    *,
    operator_id: int | None,
    now: datetime,
) -> None:
    """Change what gates show of a flag; its name stays, because it is written with people.

    Raises:
        NotFound: the event has no such flag.
    """
    version = next_list_version(session, event.id)
    flag = by_id(session, event, Flag, flag_id)
    for column, value in _told(details).items():
        setattr(flag, column, value)
    session.flush()
    bump_list_version_where(session, _flagged(event), version)  # sealed in each one's entry
    note(session, event.id, "flag.change", now, operator_id=operator_id, name=flag.name)


def remove_flag(
    session: Session, event: Event, flag_id: int, *, operator_id: int | None, now: datetime
) -> None:
    """Delete a flag that nobody has.

    Raises:
        NotFound: the event has no such flag.
        InvalidValue: somebody has it.
    """
    next_list_version(session, event.id)
    flag = by_id(session, event, Flag, flag_id)
    if used := uses_of_flags(session, event).get(flag.name):
        raise InvalidValue("flag_used", flag.name, str(used))
    session.delete(flag)
    session.flush()
    note(session, event.id, "flag.remove", now, operator_id=operator_id, name=flag.name)


def flag_many(
    session: Session,
    event: Event,
    flag_id: int,
    *,
    detail: str = "",
    delegation_id: int | None = None,
    category_id: int | None = None,
    taken_away: bool = False,
    operator_id: int | None,
    now: datetime,
) -> int:
    """Give a flag to everybody of a delegation, a category or both, or take it from them.

    Args:
        delegation_id, category_id: None for all of them.

    Returns:
        How many people were changed. Those who have as many flags as may be stay as they are.

    Raises:
        NotFound: the event has no such flag.
        InvalidValue: the detail is too long, or cannot be one.
    """
    version = next_list_version(session, event.id)
    flag, defined = by_id(session, event, Flag, flag_id), flags_of(session, event.id)
    detail = clean_text(detail, MAX_SENTENCE_LENGTH)
    anew: defaultdict[str | None, list[int]] = defaultdict(list)
    for person_id, text in session.execute(_people(event, delegation_id, category_id)):
        changed = _flagged_anew(text, flag.name, detail, defined, taken_away=taken_away)
        if changed != text:
            anew[changed].append(person_id)
    for text, ids in anew.items():
        session.execute(update(Participant).where(Participant.id.in_(ids)).values(flags=text))
        bump_list_version(session, ids, version)
    changed_people = sum(map(len, anew.values()))
    note(
        session,
        event.id,
        "flag.many",
        now,
        operator_id=operator_id,
        name=flag.name,
        people=changed_people,
        taken_away=taken_away,
    )
    return changed_people


def _told(details: FlagDetails) -> dict[str, Any]:
    return {
        "symbol": details.symbol,
        "sentence": details.sentence,
        "sentence_ar": details.sentence_ar,
        "page": details.page,
    }


def _flagged(event: Event) -> Any:
    return (Participant.event_id == event.id) & Participant.flags.is_not(None)


def _people(event: Event, delegation_id: int | None, category_id: int | None) -> Any:
    people = select(Participant.id, Participant.flags).where(
        Participant.event_id == event.id, Participant.merged_into.is_(None)
    )
    if delegation_id is not None:
        people = people.where(Participant.delegation_id == delegation_id)
    if category_id is not None:
        people = people.where(Participant.category_id == category_id)
    return people


def _flagged_anew(
    text: str | None,
    name: str,
    detail: str,
    defined: Sequence[FlagDetails],
    *,
    taken_away: bool,
) -> str | None:
    if taken_away:
        return without_flag(text, name, defined) or None
    try:
        return with_flag(text, name, detail, defined)
    except InvalidValue as fault:
        if fault.reason != "too_many_flags":
            raise
        return text
