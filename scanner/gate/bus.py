"""A bus at a gate: its list, who is ticked on it, and what the verdicts sum up to. Pure.

The scan page does the same in `checkin/static/js/offline/bus.js`; both pass
`tests/vectors/bus_list.json`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from checkin.domain.common.names import fold_name
from checkin.domain.scanning.verdict import Source
from scanner.core.scan import Kind, ListedScan, Verdict


@dataclass(frozen=True, slots=True)
class Passenger:
    """Somebody on the list of a bus.

    Attributes:
        content: what the entry of their badge tells: participant, delegation, what decides.
        ref: of their badge; empty for somebody who has none.
        is_in: they had come in when the list was opened.
    """

    content: Mapping[str, Any]
    ref: str
    is_in: bool = False

    @property
    def names(self) -> tuple[str, str]:
        """Return the Latin and the Arabic name; one of them may be empty."""
        person = self.content["participant"]
        return person["name"], person.get("name_ar") or ""


@dataclass(frozen=True, slots=True)
class BusList:
    """The list of a bus, opened at this gate.

    Attributes:
        people: by name.
        ticked: places in `people` of those who will be let in.
        chosen: place of the marked line among the shown ones.
        letters: what was typed to find a name.
    """

    name: str
    delegation: Mapping[str, Any]
    people: tuple[Passenger, ...]
    ticked: frozenset[int]
    chosen: int = 0
    letters: str = ""

    @property
    def shown(self) -> tuple[int, ...]:
        """Return the places of the people whose names match what was typed."""
        word = fold_name(self.letters)
        return tuple(
            place
            for place, one in enumerate(self.people)
            if any(word in fold_name(name) for name in one.names)
        )

    @property
    def marked(self) -> int | None:
        """Return the place of the marked person; None where nobody is shown."""
        shown = self.shown
        return shown[min(self.chosen, len(shown) - 1)] if shown else None

    @property
    def in_before(self) -> int:
        """How many had come in when the list was opened."""
        return sum(one.is_in for one in self.people)


#: before a list is opened
NO_LIST = BusList("", {}, (), frozenset())


def bus_list_of(content: Mapping[str, Any]) -> BusList:
    """Return the list that the server, or a leader's badge, has opened.

    Args:
        content: bus, delegation and people; each with `arrived_at` where they have come in.
    """
    people = tuple(
        Passenger(
            {**one, "delegation": content["delegation"]},
            one["ref"],
            one.get("arrived_at") is not None,
        )
        for one in content["people"]
    )
    ticked = frozenset(place for place, one in enumerate(people) if not one.is_in)
    return BusList(content["bus"]["name"], content["delegation"], people, ticked)


def moved(bus: BusList, by: int) -> BusList:
    """Return the list with the mark on another of the shown people."""
    shown = bus.shown
    at = min(bus.chosen, len(shown) - 1) + by if shown else 0
    return replace(bus, chosen=max(0, min(at, len(shown) - 1)))


def toggled(bus: BusList) -> BusList:
    """Return the list with the marked person ticked, or no longer; what was typed is done with.

    Whoever had come in stays as they are.
    """
    place = bus.marked
    if place is None or bus.people[place].is_in:
        return bus
    return replace(bus, ticked=bus.ticked ^ {place}, chosen=place, letters="")


def spaced(bus: BusList) -> BusList:
    """Return the list after the space key, which ticks the marked person, or no longer.

    After a whole word of several people's names it goes on with the name: who writes *Khadija Tazi*
    does not mean the first Khadija.
    """
    return typed(bus, bus.letters + " ") if _goes_on(bus) else toggled(bus)


def _goes_on(bus: BusList) -> bool:
    word, shown = fold_name(bus.letters), bus.shown
    if not word or bus.letters.endswith(" ") or bus.chosen or len(shown) < 2:
        return False
    names = [name for place in shown for name in bus.people[place].names]
    return any(f" {word} " in f" {fold_name(name)}" for name in names)


def typed(bus: BusList, letters: str) -> BusList:
    """Return the list of those whose names match some letters."""
    return replace(bus, letters=letters, chosen=0)


def scans_of(bus: BusList, at: datetime, pin: str = "") -> list[ListedScan]:
    """Return a scan for each person who is ticked, in the order of the list."""
    how: dict[str, Any] = {"code": "", "source": Source.BUS, "scanned_at": at, "pin": pin}
    return [
        ListedScan(kept_ref=one.ref, content=one.content, **how)
        for place, one in enumerate(bus.people)
        if place in bus.ticked
    ]


@dataclass(frozen=True, slots=True)
class BusResult:
    """What became of a bus.

    Attributes:
        let_in: how many were let in, to be confirmed or not.
        already: how many had come in before, as this gate knew or as the server said.
        refused: places of the verdicts of those who stay outside.
    """

    let_in: int
    already: int
    refused: tuple[int, ...]


def summed_up(kinds: Iterable[Kind], in_before: int) -> BusResult:
    """Sum up the verdicts of a bus, given as they are shown."""
    kinds = list(kinds)
    return BusResult(
        let_in=sum(kind in _LET_IN for kind in kinds),
        already=in_before + kinds.count(Kind.ALREADY),
        refused=tuple(
            place for place, kind in enumerate(kinds) if kind not in _LET_IN | {Kind.ALREADY}
        ),
    )


_LET_IN = frozenset({Kind.ADMITTED, Kind.PENDING})


def let_in_ids(verdicts: Iterable[Verdict]) -> list[str]:
    """Return the ids of the scans that let somebody in: those that an undo takes back."""
    return [one.scan.scan_id for one in verdicts if one.kind in _LET_IN]
