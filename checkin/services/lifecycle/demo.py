"""The demo: a reference event with invented people, the same ones for the same seed."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from checkin.db.models import Category, Delegation, Event, Participant
from checkin.domain.events.details import DEMO_CONTACT, DEMO_SLUG
from checkin.domain.people.buses import BusDetails
from checkin.domain.people.registration import Registration
from checkin.domain.scanning.facts import RegistrationStatus
from checkin.protocol.time_zones import in_time_zone, time_zone
from checkin.services.accounts.duties import make_demo_account
from checkin.services.common.keys import Keys
from checkin.services.common.list_version import next_list_version
from checkin.services.events.days import day_rows, set_days
from checkin.services.events.events import EventSpec, add_category, add_delegation, create_event
from checkin.services.gates.devices import gate_named
from checkin.services.gates.gates import limit_gate
from checkin.services.lifecycle.demo_names import FAMILY_NAMES, GIVEN_NAMES
from checkin.services.people.buses import add_bus, assign_people
from checkin.services.people.registering.enrolment import Enrolment, enrol
from checkin.services.people.registering.public_registration import set_link
from checkin.services.people.registering.registration import RegistrationSource, cancel

_ZONE = "Africa/Casablanca"
#: people that the quotas were made for; more people, larger quotas
_PLANNED = 2000
#: name, in Arabic, quota, share of the people in percent
_DELEGATIONS = (
    ("Khémisset", "الخميسات", 1000, 44),
    ("Rabat", "الرباط", 320, 14),
    ("Salé", "سلا", 300, 13),
    ("Skhirate-Témara", "الصخيرات تمارة", 240, 10),
    ("Kénitra", "القنيطرة", 200, 8),
    ("Sidi Kacem", "سيدي قاسم", 140, 6),
    ("Sidi Slimane", "سيدي سليمان", 60, 5),  # more people than places: a reserve list
)
_CATEGORIES = (
    ("Élu", "منتخب", 12),
    ("Conseil national", "المجلس الوطني", 6),
    ("Bureau provincial", "المكتب الإقليمي", 10),
    ("Organisation affiliée", "منظمة موازية", 17),
    ("Militant", "مناضل", 55),
)
_GATES = ("Porte 1", "Porte 2", "Porte 3")
_OFFICIAL_GATE = "Tribune officielle"
#: who leads each bus of the first delegation
_LEADERS = ("Hassan Berrada", "Khadija Lahlou", "Youssef Amrani")
_SEATS = 50
#: one in so many registrations was canceled since
_CANCELED_EVERY = 60


@dataclass(frozen=True, slots=True)
class Demo:
    """The demo's participants: how many there are, and whether they were created now."""

    participants: int
    new: bool


def load_demo(session: Session, keys: Keys, participants: int, seed: int, now: datetime) -> Demo:
    """Create the reference event, or move an existing one to today.

    Whoever has given it several days keeps them: it has no time of its own to be moved to.
    """
    make_demo_account(session)
    event = session.scalar(select(Event).where(Event.slug == DEMO_SLUG))
    if event is not None:
        if len(day_rows(session, event.id)) == 1:
            _open_today(session, event, now)
        count = select(func.count()).where(Participant.event_id == event.id)
        return Demo(session.scalars(count).one(), new=False)
    event = _create(session, keys, now)
    _register_everyone(session, event, keys, participants, random.Random(seed), now)  # noqa: S311
    for gate in (*_GATES, _OFFICIAL_GATE):
        gate_named(session, event, gate, create=True)
    officials = [name for name, *_ in _CATEGORIES[:2]]
    limit_gate(session, event, gate_named(session, event, _OFFICIAL_GATE), officials)
    return Demo(participants, new=True)


