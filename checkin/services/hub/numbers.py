"""Give walk-ins of a hub the numbers that the central server has given them."""

from __future__ import annotations

from sqlalchemy import Column, Table, delete, func, select, text, update
from sqlalchemy.orm import Session

from checkin.db.models import Badge, Base, GivenNumber, Participant, WalkIn
from checkin.domain.gates.hub_numbers import OWN_NUMBERS


def number_own_rows_apart(session: Session) -> None:
    """Let what this hub makes itself be numbered from `OWN_NUMBERS`."""
    for name in ("participant", "device"):
        session.execute(text("DELETE FROM sqlite_sequence WHERE name = :name"), {"name": name})
        session.execute(
            text("INSERT INTO sqlite_sequence (name, seq) VALUES (:name, :seq)"),
            {"name": name, "seq": OWN_NUMBERS},
        )


def children_of(table: Table) -> list[Column[object]]:
    """Return the columns of all tables that refer to a table's `id`."""
    return [
        element.parent
        for child in Base.metadata.sorted_tables
        for constraint in child.foreign_key_constraints
        for element in constraint.elements
        if constraint.referred_table is table and element.column.name == "id"
    ]


def renumber_walk_ins(session: Session) -> int:
    """Give walk-ins whose rows have come from the central server its numbers; return how many.

    Whatever happened to them here is theirs afterwards. The badge that was made for them here opens
    nothing, and is erased.
    """
    people = select(Participant.id)
    given = session.scalars(
        select(GivenNumber).where(GivenNumber.number.in_(people), GivenNumber.own_id.in_(people))
    ).all()
    for one in given:
        _renumber(session, one)
    return len(given)


def _renumber(session: Session, given: GivenNumber) -> None:
    badge_id = session.scalar(
        select(Badge.id)
        .where(Badge.participant_id == given.number)
        .order_by(Badge.revoked_at.is_not(None), Badge.issue.desc())
        .limit(1)
    )
    own = select(Badge.id).where(Badge.participant_id == given.own_id)
    for column in children_of(Badge.__table__):  # type: ignore[arg-type]
        if column.nullable or badge_id is not None:
            session.execute(
                update(column.table).where(column.in_(own)).values({column.name: badge_id})
            )
    session.execute(delete(WalkIn).where(WalkIn.badge_id.in_(own)))
    session.execute(delete(Badge).where(Badge.participant_id == given.own_id))
    for column in children_of(Participant.__table__):  # type: ignore[arg-type]
        # Who is shown or asked about under both numbers is so under the one that stays.
        session.execute(
            update(column.table)
            .prefix_with("OR IGNORE", dialect="sqlite")
            .where(column == given.own_id)
            .values({column.name: given.number})
        )
        session.execute(delete(column.table).where(column == given.own_id))
    session.execute(delete(Participant).where(Participant.id == given.own_id))


def take_numbers_back(session: Session) -> None:
    """Give walk-ins their own numbers again: the central server may have lost them in a restore.

    They are brought to it once more. It knows them by the walk-in's id if it has them still.
    """
    session.execute(text("PRAGMA defer_foreign_keys = ON"))
    walk_ins = select(WalkIn.participant_id)
    given = session.scalars(select(GivenNumber)).all()
    back = set(
        session.scalars(
            select(Participant.id).where(
                Participant.id.in_([one.number for one in given]), Participant.id.in_(walk_ins)
            )
        )
    )
    for one in given:
        if one.number in back:
            session.execute(
                update(Participant)
                .where(Participant.id == one.number)
                .values(id=one.own_id)
                .execution_options(synchronize_session=False)
            )
            for column in children_of(Participant.__table__):  # type: ignore[arg-type]
                session.execute(
                    update(column.table)
                    .where(column == one.number)
                    .values({column.name: one.own_id})
                )
    session.execute(delete(GivenNumber))
    session.expire_all()


def count_without_number(session: Session) -> int:
    """Return how many walk-ins the central server has not registered yet."""
    brought = select(GivenNumber.own_id)
    waiting = select(func.count(Participant.id)).where(
        Participant.id >= OWN_NUMBERS, Participant.id.not_in(brought)
    )
    return session.scalar(waiting) or 0
