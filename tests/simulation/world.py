"""One seed: an event, its people, some gates, and an afternoon of things that go wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from random import Random
from typing import ClassVar, Self
from uuid import uuid4

from sqlalchemy import update

from checkin.db.models import Badge, Delegation, Event
from checkin.domain.people.registration import Registration
from checkin.domain.scanning.facts import Direction, Reentry
from checkin.domain.scanning.leases import LIFETIME
from checkin.services.common.list_version import next_list_version
from checkin.services.people.quotas import set_quota
from checkin.services.people.registering.blocking import block
from checkin.services.people.registering.registration import Registered, cancel
from checkin.services.scanning.walk_ins import Newcomer, register_walk_in
from checkin.worker.moving_up import move_people_up
from scanner.core.scan import ref_of
from tests.simulation.gates import Gate
from tests.simulation.limits import passed_limits
from tests.simulation.network import FaultyConnection, Log
from tests.simulation.server import START, Application
from tests.support import factories
from tests.support.lending import keep_places

STEPS = 40
GATES = 3
#: delegations by their quotas, and how many people of each are confirmed beforehand
QUOTAS = {"Khémisset": (11, 3), "Tiflet": (5, 2)}
#: the places of each that are kept for gates without the network
KEPT = {"Khémisset": 4, "Tiflet": 1}
WALK_INS = 15


@dataclass
class Person:
    """A participant with a badge.

    Attributes:
        listed_at: the gate list's cursor from which they are on it.
        stopped_at: the cursor from which they must not be let in; None: let in.
    """

    participant_id: int
    badge_id: object
    code: str
    listed_at: int
    stopped_at: int | None = None


@dataclass
class World:
    """Everything of one seed; its gates are switched off at the end of the block.

    Attributes:
        kept: the places of each delegation that are kept for gates without the network.
        seen: violations at some moment, which may be over at the end.
        may_wait_again: who was canceled and registered again, or moved to another delegation, and
            is no longer what a gate's list may say.
    """

    kept: ClassVar[Mapping[str, int]] = KEPT
    seed: int
    server: Application
    log: Log = field(default_factory=Log)
    seen: list[str] = field(default_factory=list)
    may_wait_again: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.random = Random(self.seed)
        self.time = self.server.time
        self.time.now = START
        self.capacity = self.random.choice((None, 5, 6))
        self.reentry = self.random.choice((Reentry.SINGLE, Reentry.SINGLE, Reentry.AFTER_EXIT))
        self.reserve_from = self.random.choice((START, None, None))
        self.event: Event = factories.an_event(
            self.server.database,
            f"seed-{self.seed}-{uuid4().hex[:8]}",
            reserve_from=self.reserve_from,
            capacity=self.capacity,
            reentry=self.reentry,
        )
        self.people: list[Person] = []
        self.quotas: dict[int, int] = {}
        self.delegations = [self._delegation(name, *rest) for name, rest in QUOTAS.items()]
        self.gates = [self._gate(number) for number in range(GATES)]
        self.office = factories.a_device(self.server.database, self.event, "Bureau")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for gate in self.gates:
            gate.switch_off()

    def play(self) -> None:
        """Go through the afternoon, then let everything recover."""
        for _ in range(STEPS):
            self.time.advance(self.random.choice((0.3, 2, 11, 31)))
            self._step()
        self._recover()

    def person_by_code(self, code: str) -> Person | None:
        """Return whose badge this is."""
        return next((one for one in self.people if one.code == code), None)

    def person_by_ref(self, ref: str) -> Person | None:
        """Return the person whose badge a device names without its code."""
        return next((one for one in self.people if ref_of(one.code) == ref), None)

    def _step(self) -> None:
        gate, person = self.random.choice(self.gates), self._somebody()
        steps = {
            lambda: gate.show(person.code): 50,
            lambda: gate.show(person.code, Direction.EXIT): 6,
            gate.tend: 30,
            lambda: gate.tend_while_someone_comes(self._code_waiting_at(gate)): 12,
            lambda: self._toggle_line(gate): 9,
            self._walk_in: 14,
            lambda: self._plan_crash(gate): 6,
            lambda: self._move_clock(gate): 4,
            lambda: self._toggle_disk(gate): 3,
            lambda: self._stop(person): 3,
            lambda: self._cancel(person): 2,
            lambda: gate.override(person.code): 2,
            lambda: self._lose_renewal(gate): 4,
            lambda: self._restart_in_the_past(gate): 2,
            gate.undo: 2,
            gate.go_home: 2,
            gate.connection.deliver_late: 4,
        }
        self.random.choices(list(steps), list(steps.values()))[0]()

    def _somebody(self) -> Person:
        # Who came last is the one for whom places are few.
        few = self.people[-5:] if self.random.random() < 0.6 else self.people
        return self.random.choice(few)

    def watch(self) -> None:
        """Check whether a limit is exceeded at this moment."""
        self.seen += passed_limits(self)

    def _code_waiting_at(self, gate: Gate) -> str:
        waiting = [self.person_by_ref(ref) for ref in gate.refs_waiting()]
        people = [person for person in waiting if person] or self.people
        return self.random.choice(people).code

    def _toggle_line(self, gate: Gate) -> None:
        gate.connection.is_cut = not gate.connection.is_cut

    def _plan_crash(self, gate: Gate) -> None:
        gate.crash_in = self.random.randint(0, 25)

    def _move_clock(self, gate: Gate) -> None:
        gate.wall_off_s = self.random.choice((-3600.0, 3600.0, -7.0, 90.0, 0.0))

    def _lose_renewal(self, gate: Gate) -> None:
        # And a bus arrives: all gates admit whom they may.
        gate.lose_a_renewal()
        for each in [gate, gate, *self.gates, *self.gates]:
            each.show(self.random.choice(self.people).code)

    def _restart_in_the_past(self, gate: Gate) -> None:
        gate.connection.is_cut, gate.wall_off_s = True, gate.wall_off_s - 3600
        gate.switch_off()

    def _toggle_disk(self, gate: Gate) -> None:
        gate.disk.is_full = not gate.disk.is_full

    def _stop(self, person: Person) -> None:
        # Revoked half of the time, else blocked; either way the list says so from this version on.
        work = self._revoke if self.random.random() < 0.5 else self._block
        work(person)
        person.stopped_at = self._list_version()

    def _revoke(self, person: Person) -> None:
        factories.write(
            self.server.database,
            lambda session: session.execute(
                update(Badge)
                .where(Badge.id == person.badge_id, Badge.revoked_at.is_(None))
                .values(
                    revoked_at=self.time.now,
                    list_version=next_list_version(session, self.event.id),
                )
            ),
        )

    def _block(self, person: Person) -> None:
        factories.write(
            self.server.database,
            lambda session: block(
                session, self.event, person.participant_id, reason="test", now=self.time.now
            ),
        )

    def _cancel(self, person: Person) -> None:
        factories.write(
            self.server.database,
            lambda session: cancel(session, self.event, person.participant_id, now=self.time.now),
        )
        self.watch()

    def _walk_in(self) -> None:
        if len(self.people) < WALK_INS + sum(known for _, known in QUOTAS.values()):
            self.walk_in_to(self.random.choice(self.delegations))

    def walk_in_to(self, delegation: Delegation) -> None:
        """Let somebody who is not registered come to the office."""
        who = Registration(name=f"Omar {len(self.people)}", delegation=delegation.name)
        newcomer = Newcomer(who, delegation.id)
        made = factories.write(
            self.server.database,
            lambda session: register_walk_in(
                session, self.office, newcomer, keys=factories.KEYS, now=self.time.now
            ),
        )
        self._know(made.registered)
        self.watch()

    def set_quota(self, delegation: Delegation, quota: int) -> None:
        """Change a delegation's quota."""
        self.quotas[delegation.id] = quota
        factories.write(
            self.server.database,
            lambda session: set_quota(session, self.event, delegation.id, quota, now=self.time.now),
        )

    def _recover(self) -> None:
        for gate in self.gates:
            gate.connection.is_cut, gate.connection.risk = False, 0.0
            gate.disk.is_full, gate.crash_in = False, None
            gate.connection.deliver_late()
        for _ in range(12):
            self.time.advance(11)
            for gate in self.gates:
                gate.tend()
            if not any(gate.unsettled for gate in self.gates):
                break

        # The day is over: what was lent comes back, and who waited moves up.
        for gate in self.gates:
            gate.go_home()
        self.time.advance(2 * LIFETIME.total_seconds())
        move_people_up(self.server.tools)

    def _delegation(self, name: str, quota: int, confirmed: int) -> Delegation:
        database = self.server.database
        delegation = factories.a_delegation(database, self.event, name, quota)
        self.quotas[delegation.id] = quota
        if name in self.kept:
            keep_places(database, delegation.id, self.kept[name])
        for number in range(confirmed):
            self._know(
                factories.a_participant(
                    database, self.event, f"Amina {number}", delegation=delegation
                )
            )
        return delegation

    def _know(self, made: Registered) -> None:
        code = factories.code_of(self.event, made.badge_id)
        person = Person(made.participant_id, made.badge_id, code, self._list_version())
        self.people.append(person)

    def _list_version(self) -> int:
        with self.server.database.read() as session:
            return session.get_one(Event, self.event.id).list_version

    def _gate(self, number: int) -> Gate:
        name = f"Porte {number + 1}"
        device = factories.a_new_device(self.server.database, self.event, name)
        connection = FaultyConnection(name, self.server, self.random, self.log)
        connection.watch = self.watch
        gate = Gate(name, device.token, self.time, connection, self.random)
        gate.wall_off_s = self.random.choice((0.0, 0.0, 3600.0, -45.0))
        return gate
