"""Histories of an event, made at random, and its figures counted one person at a time."""

from __future__ import annotations

import contextlib
import itertools
import random
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from checkin.db.engine import Database
from checkin.db.models import (
    Admission,
    Badge,
    Category,
    Delegation,
    MergedRecord,
    Participant,
    Scan,
)
from checkin.domain.common.problems import FieldProblem
from checkin.domain.people.registration import Registration
from checkin.domain.scanning.facts import Direction, Reentry
from checkin.domain.scanning.verdict import Status
from checkin.errors import Conflict
from checkin.services.people.quotas import set_quota
from checkin.services.people.registering.registration import cancel, edit, reinstate
from checkin.services.scanning.annul import annul_scan
from checkin.services.scanning.merging import Wish, merge_plan, merge_records, take_merge_back
from checkin.services.scanning.storage import Decided
from checkin.services.scanning.walk_ins import Newcomer, register_walk_in
from tests.support import factories
from tests.support.factories import KEYS, NOW, write

LET_IN = Decided(Status.OK, None)
QUOTAS = {"Khémisset": 6, "Salé": 3, "Tiflet": 0}
CATEGORIES = ("Élu", "Militant")
GATES = ("Porte 1", "Porte 2", "Porte 3")


@dataclass
class History:
    """An event whose places are few, and what has happened there so far."""

    database: Database
    supervisor_id: int
    chance: random.Random
    scans: list[Any] = field(default_factory=list)
    numbers: Any = field(default_factory=lambda: itertools.count(1))

    def __post_init__(self) -> None:
        self.event = factories.an_event(
            self.database, reserve_from=NOW + timedelta(minutes=30), reentry=Reentry.AFTER_EXIT
        )
        self.now: datetime = NOW
        self.delegations = [
            factories.a_delegation(self.database, self.event, name, quota)
            for name, quota in QUOTAS.items()
        ]
        self.categories = [
            factories.a_category(self.database, self.event, name) for name in CATEGORIES
        ]
        self.devices = [factories.a_device(self.database, self.event, gate) for gate in GATES]

    def go_on(self, steps: int) -> None:
        """Let so many things happen, some minutes apart."""
        acts = [self.register] * 4 + [self.scan] * 9
        acts += [self.cancel, self.reinstate, self.walk_in, self.annul]
        acts += [self.move, self.merge, self.take_merge_back, self.change_quota]
        for _ in range(steps):
            self.now += timedelta(seconds=self.chance.randrange(5 * 60))
            self.chance.choice(acts)()

    def register(self) -> None:
        factories.a_participant(
            self.database,
            self.event,
            f"Militante {next(self.numbers)}",
            delegation=self.chance.choice(self.delegations),
            category=self.chance.choice(self.categories),
        )

    def walk_in(self) -> None:
        delegation = self.chance.choice(self.delegations)
        told = Registration(name=f"Venue {next(self.numbers)}", delegation=delegation.name)
        newcomer = Newcomer(told, delegation.id)
        device = self.chance.choice(self.devices)
        write(
            self.database,
            lambda s: register_walk_in(s, device, newcomer, keys=KEYS, now=self.now),
        )

    def scan(self) -> None:
        """Scan somebody's badge: live or late, in or out, on a supervisor's word or not."""
        more: dict[str, Any] = {"at": self.now}
        match self.chance.choice(["entry", "entry", "entry", "exit", "forced", "late"]):
            case "exit":
                more["direction"] = Direction.EXIT
            case "forced":
                more |= {"force_reason": "connue", "forced_by": self.supervisor_id}
            case "late":
                at = self.now - timedelta(minutes=self.chance.randrange(90))
                more |= {"at": at, "received_at": self.now, "decided": LET_IN}
        code = self.chance.choice([*self.codes(), "HELLO"])
        self.scans.append(
            factories.scan(self.database, self.chance.choice(self.devices), code, **more)
        )

    def annul(self) -> None:
        if self.scans:
            scan_id = self.chance.choice(self.scans).scan_id
            self.write_or_not(
                lambda s: annul_scan(
                    s,
                    event_id=self.event.id,
                    scan_id=scan_id,
                    reason="essai",
                    now=self.now,
                    supervisor_id=self.supervisor_id,
                )
            )

    def cancel(self) -> None:
        self.change(cancel)

    def reinstate(self) -> None:
        self.change(reinstate)

    def move(self) -> None:
        """Give somebody another delegation and another category, or the same again."""
        category, delegation = map(self.chance.choice, (self.categories, self.delegations))

        def work(session: Any, event: Any, one: int, now: datetime) -> None:
            name = session.get_one(Participant, one).name
            told = Registration(name=name, delegation=delegation.name)
            edit(
                session,
                event,
                one,
                told,
                category_id=category.id,
                delegation_id=delegation.id,
                now=now,
            )

        self.change(work)

    def merge(self) -> None:
        people = [one.id for one in people_in(self.database) if one.merged_into is None]
        if len(people) < 2:
            return
        one, two = self.chance.sample(people, 2)

        def work(session: Any) -> None:
            kept = merge_plan(session, self.event, one, two, self.now).kept.id
            merge_records(session, self.event, one, two, Wish(kept, (), "essai"), now=self.now)

        self.write_or_not(work)

    def take_merge_back(self) -> None:
        with self.database.read() as session:
            merged = session.scalars(
                select(MergedRecord.participant_id).order_by(MergedRecord.participant_id)
            ).all()
        if merged:
            one = self.chance.choice(merged)
            self.write_or_not(lambda s: take_merge_back(s, self.event, one, now=self.now))

    def change_quota(self) -> None:
        delegation, quota = self.chance.choice(self.delegations), self.chance.randrange(9)
        self.write_or_not(lambda s: set_quota(s, self.event, delegation.id, quota, now=self.now))

    def change(self, change: Any) -> None:
        if people := [person.id for person in people_in(self.database)]:
            one = self.chance.choice(people)
            self.write_or_not(lambda s: change(s, self.event, one, now=self.now))

    def write_or_not(self, work: Any) -> None:
        # Somebody came in again since, or has arrived where no place is left for them; a quota is
        # below what is taken; a record is merged already.
        with contextlib.suppress(Conflict, FieldProblem):
            write(self.database, work)

    def codes(self) -> list[str]:
        with self.database.read() as session:
            badges = session.scalars(select(Badge).order_by(Badge.participant_id, Badge.issue))
            return [factories.code_of(self.event, one.id, one.issue) for one in badges]


