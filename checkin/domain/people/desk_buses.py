"""The buses of the people in a list in memory, as a help desk finds them without the network. Pure.

A bus is found as by the server: by its name, its delegation, and whoever leads it. Its list is what
the badge of its leader opens. `checkin/static/js/offline/desk-buses.js` does the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from checkin.domain.common.names import fold_name

#: so many buses does one search show
BUSES_SHOWN = 5
#: what the list of people tells beside what an entry of the gate list does
_FOUND_BY = frozenset({"refs", "names", "email", "phone", "bus", "bus_id", "leads_bus"})


@dataclass(frozen=True, slots=True)
class DeskBus:
    """A bus with whoever rides in it, in the order of their names.

    Attributes:
        people: what the list of people tells of each.
        leaders: the folded names of its leaders by their numbers.
    """

    id: int
    name: str
    delegation: Mapping[str, Any]
    people: Sequence[Mapping[str, Any]]
    leaders: Mapping[int, str]

    def opened(self) -> dict[str, Any]:
        """Return bus, delegation and people, as the badge of its leader opens the list."""
        return {
            "bus": {"id": self.id, "name": self.name},
            "delegation": {key: self.delegation[key] for key in ("id", "name", "name_ar")},
            "people": [_passenger(one) for one in self.people],
        }


@dataclass(frozen=True, slots=True)
class FoundBuses:
    """The first buses that a text finds.

    Attributes:
        leaders: the numbers of those by whose names some of them were found. A bus names nobody,
            but what was typed and found it does, so that they count as shown.
    """

    buses: Sequence[DeskBus]
    leaders: Sequence[int]


def buses_of(people: Iterable[Mapping[str, Any]]) -> dict[int, DeskBus]:
    """Return the buses of the people of a list by their numbers; who has no badge is on no list."""
    riders: dict[int, list[Mapping[str, Any]]] = {}
    for one in people:
        number = one.get("bus_id")
        if number is not None and one["refs"]:
            riders.setdefault(number, []).append(one)
    return {number: _bus(number, of) for number, of in riders.items()}


def found_buses(buses: Iterable[DeskBus], text: str) -> FoundBuses:
    """Return the first buses whose name, delegation and leaders have all of these words."""
    words = fold_name(text).split()
    ordered = sorted(buses, key=lambda bus: (bus.delegation["name"], bus.name, bus.id))
    found = [
        (bus, named_by)
        for bus in (ordered if words else ())
        if (named_by := _named_by(words, bus)) is not None
    ][:BUSES_SHOWN]
    return FoundBuses([bus for bus, _ in found], [one for _, named_by in found for one in named_by])


def _bus(number: int, riders: list[Mapping[str, Any]]) -> DeskBus:
    riders.sort(key=lambda one: (_folded(one), one["participant"]["id"]))
    first = riders[0]
    leaders = {one["participant"]["id"]: _folded(one) for one in riders if one["leads_bus"]}
    return DeskBus(number, first["bus"], first["delegation"], riders, leaders)


def _named_by(words: Sequence[str], bus: DeskBus) -> Sequence[int] | None:
    """Return the leaders by whose names a bus has all words; None where it has not."""
    public = (bus.name, bus.delegation["name"], bus.delegation["name_ar"])
    folded = " ".join(fold_name(text) for text in public if text)
    left = [word for word in words if word not in folded]
    if not all(any(word in name for name in bus.leaders.values()) for word in left):
        return None
    return [one for one, name in bus.leaders.items() if any(word in name for word in left)]


def _folded(one: Mapping[str, Any]) -> str:
    own = one["participant"]
    return " ".join(fold_name(name) for name in (own["name"], own["name_ar"]) if name)


def _passenger(one: Mapping[str, Any]) -> dict[str, Any]:
    told = {key: value for key, value in one.items() if key not in _FOUND_BY}
    told.pop("delegation")
    return {"ref": one["refs"][0], **told}
