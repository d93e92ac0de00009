"""Make test data: events, delegations, invented people, devices and scans."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from checkin.db.engine import Database, in_shortest_transaction, in_transaction
from checkin.db.models import Activity, Bus, Category, Delegation, Event, EventDay, Role
from checkin.domain.people.buses import BusDetails
from checkin.domain.people.flags import FlagDetails, FlagSymbol
from checkin.domain.people.registration import Registration
from checkin.domain.scanning.facts import Direction
from checkin.domain.scanning.verdict import Source
from checkin.protocol.codes import format_code, parse_code, token_for
from checkin.protocol.gate_list import tag_bytes
from checkin.services.accounts.operators import add_operator
from checkin.services.accounts.pins import set_pin
from checkin.services.common.keys import Keys
from checkin.services.common.list_version import next_list_version
from checkin.services.events.days import set_days
from checkin.services.events.events import EventSpec, add_category, add_delegation, create_event
from checkin.services.gates.authentication import device_by_token
from checkin.services.gates.devices import NewDevice, PairedDevice, add_device, gate_named
from checkin.services.limits.in_memory import MemoryCounters
from checkin.services.limits.limits import Limits
from checkin.services.people.bus_leaders import appoint_leaders
from checkin.services.people.buses import add_bus, assign_people
from checkin.services.people.flags import new_flag
from checkin.services.people.registering.enrolment import Enrolment, enrol
from checkin.services.people.registering.registration import (
    Registered,
    RegistrationSource,
    register,
)
from checkin.services.scanning.record import record_scan
from checkin.services.scanning.storage import Answer, Reading

T = TypeVar("T")

MASTER_KEY = bytes(range(32))
KEYS = Keys(MASTER_KEY)
#: where people reach the server of a test
BASE_URL = "http://marhaba.example.org"
#: when tests happen: Saturday 14 June 2025, the doors of the reference event are open
NOW = datetime(2025, 6, 14, 14, 30, tzinfo=UTC)


def limits() -> Limits:
    """Return unused limits, counted in memory."""
    return Limits(MemoryCounters(), KEYS.limits)


def write(database: Database, work: Callable[[Session], T]) -> T:
    """Run `work` in one transaction."""
    return in_transaction(database, work)


def noted(database: Database, kind: str) -> Sequence[str]:
    """Return the logged activities of a kind ("device", "category", …), in order."""
    with database.read() as session:
        return session.scalars(
            select(Activity.action)
            .where(Activity.action.startswith(f"{kind}."))
            .order_by(Activity.id)
        ).all()


def an_event(database: Database, slug: str = "rabat-2025", **laid_down: Any) -> Event:
    """Create the reference event; without doors, so that it is open at any time.

    Its reserve list goes on for ever, and devices search at any time, because a test's server runs
    by the clock of today.
    """
    laid_down.setdefault("reserve_until", datetime(2100, 1, 1, tzinfo=UTC))
    laid_down.setdefault("search_while_closed", True)
    spec = EventSpec(
        slug=slug,
        name="Rencontre régionale",
        name_ar="اللقاء الجهوي",
        venue="Complexe Ibn Rochd",
        timezone="Africa/Casablanca",
        starts_at=datetime(2025, 6, 14, 14, 0, tzinfo=UTC),
        ends_at=datetime(2025, 6, 14, 18, 0, tzinfo=UTC),
        **laid_down,
    )
    return write(database, lambda session: create_event(session, spec, KEYS, now=NOW))


def lay_down(database: Database, **values: Any) -> None:
    """Change what the only event has laid down, and its days with it."""

    def change(session: Session) -> None:
        event = session.scalars(select(Event)).one()
        for name, value in values.items():
            setattr(event, name, value)
        set_days(session, event)

    write(database, change)


def a_further_day(database: Database, event: Event, day: int = 2, **times: Any) -> None:
    """Give an event a further day, so many days after the first one, with times of its own."""
    later = timedelta(days=day - 1)
    dates = {"starts_at": event.starts_at + later, "ends_at": event.ends_at + later}
    write(database, lambda s: s.add(EventDay(event_id=event.id, day=day, **(dates | times))))


def postponed(database: Database, event: Event, days: int = 7) -> Event:
    """Let an event take place in some days, for tests whose clock is the machine's."""
    start = datetime.now(UTC).replace(microsecond=0) + timedelta(days=days)

    def work(session: Session) -> Event:
        found = session.get_one(Event, event.id)
        found.starts_at, found.ends_at = start, start + timedelta(hours=4)
        session.flush()
        return found

    return write(database, work)


def a_delegation(
    database: Database, event: Event, name: str = "Khémisset", quota: int = 1000
) -> Delegation:
    """Add a delegation, or return the one with this name."""
    found = _by_name(database, Delegation, event, name)
    return found or write(database, lambda s: add_delegation(s, event, name, quota))


def a_category(database: Database, event: Event, name: str = "Militant") -> Category:
    """Add a category, or return the one with this name."""
    found = _by_name(database, Category, event, name)
    return found or write(database, lambda s: add_category(s, event, name))


def a_flag(database: Database, event: Event, name: str = "VIP", **more: Any) -> None:
    """Define a flag with a sentence in both scripts, of which the page Protocole is told."""
    told = {
        "symbol": FlagSymbol.STAR,
        "sentence": "Appeler le protocole",
        "sentence_ar": "اتصلوا بالتشريفات",
        "page": "Protocole",
    }
    details = FlagDetails(name=name, **told | more)
    write(database, lambda session: new_flag(session, event, details, operator_id=None, now=NOW))


