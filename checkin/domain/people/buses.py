"""Validate the details of a bus, and find the buses that the rows of a list name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from checkin.domain.common.choices import Choices
from checkin.domain.common.contacts import normalise_phone
from checkin.domain.common.forms import Form
from checkin.domain.common.names import clean_name, clean_title
from checkin.domain.common.problems import InvalidValue, Problem

MAX_SEATS = 200
_MAX_NAME = 60


@dataclass(frozen=True, slots=True)
class BusDetails:
    """A valid bus."""

    name: str
    leader: str
    leader_phone: str | None
    seats: int


def validate_bus(raw: Mapping[str, str]) -> BusDetails | list[Problem]:
    """Return the bus that ``raw`` describes, or everything that is wrong with it.

    Args:
        raw: texts by field: bus, leader, leader_phone, seats.
    """
    form = Form(raw)
    name, leader = form.read("bus", _name), form.read("leader", _leader)
    phone, seats = form.read("leader_phone", _phone), form.read("seats", _seats)
    return form.problems or BusDetails(name, leader, phone, seats)


def bus_name(text: str) -> str:
    """Return the name or number of a bus; raise `InvalidValue` where it can be none."""
    return clean_title(text, _MAX_NAME)


class KnownBus(NamedTuple):
    """A bus that rows of a list may name, with its free seats."""

    id: int
    delegation_id: int
    name: str
    free: int


class KnownBuses:
    """The buses of an event while a list is planned: found by name, and filled seat by seat.

    A seat that somebody leaves stays taken here: who leaves it does so after others were seated.
    """

    def __init__(self, buses: Iterable[KnownBus]) -> None:
        """Take the buses as they are now."""
        of: dict[int, list[KnownBus]] = {}
        for bus in buses:
            of.setdefault(bus.delegation_id, []).append(bus)
        self._choices = {
            delegation_id: Choices((bus.id, (bus.name,)) for bus in theirs)
            for delegation_id, theirs in of.items()
        }
        self._free = {bus.id: bus.free for theirs in of.values() for bus in theirs}

    def copy(self) -> KnownBuses:
        """Return the same buses, whose seats are taken without taking those of these."""
        other = KnownBuses(())
        other._choices, other._free = self._choices, dict(self._free)
        return other

    def find(self, delegation_id: int, name: str) -> int | Problem:
        """Return the id of the bus of this name in a delegation, or that it has none."""
        choices = self._choices.get(delegation_id) or Choices(())
        found = choices.id_of(name)
        return choices.unknown("bus", name) if found is None else found

    def has_seat(self, bus_id: int) -> bool:
        """Say whether a seat is free."""
        return self._free[bus_id] > 0

    def take_seat(self, bus_id: int) -> None:
        """Take a free seat."""
        self._free[bus_id] -= 1


def _name(text: str) -> str:
    if not text:
        raise InvalidValue("missing_bus", text)
    return bus_name(text)


def _leader(text: str) -> str:
    return clean_name(text) if text else ""


def _phone(text: str) -> str | None:
    return normalise_phone(text) if text else None


def _seats(text: str) -> int:
    digits = text if text.isascii() and text.isdigit() and len(text) < 5 else "0"
    if not 1 <= int(digits) <= MAX_SEATS:
        raise InvalidValue("invalid_seats", text, str(MAX_SEATS))
    return int(digits)
