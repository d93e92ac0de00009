"""An event of very many people, within a minute: the demo's, copied by the database itself.

Whoever is copied is like the original but for their number, address, badge, message and scan. A
copied badge's code opens nothing: what is scanned is of the originals.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    cast,
    func,
    insert,
    literal,
    null,
    select,
    text,
    true,
    update,
)
from sqlalchemy.orm import Session, aliased

from bench.setup.stores import Store
from bench.setup.venue import DEVICES, GATES, Venue
from checkin.db.engine import Database, in_transaction
from checkin.db.migrate import upgrade
from checkin.db.models import (
    Activity,
    Admission,
    Badge,
    Delegation,
    Event,
    Message,
    Participant,
    Scan,
)
from checkin.db.models.scanning import ArrivalTally
from checkin.services.badges.specs import badge_codes
from checkin.services.common.keys import Keys
from checkin.services.common.master_key import keep_check_value
from checkin.services.gates.devices import add_device, gate_named
from checkin.services.lifecycle.demo import load_demo
from checkin.settings import Settings, create_key_file, load_keys

#: so many people are registered as the demo's are; all others are their copies
ORIGINALS = 2_000
_TABLES_WITH_NUMBERS = ("participant", "scan", "admission")


def open_originals(store: Store, name: str) -> Venue:
    """Set up an installation with the demo's event of `ORIGINALS` people, and pair its devices."""
    home = store.folder / f"home-{name}"
    home.mkdir()
    settings = Settings(home=home, database_url=store.url(name))
    create_key_file(settings)
    keys, database = load_keys(settings), Database(settings.database)
    upgrade(database)

    def work(session: Session) -> tuple[list[str], list[str]]:
        now = datetime.now(UTC)
        keep_check_value(session, keys)
        load_demo(session, keys, ORIGINALS, 1, now)
        return _codes(session, keys), _tokens(session, now)

    codes, tokens = in_transaction(database, work)
    database.dispose()
    return Venue(home, settings.database, codes, tokens)


def _codes(session: Session, keys: Keys) -> list[str]:
    event = session.scalars(select(Event)).one()
    return [one.code for one in badge_codes(session, event, keys) if one.status == "confirmed"]


def _tokens(session: Session, now: datetime) -> list[str]:
    event = session.scalars(select(Event)).one()
    return [
        add_device(
            session,
            event,
            gate_named(session, event, f"Porte {at % GATES + 1}", create=True),
            name=f"Poste {at + 1}",
            software="bench",
            now=now,
        ).token
        for at in range(DEVICES)
    ]


def multiply(session: Session, times: int) -> None:
    """Make the event's people so many times as many, with what was done to them."""
    copies = select(literal(1).label("at")).cte("copies", recursive=True)
    copies = copies.union_all(select(copies.c.at + 1).where(copies.c.at < times - 1))
    at = copies.c.at
    step = {of: session.scalar(select(func.max(of.id))) for of in (Participant, Scan, Admission)}
    person = at * step[Participant]

    session.execute(
        update(Delegation).values(
            quota=Delegation.quota * times, places_taken=Delegation.places_taken * times
        )
    )
    _copy(
        session,
        Participant,
        select().select_from(Participant).join(copies, true()),
        id=Participant.id + person,
        email=func.replace(Participant.email, "@", literal("-") + _text(at) + "@"),
        reserve_no=Participant.reserve_no + person,
    )
    _copy(
        session,
        Badge,
        select().select_from(Badge).join(copies, true()),
        id=_random_id(session),
        participant_id=Badge.participant_id + person,
        token_hash=_random_bytes(session),
        ref=null(),
    )
    old, new = aliased(Badge), aliased(Badge)

    def of_new_badge(table: Any) -> Select[Any]:
        return (
            select()
            .select_from(table)
            .join(copies, true())
            .join(old, old.id == table.badge_id)
            .join(
                new, (new.participant_id == old.participant_id + person) & (new.issue == old.issue)
            )
        )

    _copy(
        session,
        Message,
        of_new_badge(Message),
        id=None,
        participant_id=Message.participant_id + person,
        badge_id=new.id,
        message_id=_text(at) + "-" + Message.message_id,
    )
    _copy(
        session,
        Scan,
        of_new_badge(Scan),
        id=Scan.id + at * step[Scan],
        scan_id=_random_id(session),
        badge_id=new.id,
        participant_id=Scan.participant_id + person,
    )
    _copy(
        session,
        Admission,
        select().select_from(Admission).join(copies, true()),
        id=Admission.id + at * step[Admission],
        participant_id=Admission.participant_id + person,
        scan_pk=Admission.scan_pk + at * step[Scan],
    )
    counted = ("arrived", "inside", "without_place")
    session.execute(
        update(ArrivalTally).values({one: getattr(ArrivalTally, one) * times for one in counted})
    )
    _note_everybody(session)
    _go_on_counting(session)


def _copy(session: Session, table: Any, rows: Select[Any], **changed: Any) -> None:
    """Insert rows like those of the table, with other values in some columns, None for no value."""
    columns: Mapping[str, ColumnElement[Any]] = {
        column.key: changed.get(column.key, getattr(table, column.key))
        for column in table.__table__.columns
    }
    given = {name: value for name, value in columns.items() if value is not None}
    copied = rows.add_columns(*given.values())
    session.execute(
        insert(table.__table__).from_select(list(given), copied, include_defaults=False)
    )


def _note_everybody(session: Session) -> None:
    """Let the activity log hold an entry about each person, as if all were registered by forms."""
    about = select(
        Participant.event_id,
        Participant.registered_at,
        literal("participant.register"),
        text("'{}'" if _is_sqlite(session) else "'{}'::json"),
        Participant.id,
    )
    names = ["event_id", "at", "action", "details", "participant_id"]
    session.execute(insert(Activity).from_select(names, about, include_defaults=False))


def _go_on_counting(session: Session) -> None:
    """Let PostgreSQL give out numbers behind the copies', and know how many rows there are."""
    if _is_sqlite(session):
        return
    for table in _TABLES_WITH_NUMBERS:
        last = f"SELECT max(id) FROM {table}"
        session.execute(text(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), ({last}))"))
    session.execute(text("ANALYZE"))  # as its own daemon does within a minute


def _is_sqlite(session: Session) -> bool:
    return session.get_bind().dialect.name == "sqlite"


def _text(number: Any) -> ColumnElement[str]:
    return cast(number, Message.message_id.type)


def _random_id(session: Session) -> Any:
    if _is_sqlite(session):
        return func.lower(func.hex(func.randomblob(16)))
    return func.gen_random_uuid()


def _random_bytes(session: Session) -> Any:
    if _is_sqlite(session):
        return func.randomblob(32)
    return func.sha256(
        func.convert_to(cast(func.gen_random_uuid(), Message.message_id.type), "UTF8")
    )