def _by_name(database: Database, model: Any, event: Event, name: str) -> Any:
    with database.read() as session:
        return session.scalar(select(model).where(model.event_id == event.id, model.name == name))


def a_participant(
    database: Database,
    event: Event,
    name: str = "Amina Alaoui",
    *,
    delegation: Delegation | None = None,
    category: Category | None = None,
    **more: Any,
) -> Registered:
    """Register a person of the delegation, Khémisset unless another is given."""
    delegation = delegation or a_delegation(database, event)
    category = category or a_category(database, event)
    registration = Registration(name=name, delegation=delegation.name, **more)
    return write(
        database,
        lambda session: register(
            session,
            event,
            registration,
            delegation_id=delegation.id,
            category_id=category.id,
            source=RegistrationSource.FORM,
            keys=KEYS,
            now=NOW,
        ),
    )


#: of a supervisor, unless another is given
PIN = "246810"


def a_supervisor(database: Database, pin: str = PIN) -> int:
    """Add a supervisor with a PIN, and return their id."""

    def work(session: Session) -> int:
        supervisor = add_operator(
            session,
            email=f"supervision{pin}@example.org",
            name="Superviseure",
            role=Role.SUPERVISOR,
            now=NOW,
        ).operator
        set_pin(session, supervisor, pin, now=NOW)
        return supervisor.id

    return write(database, work)


def a_bus(database: Database, delegation: Delegation, name: str = "Car 1", seats: int = 50) -> Bus:
    """Add a bus to a delegation."""
    details = BusDetails(name, "Hassan Tazi", "+212611111111", seats)
    return write(database, lambda session: add_bus(session, delegation, details, now=NOW))


def a_full_bus(database: Database, event: Event, seats: int) -> list[str]:
    """Fill a bus with new people, the first of whom leads it; return the codes on their badges."""
    codes = badges(database, event, seats)
    bus = a_bus(database, a_delegation(database, event), seats=seats)

    def seat(session: Session) -> None:
        assign_people(session, session.merge(bus), range(1, seats + 1), now=NOW)
        appoint_leaders(session, session.merge(bus), [1], now=NOW)

    write(database, seat)
    return codes


def code_of(event: Event, badge_id: UUID, issue: int = 1) -> str:
    """Return the text in a badge's QR."""
    return format_code(token_for(KEYS.for_event(event.slug), badge_id, issue))


def a_badge(database: Database, event: Event, name: str = "Amina Alaoui", **more: Any) -> str:
    """Register a person and return the code on their badge."""
    return code_of(event, a_participant(database, event, name, **more).badge_id)


def badges(
    database: Database, event: Event, count: int, *, delegation: Delegation | None = None
) -> list[str]:
    """Register many people at once and return their codes."""
    delegation = delegation or a_delegation(database, event)
    category = a_category(database, event)

    def work(session: Session) -> list[str]:
        version = next_list_version(session, event.id)
        people = [
            Enrolment(
                Registration(name=f"Militant {number}", delegation=delegation.name),
                delegation.id,
                category.id,
            )
            for number in range(count)
        ]
        rows = enrol(
            session,
            event,
            people,
            source=RegistrationSource.IMPORT,
            keys=KEYS,
            version=version,
            now=NOW,
        )
        return [code_of(event, badge["id"]) for _, badge in rows]

    return write(database, work)


def a_new_device(
    database: Database,
    event: Event,
    gate: str = "Porte 1",
    *,
    may_search: bool | None = None,
    help_desk: bool | None = None,
) -> NewDevice:
    """Enrol a device at a gate, made if it is new."""
    return write(
        database,
        lambda session: add_device(
            session,
            event,
            gate_named(session, event, gate, create=True),
            name="Laptop",
            software="tests",
            now=NOW,
            may_search=may_search,
            help_desk=help_desk,
        ),
    )


def a_device(database: Database, event: Event, gate: str = "Porte 1") -> PairedDevice:
    """Enrol a device and return it as the API recognises it."""
    return device_by_token(database, a_new_device(database, event, gate).token)


def a_reading(code: str, *, at: datetime = NOW, **more: Any) -> Reading:
    """Return a live entry reading by camera, from a device with the right time."""
    plain = Reading(
        scan_id=uuid4(),
        code=code,
        direction=Direction.ENTRY,
        source=Source.CAMERA,
        scanned_at=at,
        at=at,
        received_at=at,
    )
    return replace(plain, **more)


def ref_of(code: str) -> bytes:
    """Return by what a device names a badge once it has forgotten the code."""
    token = parse_code(code)
    assert token is not None
    return tag_bytes(token)


def a_reading_by_ref(code: str, **more: Any) -> Reading:
    """Return the same reading from a device that names the badge without its code."""
    return a_reading("", badge_ref=ref_of(code), **more)


def scan(
    database: Database, device: PairedDevice, code: str, *, at: datetime = NOW, **more: Any
) -> Answer:
    """Scan a code as the API does."""
    return record(database, device, a_reading(code, at=at, **more))


def record(database: Database, device: PairedDevice, reading: Reading) -> Answer:
    """Record a reading, which may have been recorded before."""
    return in_shortest_transaction(database, lambda c: record_scan(c, device, reading, KEYS))


def minutes(count: float) -> timedelta:
    """Return a span of minutes."""
    return timedelta(minutes=count)
