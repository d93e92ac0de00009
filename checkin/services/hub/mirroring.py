"""Keep the central server's rows in a hub's database: pages of them, each known by its mark.

The rows have the same numbers there and here, so that whatever decides, finds or counts people runs
unchanged. What a hub makes itself is numbered from `OWN_NUMBERS`, so that the two never meet.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import (
    Column,
    LargeBinary,
    Table,
    Uuid,
    case,
    delete,
    func,
    select,
    text,
    tuple_,
    update,
)
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.orm import Session
from sqlalchemy.sql.schema import ScalarElementColumnDefault

from checkin.db.models import Base, Delegation, GivenNumber, MirroredPage, Participant
from checkin.db.types import UtcDateTime
from checkin.domain.gates.hub_numbers import OWN_NUMBERS
from checkin.domain.scanning.facts import RegistrationStatus
from checkin.protocol.base64url import bytes_of
from checkin.services.common.keys import Keys
from checkin.services.hub.numbers import children_of, renumber_walk_ins
from checkin.services.hub.stops import lift_again, lift_own, lifted_here

#: pages asked for at once
_AT_ONCE = 40
#: rows that one statement writes
_ROWS = 200
_LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
#: more than a reserve list grows by on the day
_RESERVE_NUMBERS_APART = 90_000


class Pages(Protocol):
    """Where pages come from."""

    def pages(self, table: str, marks: Sequence[str]) -> list[dict[str, Any]]:
        """Return those of a table's pages that are still there."""
        ...


@dataclass(frozen=True, slots=True)
class News:
    """What the central server has, as far as it is not here.

    Attributes:
        tables: the marks of all pages of each table, in the server's order of tables.
        fetched: the pages that are new, by table and mark.
    """

    tables: Mapping[str, Sequence[str]]
    fetched: Mapping[str, Mapping[str, dict[str, Any]]]


def fetch_news(session: Session, tables: Mapping[str, Sequence[str]], source: Pages) -> News | None:
    """Fetch the pages that are not here; None if one has changed meanwhile: ask again."""
    fetched: dict[str, dict[str, dict[str, Any]]] = {}
    for name, marks in tables.items():
        if name not in Base.metadata.tables:
            continue  # of a newer server
        known = set(
            session.scalars(select(MirroredPage.mark).where(MirroredPage.table_name == name))
        )
        lacking = [mark for mark in marks if mark not in known]
        found: dict[str, dict[str, Any]] = {}
        for start in range(0, len(lacking), _AT_ONCE):
            asked = lacking[start : start + _AT_ONCE]
            pages = source.pages(name, asked)
            found |= {page["mark"]: page for page in pages if page["mark"] in asked}
        if set(found) != set(lacking):
            return None
        fetched[name] = found
    return News({name: tables[name] for name in fetched}, fetched)


def apply_news(session: Session, news: News, keys: Keys) -> int:
    """Write the pages that are new, and erase what is gone; return how many rows were written.

    All of it is one transaction, at whose end the references are checked. Afterwards the walk-ins
    that have come from the central server have its numbers.
    """
    session.execute(text("PRAGMA defer_foreign_keys = ON"))
    tables = {name: Base.metadata.tables[name] for name in news.tables}
    lifted = lifted_here(session)
    gone = {
        name: _take_pages(session, table, news.tables[name], news.fetched[name])
        for name, table in tables.items()
    }
    for name, pages in news.fetched.items():
        keys_written = [key for page in pages.values() for key in _keys(tables[name], page)]
        _make_room(session, tables[name], [*gone[name], *keys_written])
    lift_own(session, news.fetched.get("entry_stop", {}).values(), lifted)
    written = sum(
        _write(session, tables[name], page, keys)
        for name, pages in news.fetched.items()
        for page in pages.values()
    )
    lift_again(session, lifted)
    for name in reversed(gone):
        _erase(session, tables[name], gone[name])
    renumber_walk_ins(session)
    if news.fetched.get("delegation"):
        _count_own_places(session)
    return written