def _create(session: Session, keys: Keys, now: datetime) -> Event:
    spec = EventSpec(
        slug=DEMO_SLUG,
        name="Rencontre régionale",
        name_ar="اللقاء الجهوي",
        venue="Salle couverte, complexe Ibn Rochd, Yacoub El Mansour, Rabat",
        venue_ar="القاعة المغطاة، مركب ابن رشد، يعقوب المنصور، الرباط",
        timezone=_ZONE,
        starts_at=now,
        ends_at=now,
        organiser="Comité d’organisation",
        contact=DEMO_CONTACT,
    )
    event = create_event(session, spec, keys, now=now)
    _open_today(session, event, now)
    return event


def _open_today(session: Session, event: Event, now: datetime) -> None:
    today = in_time_zone(now, _ZONE).date()
    event.starts_at = datetime.combine(today, time(15), time_zone(_ZONE))
    # Loaded in the evening, it is not over yet: badges work and nothing may be erased.
    event.ends_at = max(event.starts_at, now) + timedelta(hours=4)
    event.doors_open_at = now - timedelta(hours=1)
    event.doors_close_at = now + timedelta(hours=24)
    set_days(session, event)


def _register_everyone(
    session: Session,
    event: Event,
    keys: Keys,
    participants: int,
    chance: random.Random,
    now: datetime,
) -> None:
    scale = max(1.0, participants / _PLANNED)
    delegations = [
        add_delegation(session, event, name, _quota(quota, share, participants, scale), name_ar)
        for name, name_ar, quota, share in _DELEGATIONS
    ]
    categories = [add_category(session, event, name, name_ar) for name, name_ar, _ in _CATEGORIES]
    version = next_list_version(session, event.id)
    people = [_person(at, delegations, categories, chance) for at in range(participants)]
    enrolled = enrol(
        session,
        event,
        people,
        source=RegistrationSource.IMPORT,
        keys=keys,
        version=version,
        now=now,
    )
    for at in range(_CANCELED_EVERY - 1, participants, _CANCELED_EVERY):
        cancel(session, event, enrolled[at][0]["id"], now=now)
    _add_buses(session, delegations[0], now)
    set_link(
        session,
        delegations[0],
        is_open=True,
        approval=True,
        category_id=categories[-1].id,
        now=now,
    )


def _add_buses(session: Session, delegation: Delegation, now: datetime) -> None:
    confirmed = select(Participant.id).where(
        Participant.delegation_id == delegation.id,
        Participant.standing == RegistrationStatus.CONFIRMED,
    )
    riders = session.scalars(confirmed.order_by(Participant.id).limit(len(_LEADERS) * _SEATS)).all()
    for at, leader in enumerate(_LEADERS):
        details = BusDetails(f"Autocar {at + 1}", leader, f"+21266000000{at + 1}", _SEATS)
        bus = add_bus(session, delegation, details, now=now)
        assign_people(session, bus, riders[at * _SEATS : (at + 1) * _SEATS], now=now)


def _quota(quota: int, share: int, participants: int, scale: float) -> int:
    scaled = round(quota * scale)
    if quota < _PLANNED * share // 100:
        # The delegation with a reserve list keeps one however few people there are.
        return max(1, min(scaled, participants * share // 100 * 6 // 10))
    return scaled


def _person(
    at: int, delegations: list[Delegation], categories: list[Category], chance: random.Random
) -> Enrolment:
    given, given_ar = chance.choice(GIVEN_NAMES)
    family, family_ar = chance.choice(FAMILY_NAMES)
    [delegation] = chance.choices(delegations, [share for *_, share in _DELEGATIONS])
    [category] = chance.choices(categories, [share for *_, share in _CATEGORIES])
    has_email, has_phone = chance.random() < 0.55, chance.random() < 0.9
    registration = Registration(
        name=f"{given} {family}",
        name_ar=f"{given_ar} {family_ar}",
        delegation=delegation.name,
        email=f"participant{at + 1}@example.org" if has_email else None,
        phone=f"+2126{chance.randrange(10**8):08d}" if has_phone else None,
        language=chance.choices(("ar", "fr", "en"), (60, 38, 2))[0],
    )
    return Enrolment(registration, delegation.id, category.id)
