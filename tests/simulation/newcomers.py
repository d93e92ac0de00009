"""Afternoons on which people without a badge come to every gate, with and without the network."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from random import Random

from sqlalchemy import func, select

from checkin.db.models import Admission, Participant
from tests.simulation.directed import Directed
from tests.simulation.world import World

SHARE = 0.25
#: no schedule brings more: a place for each would never be tight
MOST = 12


class Newcomers(World):
    """A random afternoon; every few steps somebody without a badge comes."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.chance = Random(f"newcomers {self.seed}")
        self.newcomers = 0

    def _step(self) -> None:
        if self.newcomers < MOST and self.chance.random() < SHARE:
            self.newcomer_at(self.chance.randrange(len(self.gates)))
        else:
            super()._step()

    def newcomer_at(self, gate: int) -> None:
        """Let the next one come to a gate."""
        self.newcomers += 1
        delegation = self.chance.choice(self.delegations)
        told = {"id": delegation.id, "name": delegation.name, "name_ar": delegation.name_ar}
        self.gates[gate].let_walk_in(f"Newcomer {self.newcomers}", told)


class AnswerLost(Directed, Newcomers):
    """The server gets a newcomer's registration several times, and its answers are lost."""

    SEED = 2
    SEATS = None

    def steps(self) -> None:
        """Lend, lose the answers to two registrations, and then some more."""
        gate = self.gates[0]
        gate.tend()
        gate.connection.is_cut = True
        for _ in range(6):
            self.newcomer_at(0)
        gate.connection.is_cut, gate.connection.lost = False, "/participants"
        for _ in range(2):
            self.time.advance(2)
            gate.tend()
        gate.connection.lost = ""


class PowerLost(AnswerLost):
    """The power fails right after newcomers were let in."""

    def steps(self) -> None:
        """Lend, let in, and start again."""
        gate = self.gates[0]
        gate.tend()
        gate.connection.is_cut = True
        for _ in range(6):
            self.newcomer_at(0)
        gate.switch_off()
        gate.connection.is_cut = False
        self.time.advance(2)


def newcomers(world: World) -> Iterator[str]:
    """Each newcomer is registered once, and has arrived if they were let in."""
    came = {name: scan_id for gate in world.gates for name, scan_id in gate.came.items()}
    undone = {scan_id for gate in world.gates for scan_id in gate.undone}
    registered, arrived = _registered(world), _arrived(world)
    for name, times in registered.items():
        if name.startswith("Newcomer") and times > 1:
            yield f"{name} is registered {times} times"
    for name, scan_id in came.items():
        if registered[name] == 0:
            yield f"{name} was let in and is registered nowhere"
        if scan_id not in undone and name not in arrived:
            yield f"{name} was let in and has not arrived"


def _registered(world: World) -> Counter[str]:
    query = (
        select(Participant.name, func.count())
        .where(Participant.event_id == world.event.id)
        .group_by(Participant.name)
    )
    with world.server.database.read() as session:
        return Counter(dict(session.execute(query).all()))


def _arrived(world: World) -> set[str]:
    query = (
        select(Participant.name)
        .join(Admission, Admission.participant_id == Participant.id)
        .where(Admission.event_id == world.event.id, Admission.annulled_at.is_(None))
    )
    with world.server.database.read() as session:
        return set(session.scalars(query))
