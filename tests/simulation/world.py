"""One seed: an event, its people, some gates, and an afternoon of things that go wrong."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random

from sqlalchemy import update

from checkin.db.models import Badge, Delegation, Event
from checkin.services.registration import block, next_list_version
from tests import factories
from tests.simulation.gates import Gate
from tests.simulation.network import Line, Log
from tests.simulation.server import START, Application

STEPS = 40
GATES = 3
CONFIRMED = 4
RESERVE = 8
QUOTA = 10


@dataclass
class Person:
    """A participant with a badge.

    Attributes:
        stopped_at: the gate list's cursor from which they must not be let in; None: let in.
    """

    participant_id: int
    badge_id: object
    code: str
    reserve: bool
    stopped_at: int | None = None


@dataclass
class World:
    """Everything of one seed."""

    seed: int
    server: Application
    log: Log = field(default_factory=Log)

    def __post_init__(self) -> None:
        self.random = Random(self.seed)
        self.time = self.server.time
        self.time.now = max(self.time.now, START)
        capacity = self.random.choice((None, None, 8))
        self.event: Event = factories.an_event(
            self.server.database, f"seed-{self.seed}", reserve_from=START, capacity=capacity
        )
        self.capacity = capacity
        self.people = self._people()
        self.gates = [self._gate(number) for number in range(GATES)]

    def play(self) -> None:
        """Go through the afternoon, then let everything recover."""
        for _ in range(STEPS):
            self.time.advance(self.random.choice((0.3, 2, 11, 31)))
            self._step()
        self._recover()

    def person_by_code(self, code: str) -> Person | None:
        """Return whose badge this is."""
        return next((one for one in self.people if one.code == code), None)

    def _step(self) -> None:
        gate, person = self.random.choice(self.gates), self.random.choice(self.people)
        steps = {
            lambda: gate.show(person.code): 50,
            gate.tend: 30,
            lambda: gate.tend_while_someone_comes(self._code_waiting_at(gate)): 12,
            lambda: self._toggle_line(gate): 9,
            lambda: self._plan_crash(gate): 6,
            lambda: self._move_clock(gate): 4,
            lambda: self._toggle_disk(gate): 3,
            lambda: self._stop(person): 3,
            gate.line.deliver_late: 4,
        }
        self.random.choices(list(steps), list(steps.values()))[0]()

    def _code_waiting_at(self, gate: Gate) -> str:
        codes = gate.codes_waiting() or [person.code for person in self.people]
        return self.random.choice(codes)

    def _toggle_line(self, gate: Gate) -> None:
        gate.line.is_cut = not gate.line.is_cut

    def _plan_crash(self, gate: Gate) -> None:
        gate.crash_in = self.random.randint(0, 25)

    def _move_clock(self, gate: Gate) -> None:
        gate.wall_off_s = self.random.choice((-3600.0, 3600.0, -7.0, 90.0, 0.0))

    def _toggle_disk(self, gate: Gate) -> None:
        gate.disk.is_full = not gate.disk.is_full

    def _stop(self, person: Person) -> None:
        # Revoked half of the time, else blocked; either way the list says so from this version on.
        work = self._revoke if self.random.random() < 0.5 else self._block
        work(person)
        with self.server.database.read() as session:
            person.stopped_at = session.get_one(Event, self.event.id).list_version

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
                session, self.event, person.participant_id, blocked=True, now=self.time.now
            ),
        )

    def _recover(self) -> None:
        for gate in self.gates:
            gate.line.is_cut, gate.line.risk = False, 0.0
            gate.disk.is_full, gate.crash_in = False, None
            gate.line.deliver_late()
        for _ in range(12):
            self.time.advance(11)
            for gate in self.gates:
                gate.tend()
            if not any(gate.unsettled for gate in self.gates):
                break

    def _people(self) -> list[Person]:
        database = self.server.database
        delegation = factories.a_delegation(
            database, self.event, f"Khémisset {self.seed}", CONFIRMED
        )
        self.delegation_id = delegation.id
        people = [self._person(delegation, n) for n in range(CONFIRMED + RESERVE)]
        # Places that nobody holds, for the reserve list at the doors.
        factories.write(
            database,
            lambda session: session.execute(
                update(Delegation).where(Delegation.id == delegation.id).values(quota=QUOTA)
            ),
        )
        return people

    def _person(self, delegation: Delegation, number: int) -> Person:
        made = factories.a_participant(
            self.server.database, self.event, f"Amina {number}", delegation=delegation
        )
        code = factories.code_of(self.event, made.badge_id)
        return Person(made.participant_id, made.badge_id, code, reserve=number >= CONFIRMED)

    def _gate(self, number: int) -> Gate:
        name = f"Porte {number + 1}"
        device = factories.a_new_device(self.server.database, self.event, name)
        line = Line(name, self.server, self.random, self.log)
        gate = Gate(name, device.token, self.time, line, self.random)
        gate.wall_off_s = self.random.choice((0.0, 0.0, 3600.0, -45.0))
        return gate
