"""Afternoons with fixed steps, for situations that a random schedule reaches too rarely."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from checkin.domain.scanning.leases import LIFETIME
from tests.simulation.world import World


class Directed(World):
    """A gate's connection without mishaps, and steps in a given order.

    Attributes:
        SEED: a seed whose event fits the steps.
        SEATS: the hall's; None for no limit.
    """

    SEED: int = 0
    SEATS: int | None = 5

    def play(self) -> None:
        """Do the steps, then let everything recover."""
        assert self.capacity == self.SEATS
        for gate in self.gates:
            gate.connection.risk = 0.0
        self.steps()
        self._recover()

    def steps(self) -> None:
        """Do the steps of this afternoon."""
        raise NotImplementedError


class LostRenewal(Directed):
    """A gate was lent two seats, then one, and misses that answer; the others fill the hall."""

    def steps(self) -> None:
        """Renew the lease without receiving the answer, then let everybody come."""
        silent, open_gate, _ = self.gates
        for gate in self.gates:
            gate.tend()
        silent.lose_a_renewal()
        for each, person in zip([open_gate] * 3 + [silent] * 2, self.people, strict=True):
            self.time.advance(11)
            each.show(person.code)


class Annulled(Directed):
    """A gate uses its two seats, annuls one admission, and a third person comes."""

    def steps(self) -> None:
        """Let two in without the network, annul one with it, and show a third without it."""
        gate = self.gates[0]
        gate.tend()
        for network, act in (
            (False, lambda: [gate.show(person.code) for person in self.people[:2]]),
            (True, gate.tend),
            (True, gate.undo),
            (False, lambda: gate.show(self.people[2].code)),
        ):
            gate.connection.is_cut = not network
            self.time.advance(2)
            act()


class Expired(Directed):
    """A gate is without the network for longer than its lease lasts."""

    wall_moves_s = 0.0

    def steps(self) -> None:
        """Borrow, lose the network, start again much later, and show a badge."""
        gate = self.gates[0]
        gate.tend()
        gate.connection.is_cut = True
        gate.switch_off()
        gate.wall_off_s += self.wall_moves_s
        self.time.advance(LIFETIME.total_seconds() + 300)
        gate.show(self.people[0].code)


class SetBack(Expired):
    """The gate's clock is an hour back when it starts again."""

    wall_moves_s = -3600.0


class Returned(Directed):
    """A gate gave its lease back, and starts again without the network."""

    def steps(self) -> None:
        """Return the lease, let the others fill the hall, and show badges at the first gate."""
        gate, other, _ = self.gates
        for _ in range(3):
            self._walk_in()
        gate.tend()
        other.tend()
        gate.go_home()
        gate.connection.is_cut = True
        for each, person in zip([gate] * 2 + [other] * 5, self.people, strict=False):
            self.time.advance(11)
            each.show(person.code)


class WaitedInVain(Directed):
    """People walk in while a place is lent that is kept for nobody, and it comes back."""

    kept: ClassVar[Mapping[str, int]] = {}

    def steps(self) -> None:
        """Lend a tenth of what is free, and let more people come than there are places."""
        delegation = self.delegations[0]
        self.set_quota(delegation, 13)
        self.gates[0].tend()
        for _ in range(12):
            self.walk_in_to(delegation)


class LostRefusal(Directed):
    """The hall is full except for seats lent to a gate, and that gate misses a refusal."""

    def steps(self) -> None:
        """Fill the hall, lose a refusal, and let the gate decide by itself."""
        gate, other, _ = self.gates
        gate.tend()
        for person in self.people[:3]:
            other.show(person.code)
        gate.connection.lost = "/scans"
        gate.show(self.people[3].code)
        gate.connection.lost = ""


class CutOff(Directed):
    """A computer stops between the reading and the sending."""

    def steps(self) -> None:
        """Stop right after the scan is on the disk, and start a minute later."""
        gate = self.gates[0]
        gate.tend()
        gate.crash_in = 3
        gate.show(self.people[0].code)
        self.time.advance(60)
        gate.tend()


class ReserveList(Directed):
    """People of the reserve list come to a gate without the network that was lent two places."""

    SEED = 2
    SEATS = None

    def steps(self) -> None:
        """Lend, let more people walk in than are left, and show them all."""
        gate = self.gates[0]
        gate.tend()
        for _ in range(15):
            self._walk_in()
        self.time.advance(31)
        gate.tend()
        gate.connection.is_cut = True
        for person in self.people:
            gate.show(person.code)
