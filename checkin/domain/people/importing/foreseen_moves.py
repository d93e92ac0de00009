"""Foresee which moves of a list will be refused because no place is free for who has arrived. Pure.

A list is gone through as when it is registered: first those whom it adds take places, then people
are moved in the order of their rows, and each place that they leave goes to whoever waits for it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from checkin.domain.common.problems import Problem
from checkin.domain.people.importing.importing import Action, PlannedRow
from checkin.domain.people.place_decisions import Arrival, Needs, moving
from checkin.domain.scanning.facts import RegistrationStatus


@dataclass(frozen=True, slots=True)
class Mover:
    """A person whom a list moves, as they are registered now."""

    delegation_id: int
    standing: RegistrationStatus
    arrival: Arrival


@dataclass(slots=True)
class Room:
    """The places of a delegation while a list is gone through.

    Attributes:
        free: free places of the quota; negative if more are used than it has.
        waiting: how many people are on the reserve list.
    """

    name: str
    quota: int
    free: int
    waiting: int

    def take(self) -> bool:
        """Take a free place, and say whether there was one."""
        self.move_up()
        self.free -= (found := int(self.free > 0))
        return bool(found)

    def move_up(self) -> None:
        """Give the free places to whoever waits."""
        confirmed = max(0, min(self.free, self.waiting))
        self.free, self.waiting = self.free - confirmed, self.waiting - confirmed


def foresee(
    planned: Sequence[PlannedRow], movers: Mapping[int, Mover], rooms: Mapping[int, Room]
) -> list[PlannedRow]:
    """Return the planned rows, those refused whose move will be refused.

    Args:
        movers: by their ids; whoever is not among them is not moved.
        rooms: by the ids of the delegations; they are used up.
    """
    for row in planned:
        if row.action == Action.ADD:
            room = rooms[row.changes["delegation_id"]]
            room.waiting += int(not room.take())
    return [_foreseen(row, movers, rooms) for row in planned]


def _foreseen(
    row: PlannedRow, movers: Mapping[int, Mover], rooms: Mapping[int, Room]
) -> PlannedRow:
    mover = movers.get(row.participant_id or 0)
    if row.action != Action.CHANGE or mover is None:
        return row
    there = rooms[row.changes["delegation_id"]]
    if _is_moved(mover, rooms[mover.delegation_id], there):
        return row
    why = Problem("delegation", "no_place_for_arrival", there.name, (str(there.quota),))
    return replace(row, action=Action.REFUSE, why=(why,))


def _is_moved(mover: Mover, here: Room, there: Room) -> bool:
    decision = moving(mover.standing, mover.arrival)
    has = decision.needs is Needs.NOTHING or there.take()
    standing = decision.standing if has else decision.otherwise
    if standing is None:
        return False
    there.waiting += int(standing == RegistrationStatus.RESERVE)
    here.waiting -= int(mover.standing == RegistrationStatus.RESERVE)
    used = mover.standing == RegistrationStatus.CONFIRMED or mover.arrival is Arrival.WITH_PLACE
    here.free += int(used)
    here.move_up()
    return True