def people_in(database: Database) -> list[Participant]:
    with database.read() as session:
        return list(session.scalars(select(Participant).order_by(Participant.id)))


@dataclass(frozen=True)
class Counted:
    """The figures of some people and their arrivals, counted one by one."""

    people: tuple[Participant, ...]
    arrivals: tuple[Admission, ...]
    inside: int
    overrides: int

    def figures(self, quota: int) -> dict[str, int]:
        """Return what the API tells of them."""
        came = {one.participant_id for one in self.arrivals}
        assert len(came) == len(self.arrivals), "nobody arrives twice"
        of = Counter(person.standing for person in self.people)
        here = Counter(person.standing for person in self.people if person.id in came)
        return {
            "quota": quota,
            "registered": of["confirmed"],
            "waiting": of["reserve"],
            "arrived": len(came),
            "arrived_registered": here["confirmed"],
            "arrived_reserve": here["reserve"],
            "arrived_canceled": here["canceled"],
            "arrived_others": here["reserve"] + here["canceled"],
            "missing": sum(p.standing == "confirmed" and p.id not in came for p in self.people),
            "inside": self.inside,
            "without_place": sum(one.without_place for one in self.arrivals),
            "percent": 100 * here["confirmed"] // of["confirmed"] if of["confirmed"] else 0,
        }

    @property
    def walk_ins(self) -> int:
        came = {one.participant_id for one in self.arrivals}
        return sum(p.registered_by == "walk_in" and p.id in came for p in self.people)

    def last_arrival_at(self) -> datetime | None:
        return max((one.admitted_at for one in self.arrivals), default=None)


def counted(database: Database, **of: Any) -> Counted:
    """Count everybody, or those of one `delegation_id` or `category_id`, or at one `gate_id`."""
    gate_id = of.pop("gate_id", None)
    with database.read() as session:
        people = tuple(session.scalars(select(Participant).filter_by(**of)))
        ids = {person.id for person in people}
        admissions = [
            one
            for one in session.scalars(select(Admission).where(Admission.annulled_at.is_(None)))
            if one.participant_id in ids and gate_id in (None, one.gate_id)
        ]
        arrivals = tuple(one for one in admissions if one.entry_no == 1)
        forced = {scan.id for scan in session.scalars(select(Scan)) if scan.forced}
    return Counted(
        people,
        arrivals,
        inside=sum(one.exited_at is None for one in admissions),
        overrides=sum(one.scan_pk in forced for one in arrivals),
    )


def parts(database: Database, kind: type[Delegation] | type[Category]) -> list[Any]:
    with database.read() as session:
        return list(session.scalars(select(kind).order_by(kind.id)))
