"""Find people in a list in memory, as a help desk does without the network. Pure.

What is typed is a name in either script, an e-mail, a telephone or its last four digits, the number
on a badge, or its code. Names are found however they are spelt, and ranked as by the server
(`name_search`). `checkin/static/js/offline/names/desk-search.js` finds the same people in the
same order: both are held to `tests/vectors/desk_search.json`.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from heapq import nsmallest
from operator import attrgetter
from typing import Any

from checkin.domain.common.name_sounds import words_of
from checkin.domain.common.names import fold_name
from checkin.domain.people.desk_buses import DeskBus, FoundBuses, buses_of, found_buses
from checkin.domain.people.name_index import NameIndex
from checkin.domain.people.name_search import (
    Candidate,
    NamedPeople,
    NameQuery,
    likeliest,
)
from checkin.protocol.codes import normalise_code, parse_code
from checkin.protocol.gate_list import badge_ref

#: so many letters of a name are needed, or digits of a number that is typed without a sign
MIN_LETTERS = 3
#: so many last digits of a telephone find whose it is
PHONE_ENDING = 4
#: so many people are compared with a name that was typed; of a name that more have, some come first
_MOST_COMPARED = 100
#: the digits of a telephone that are the same with and without the country's number, in Morocco
_NATIONAL_DIGITS = 9
_NUMBER = re.compile(r"(#|№|n *[°º]|n[or]\.? |رقم)? *([0-9]{1,8})", re.IGNORECASE)
_PHONE = re.compile(r"[+(]?[0-9][0-9 ().-]{6,20}")


@dataclass(frozen=True, slots=True)
class Findable:
    """Somebody of the list of people, and by what they are found.

    Attributes:
        listed: what the list tells of them.
        names: in each script, of every record that was merged into theirs.
        folded: the names as `fold_name` writes them.
        refs: of their badges.
        place: where they come among those who are as near: the shortest name first.
    """

    id: int
    listed: dict[str, Any]
    names: tuple[str, ...]
    folded: str
    email: str | None
    phone: str | None
    refs: tuple[str, ...]
    place: tuple[int, str, int]


def findable(listed: dict[str, Any]) -> Findable:
    """Return by what a person of the list of people is found."""
    own = listed["participant"]
    names = tuple(name for name in (own["name"], own["name_ar"], *listed["names"]) if name)
    folded = " ".join(map(fold_name, names))
    shortest = min((len(words_of(name)) for name in names), default=0)
    return Findable(
        own["id"],
        listed,
        names,
        folded,
        listed["email"],
        listed["phone"],
        tuple(listed["refs"]),
        (shortest, folded, own["id"]),
    )


def is_too_short(text: str) -> bool:
    """Say whether too little is typed to search for anything."""
    number = _NUMBER.fullmatch(_with_plain_digits(text))
    if number:
        return not number[1] and len(number[2]) < MIN_LETTERS
    return sum(map(len, fold_name(text).split())) < MIN_LETTERS


class DeskPeople:
    """The people of a list, in memory, as a help desk finds them."""

    def __init__(self) -> None:
        self._people: dict[int, Findable] = {}
        self._index = NameIndex()
        self._buses: dict[int, DeskBus] | None = None  # made when they are first asked for

    def put(self, listed: dict[str, Any]) -> None:
        """Add a person, in the place of whoever had their number; the same record costs nothing."""
        number = listed["participant"]["id"]
        before = self._people.get(number)
        if before and before.listed is listed:
            return
        self._drop(number)
        person = self._people[number] = findable(listed)
        self._index.put(number, person.names)
        self._buses = None

    def keep_only(self, numbers: Container[int]) -> None:
        """Forget everybody else."""
        for number in [one for one in self._people if one not in numbers]:
            self._drop(number)

    def listed(self, number: int) -> dict[str, Any] | None:
        """Return what the list tells of somebody; None of a stranger."""
        person = self._people.get(number)
        return person.listed if person else None

    def find(self, text: str, most: int) -> NamedPeople:
        """Return the people whom a text finds, the likeliest first.

        Args:
            most: so many are returned; the others are counted.
        """
        asked = _Asked(text)
        if asked.is_name:
            return self._named(text, most)
        found = ((asked.distance(one), one.folded, one.id) for one in self._people.values())
        places = sorted((far, name, number) for far, name, number in found if far is not None)
        ids = [number for _far, _name, number in places]
        return NamedPeople(ids[:most], max(len(ids) - most, 0))

    def find_buses(self, text: str) -> FoundBuses:
        """Return the first buses that a text finds by their name, delegation or leader."""
        return found_buses(self._all_buses().values(), text)

    def bus(self, number: int) -> DeskBus | None:
        """Return a bus by its number; None where nobody of the list rides in it."""
        return self._all_buses().get(number)

    def _all_buses(self) -> dict[int, DeskBus]:
        if self._buses is None:
            self._buses = buses_of(one.listed for one in self._people.values())
        return self._buses

    def _named(self, text: str, most: int) -> NamedPeople:
        query, spelt = NameQuery(text), self._index.spelt(text)
        holding = self._holding(query.letters)
        ids = likeliest(
            query,
            spelt=self._first(spelt),
            holding=self._first(holding),
            sounding=lambda: self._first(self._index.sounding(text)),
        )
        are_all_compared = max(len(spelt), len(holding)) <= _MOST_COMPARED
        total = len(ids) if are_all_compared else len(spelt | holding)
        return NamedPeople(ids[:most], max(total - most, 0))

    def _holding(self, words: Sequence[str]) -> set[int]:
        """Return whose names hold every one of these words, or a part of one."""
        people = list(self._people.values()) if words else []
        for word in words:
            people = [one for one in people if word in one.folded]
        return {one.id for one in people}

    def _first(self, numbers: Iterable[int]) -> Iterator[Candidate]:
        people = (self._people[number] for number in numbers)
        first = nsmallest(_MOST_COMPARED, people, key=attrgetter("place"))
        return (Candidate(one.id, one.folded, one.names) for one in first)

    def _drop(self, number: int) -> None:
        if gone := self._people.pop(number, None):
            self._index.drop(number, gone.names)
            self._buses = None


class _Asked:
    """What somebody has typed; its form says what it is."""

    def __init__(self, text: str) -> None:
        plain = _with_plain_digits(text)
        token = parse_code(normalise_code(text))
        number, phone = _NUMBER.fullmatch(plain), _PHONE.fullmatch(plain)
        self._ref = badge_ref(token) if token else None
        self._email = plain.lower() if "@" in plain and not token else None
        self._number = int(number[2]) if number else None
        is_ending = number and not number[1] and len(number[2]) == PHONE_ENDING
        self._ending = number[2] if number and is_ending else None
        digits = re.sub(r"[^0-9]", "", plain) if phone else ""
        self._phone = digits[-_NATIONAL_DIGITS:] if len(digits) >= _NATIONAL_DIGITS else None

    @property
    def is_name(self) -> bool:
        """Say whether it is none of the others: then it is a name, or a part of one."""
        others = (self._ref, self._email, self._phone, self._number)
        return all(other is None for other in others)

    def distance(self, person: Findable) -> int | None:
        """Return how far somebody is from what is no name; None where they are not meant."""
        if self._ref is not None:
            return 0 if self._ref in person.refs else None
        if self._email is not None:
            return 0 if self._email == person.email else None
        if self._phone is not None:
            return 0 if (person.phone or "").endswith(self._phone) else None
        return self._numbered(person)

    def _numbered(self, person: Findable) -> int | None:
        if person.id == self._number:
            return 0
        ending = self._ending is not None and (person.phone or "").endswith(self._ending)
        return 1 if ending else None


def _with_plain_digits(text: str) -> str:
    """Return a text with the digits of any script as ASCII ones, without spaces around it."""
    return "".join(str(int(sign)) if sign.isdecimal() else sign for sign in text).strip()