def _count_own_places(session: Session) -> None:
    """Add the places of walk-ins whom the central server does not count yet."""
    brought = select(GivenNumber.own_id)
    own = session.execute(
        select(Participant.delegation_id, func.count(Participant.id))
        .where(
            Participant.id >= OWN_NUMBERS,
            Participant.standing == RegistrationStatus.CONFIRMED,
            Participant.id.not_in(brought),
        )
        .group_by(Participant.delegation_id)
    ).all()
    for delegation_id, count in own:
        session.execute(
            update(Delegation)
            .where(Delegation.id == delegation_id)
            # Who came in on a place that there is none of any more is brought all the same.
            .values(places_taken=func.min(Delegation.quota, Delegation.places_taken + count))
        )


def _take_pages(
    session: Session, table: Table, marks: Sequence[str], fetched: Mapping[str, dict[str, Any]]
) -> set[tuple[Any, ...]]:
    """Remember which pages are here, and return the keys of rows that are in none any more."""
    before = session.scalars(
        select(MirroredPage).where(MirroredPage.table_name == table.name)
    ).all()
    stay, old = set(marks), [page for page in before if page.mark not in marks]
    for mark, page in fetched.items():
        keys = [list(key) for key in _keys(table, page)]
        session.add(MirroredPage(table_name=table.name, mark=mark, keys=keys))
    for gone in old:
        session.delete(gone)
    session.flush()
    if not old:
        return set()
    lost = {tuple(key) for one in old for key in one.keys}
    kept = {tuple(key) for one in before if one.mark in stay for key in one.keys}
    return lost - kept - {key for page in fetched.values() for key in _keys(table, page)}


def _keys(table: Table, page: Mapping[str, Any]) -> Iterable[tuple[Any, ...]]:
    places = [page["columns"].index(column.name) for column in table.primary_key.columns]
    return (tuple(row[place] for place in places) for row in page["rows"])


def _erase(session: Session, table: Table, keys: Iterable[tuple[Any, ...]]) -> None:
    """Erase rows by their keys; one that something here names stays, as people do who came.

    So does the gate of a scan that the central server does not have yet: it may be erased there
    while nothing names it.
    """
    columns = list(table.primary_key.columns)
    for key in keys:
        values = [_value(column, one) for column, one in zip(columns, key, strict=True)]
        if "id" in table.primary_key.columns and _is_named(session, table, values[0]):
            if table.name in _REVOKED_INSTEAD:
                session.execute(_REVOKED_INSTEAD[table.name](values[0]))
        else:
            where = tuple_(*columns) == tuple_(*values)
            session.execute(delete(table).where(where))


#: what is unique among rows, as it is while they are written anew: who had a badge, a name or a
#: number before must not stand in the way of who has it now
_ROOM: dict[str, Callable[[Table], Mapping[str, Any]]] = {
    "badge": lambda _table: {"revoked_at": _LONG_AGO},
    "participant": lambda table: {
        "reserve_no": case((table.c.reserve_no.is_not(None), -table.c.id))
    },
    "entry_stop": lambda _table: {"lifted_at": _LONG_AGO},
    "device": lambda _table: {"name": ""},
    "bus": lambda table: {"name": _unique(table)},
} | dict.fromkeys(
    ("category", "gate", "flag", "delegation"), lambda table: {"folded": _unique(table)}
)


def _unique(table: Table) -> Any:
    return func.char(1).concat(table.c.id)


def _make_room(session: Session, table: Table, keys: Sequence[tuple[Any, ...]]) -> None:
    """Let rows that are about to be written have nothing that another of them may have now."""
    if (room := _ROOM.get(table.name)) is None:
        return
    ids = [_value(table.c.id, number) for (number,) in keys]
    for start in range(0, len(ids), _ROWS):
        chunk = ids[start : start + _ROWS]
        session.execute(update(table).where(table.c.id.in_(chunk)).values(room(table)))


