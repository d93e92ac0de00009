"""Find people by what somebody types of their names: parts of them, and other spellings.

Both databases have an index of parts (trigrams) and one of the terms of `name_key`, each in its own
way; `checkin/domain/people/name_search.py` decides who is meant first.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, func, literal_column, or_, select, text
from sqlalchemy.orm import Session, aliased

from checkin.db.models import Participant
from checkin.domain.common.name_key import is_one_name
from checkin.domain.people.name_search import (
    MOST_COMPARED,
    Candidate,
    NamedPeople,
    NameQuery,
    Wanted,
    likeliest,
)
from checkin.domain.people.sought import MIN_LETTERS

record = aliased(Participant, name="record")
#: whom a record is about: the person whom it was merged into, or its own
PERSON_OF = func.coalesce(record.merged_into, record.id)


def people_named(
    session: Session, query: NameQuery, *which: ColumnElement[bool], most: int
) -> NamedPeople:
    """Return the people whom a name may mean; those who only sound alike, if there are no others.

    Args:
        which: conditions on `Participant`, to whom the records that are found belong.
        most: so many are returned; the others are counted.
    """
    parts, spellings = parts_of_names(session, query), spelt_alike(session, query.spellings)
    ids = likeliest(
        query,
        spelt=_candidates(session, spellings, which),
        holding=_candidates(session, parts, which),
        sounding=lambda: _candidates(session, spelt_alike(session, query.sounds), which),
    )
    more = max(len(ids) - most, 0)
    if len(ids) >= MOST_COMPARED:
        more = max(_count(session, or_(parts, spellings), which) - most, more)
    return NamedPeople(ids[:most], more)


def _candidates(
    session: Session, condition: ColumnElement[bool], which: Sequence[ColumnElement[bool]]
) -> Iterator[Candidate]:
    """Return the people whose records a condition finds, at most `MOST_COMPARED`."""
    rows = session.execute(
        select(Participant.id, record.folded, record.name, record.name_ar)
        .join(record, Participant.id == PERSON_OF)
        .where(condition, *which)
        .limit(MOST_COMPARED)
    )
    return (Candidate(number, folded, names) for number, folded, *names in rows)


def _count(
    session: Session, condition: ColumnElement[bool], which: Sequence[ColumnElement[bool]]
) -> int:
    people = select(func.count(Participant.id.distinct())).join(record, Participant.id == PERSON_OF)
    return session.scalars(people.where(condition, *which)).one()


def namesakes(
    session: Session, event_id: int, names: Sequence[str], *which: ColumnElement[bool]
) -> Iterator[tuple[Participant, Participant]]:
    """Return the people who may have one of these names, however it is spelt, by their numbers.

    Args:
        which: conditions on `Participant`, and on their `record`.

    Returns:
        Each with the record of theirs that has the name.
    """
    whole = or_(false(), *(spelt_alike(session, NameQuery(name).whole) for name in names))
    people = select(Participant, record).join(record, Participant.id == PERSON_OF)
    found = people.where(record.event_id == event_id, whole, *which).order_by(Participant.id)
    for person, theirs in session.execute(found):
        known = [name for name in (theirs.name, theirs.name_ar) if name]
        if any(is_one_name(one, other) for one in names for other in known):
            yield person, theirs


def parts_of_names(session: Session, query: NameQuery) -> ColumnElement[bool]:
    """Return the condition that a record's names hold every word that was typed, or a part."""
    words, conditions = list(query.letters), list[ColumnElement[bool]]()
    long = [word for word in words if len(word) >= MIN_LETTERS]
    if session.get_bind().dialect.name == "sqlite" and long:
        # The trigram index of the first migration; it finds words of three letters or more.
        phrases = " AND ".join('"' + word.replace('"', '""') + '"' for word in long)
        conditions.append(_indexed("participant_search", phrases))
        words = [word for word in words if len(word) < MIN_LETTERS]
    conditions += [record.folded.contains(word, autoescape=True) for word in words]
    return and_(*conditions) if conditions else false()


def spelt_alike(session: Session, ways: Sequence[Wanted]) -> ColumnElement[bool]:
    """Return the condition that a record has the terms of one of these ways to write a name."""
    if not ways:
        return false()
    if session.get_bind().dialect.name == "sqlite":
        return _indexed("participant_terms", _expression(ways, " OR ", " AND ", "*"))
    simple: ColumnElement[Any] = literal_column("'simple'::regconfig")
    terms = func.to_tsvector(simple, record.name_terms)
    wanted = func.to_tsquery(simple, _expression(ways, " | ", " & ", ":*"))
    return terms.bool_op("@@")(wanted)


def _indexed(index: str, wanted: str) -> ColumnElement[bool]:
    """Return the condition that an index of SQLite finds a record for an expression of FTS5."""
    rows: Select[Any] = select(literal_column("rowid")).select_from(text(index))
    return record.id.in_(rows.where(literal_column(index).bool_op("MATCH")(wanted)))


def _expression(ways: Sequence[Wanted], or_sign: str, and_sign: str, begins: str) -> str:
    """Write terms, of small Latin letters, as an expression of a database's index of words."""
    return or_sign.join(
        "(" + and_sign.join("(" + or_sign.join(terms) + ")" for terms in way) + ")" for way in ways
    ).replace("*", begins)
