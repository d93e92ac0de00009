"""One seed: a hall with its hubs, gates and office, and an afternoon of things that go wrong."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from checkin.db.models import Delegation
from checkin.domain.scanning.facts import Direction
from checkin.errors import MarhabaError
from checkin.services.badges.issue import reissue_badge
from checkin.services.hub.bringing import scans_waiting
from checkin.services.hub.numbers import count_without_number
from tests.simulation.hall.gates import HallGate
from tests.simulation.hall.hub import Hub
from tests.simulation.network import FaultyConnection, Log
from tests.simulation.restoring import Restoring
from tests.simulation.world import Person
from tests.support import factories

#: rounds after the last step; every one is 11 s
_ROUNDS = 40
_QUIET_ROUNDS = 5
_MOST_NEWCOMERS = 10
_NAMES = ("Salle A", "Salle B")


class Hall(Restoring):
    """A random afternoon in a hall with one hub, or two.

    Attributes:
        puts_back: backups of the central server are put back on this afternoon.
        hubs: of the event.
    """

    kept: ClassVar[Mapping[str, int]] = {}
    gates: list[HallGate]

    def __post_init__(self) -> None:
        self.hub_log = Log()
        super().__post_init__()
        self.newcomers = 0
        self.puts_back = self.random.random() < 0.4
        count = 1 if self.random.random() < 0.7 else 2
        self.hubs = [
            Hub(application, self.server, self.event, name, self.random)
            for application, name in zip(self.server.hubs[:count], _NAMES, strict=False)
        ]
        for hub in self.hubs:
            hub.application.off_s = self.random.choice((0.0, 0.0, 420.0, -86_400.0))
        self.saved.clear()
        self._save()

    def __exit__(self, *of: object) -> None:
        super().__exit__(*of)
        for gate in self.gates:
            gate.close()

    def _gate(self, number: int) -> HallGate:
        name = f"Porte {number + 1}"
        device = factories.a_new_device(self.server.database, self.event, name)
        hubs = {}
        for application in self.server.hubs:
            line = FaultyConnection(name, application, self.random, self.hub_log)
            line.is_cut = self.random.random() < 0.2
            hubs[application.address] = line
        connection = FaultyConnection(name, self.server, self.random, self.log)
        gate = HallGate(name, device.token, self.time, connection, self.random, hubs=hubs)
        gate.wall_off_s = self.random.choice((0.0, 0.0, 420.0, -86_400.0))
        return gate

    def _step(self) -> None:
        gate, person = self.random.choice(self.gates), self._somebody()
        hub = self.random.choice(self.hubs)
        steps: dict[Callable[[], object], int] = {
            lambda: gate.show(person.code): 50,
            lambda: gate.show(person.code, Direction.EXIT): 4,
            gate.tend: 45,
            lambda: gate.tend_while_someone_comes(self._code_waiting_at(gate)): 5,
            lambda: self._newcomer_at(gate): 12,
            hub.exchange: 30,
            lambda: self._toggle(self.random.choice(gate.lines)): 14,
            lambda: self._toggle(hub.line): 6,
            lambda: self._plan_kill(hub): 5,
            lambda: self._plan_crash(gate): 4,
            lambda: self._move_hubs_clock(hub): 2,
            lambda: self._move_clock(gate): 3,
            lambda: gate.override(person.code): 2,
            gate.undo: 5,
            self._walk_in: 4,
            lambda: self._reissue(person): 3,
            lambda: self._cancel(person): 2,
            gate.connection.deliver_late: 2,
        }
        if self.puts_back:
            steps |= {self._save: 5, self._put_back: 3}
        self.random.choices(list(steps), list(steps.values()))[0]()

    def _toggle(self, line: Any) -> None:
        line.is_cut = not line.is_cut

    def _plan_kill(self, hub: Hub) -> None:
        hub.line.kill_in = self.random.randint(0, 20)

    def _move_hubs_clock(self, hub: Hub) -> None:
        hub.application.off_s = self.random.choice((0.0, 30.0, 420.0, -86_400.0))

    def _newcomer_at(self, gate: HallGate) -> None:
        if self.newcomers < _MOST_NEWCOMERS:
            self.newcomers += 1
            delegation: Delegation = self.random.choice(self.delegations)
            told = {"id": delegation.id, "name": delegation.name, "name_ar": delegation.name_ar}
            gate.let_walk_in(f"Newcomer {self.newcomers}", told)

    def _reissue(self, person: Person) -> None:
        def work(session: Any) -> str | None:
            event = session.merge(self.event)
            try:
                made = reissue_badge(
                    session,
                    event,
                    person.participant_id,
                    keys=factories.KEYS,
                    reason="lost",
                    now=self.time.now,
                )
            except MarhabaError:  # canceled, or lost by a restore
                return None
            return factories.code_of(event, made.badge_id, made.issue)

        if code := factories.write(self.server.database, work):
            person.code = code

    def _cancel(self, person: Person) -> None:
        with contextlib.suppress(MarhabaError):  # lost by a restore
            super()._cancel(person)

    def _recover(self) -> None:
        for gate in self.gates:
            gate.disk.is_full, gate.crash_in = False, None
            for line in gate.lines:
                line.is_cut, line.risk = False, 0.0
                line.deliver_late()
        for hub in self.hubs:
            hub.line.is_cut, hub.line.risk, hub.line.kill_in = False, 0.0, None
        quiet = 0
        for _ in range(_ROUNDS):
            self.time.advance(11)
            for gate in self.gates:
                gate.tend()
            for hub in self.hubs:
                hub.exchange()
            quiet = quiet + 1 if self._is_quiet() else 0
            if quiet == _QUIET_ROUNDS:
                break

    def _is_quiet(self) -> bool:
        return not any(
            gate.unsettled or gate.spool.acknowledged.count_to_offer() for gate in self.gates
        ) and not any(waiting_at(hub) for hub in self.hubs)


def waiting_at(hub: Hub) -> int:
    """Return how much a hub has yet to bring."""
    with hub.database.read() as session:
        return scans_waiting(session) + count_without_number(session)