def _is_named(session: Session, table: Table, number: Any) -> bool:
    """Say whether a row of the hub's own tables names this one."""
    return any(
        session.execute(
            select(text("1")).select_from(child.table).where(child == number).limit(1)
        ).first()
        for child in children_of(table)
    )


def _cancel(number: Any) -> Any:
    people = Base.metadata.tables["participant"]
    none = {"reserve_no": None, "unchecked_as": None, "unchecked_no": None}
    values = none | {"standing": "canceled", "canceled_at": datetime.now(UTC)}
    return people.update().where(people.c.id == number).values(values)


def _revoke_badge(badge_id: Any) -> Any:
    badges = Base.metadata.tables["badge"]
    return badges.update().where(badges.c.id == badge_id).values(revoked_at=datetime.now(UTC))


def _revoke_device(number: Any) -> Any:
    devices = Base.metadata.tables["device"]
    return devices.update().where(devices.c.id == number).values(revoked_at=datetime.now(UTC))


_REVOKED_INSTEAD = {
    "participant": _cancel,
    "badge": _revoke_badge,
    "device": _revoke_device,
}


def _write(session: Session, table: Table, page: Mapping[str, Any], keys: Keys) -> int:
    names = [name for name in page["columns"] if name in table.c]
    places = [page["columns"].index(name) for name in names]
    told = (
        {name: _value(table.c[name], row[at]) for name, at in zip(names, places, strict=True)}
        for row in page["rows"]
    )
    rows = [row | _here(table.name, row) for row in told]
    filled = [row | _filled(table, row, keys) for row in rows]
    for start in range(0, len(filled), _ROWS):
        statement = insert(table).values(filled[start : start + _ROWS])
        changed = {
            name: statement.excluded[name] for name in rows[0] if name not in table.primary_key.c
        }
        key = [column.name for column in table.primary_key.columns]
        if changed:
            statement = statement.on_conflict_do_update(index_elements=key, set_=changed)
        else:
            statement = statement.on_conflict_do_nothing(index_elements=key)
        session.execute(statement)
    return len(rows)


def _here(table: str, row: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values that columns have here, whatever they have there."""
    if table == "event":
        # People are confirmed by the central server alone: here the reserve list has ended.
        return {"reserve_until": _LONG_AGO}
    if table == "delegation":
        # The next number there is given to somebody else than the next one here.
        return {"last_reserve_no": row["last_reserve_no"] + _RESERVE_NUMBERS_APART}
    if table == "participant":
        # That somebody is blocked has a reason; which one, no hub is told.
        return {"blocked_reason": "" if row["blocked"] else None}
    return {}


def _filled(table: Table, row: Mapping[str, Any], keys: Keys) -> dict[str, Any]:
    """Return values for the columns that no hub is told, and that must have one.

    Texts are empty: an empty hash of a password opens nothing.
    """
    absent = [column for column in table.c if column.name not in row]
    lacking: dict[str, Any] = {
        column.name: ""
        for column in absent
        if not column.nullable and column.server_default is None and column.default is None
    }
    if table.name == "event":
        lacking["key_check"] = keys.check_of_event(row["slug"])
    if table.name == "operator":
        lacking["email"] = f"{row['id']}@central.invalid"
    defaults = {
        column.name: column.default.arg
        for column in absent
        if isinstance(column.default, ScalarElementColumnDefault)
    }
    return defaults | lacking


def _value(column: Column[Any], value: Any) -> Any:
    """Read a value of a page as its column has it.

    Raises:
        ValueError: it is none of that kind.
    """
    if value is None:
        return None
    if isinstance(column.type, LargeBinary):
        return bytes_of(value["b"])
    if isinstance(column.type, UtcDateTime):
        return datetime.fromisoformat(value)
    if isinstance(column.type, Uuid):
        return UUID(value)
    return value
