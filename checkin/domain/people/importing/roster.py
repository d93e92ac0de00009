"""An index of an event's people for imports: find a person by name, or by a contact."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Set
from dataclasses import dataclass, field
from typing import Any

from checkin.domain.common.name_key import is_one_name, whole_terms
from checkin.domain.common.name_sounds import words_of
from checkin.domain.common.names import fold_name
from checkin.domain.people.fields import CONTACTS, KEY_OF, OwnDetails

#: what is kept beside the participant's row, by the keys of its fields: the ids of buses
OF_BUS = ("bus", "bus_leader")
#: what is kept of a person: the columns of the participant's row, and their bus
KEPT = (*KEY_OF, *OF_BUS)


@dataclass(frozen=True, slots=True)
class Person(OwnDetails):
    """A registered participant, or a row that describes one; None is not known.

    ``bus`` is the id of the bus in which they ride, and ``bus_leader`` of the bus that they lead.

    ``merged_into`` is the id of the person whom a record was merged into: who is like it is
    registered already.

    ``folded_names`` are the names in both scripts as they are compared, and ``name_terms`` what
    they share as a whole with other spellings: worked out once, unless they are given.
    """

    id: int
    delegation_id: int
    category_id: int | None = None
    bus: int | None = None
    bus_leader: int | None = None
    canceled: bool = False
    merged_into: int | None = None
    folded_names: tuple[str, ...] = field(default=(), repr=False, compare=False)
    name_terms: tuple[str, ...] = field(default=(), repr=False, compare=False)

    def __post_init__(self) -> None:
        if not self.folded_names:
            names = tuple(fold_name(name) for name in (self.name, self.name_ar) if name)
            object.__setattr__(self, "folded_names", names)
        if not self.name_terms:
            written = (name for name in (self.name, self.name_ar) if name)
            terms = (term for name in written for term in whole_terms(words_of(name)))
            object.__setattr__(self, "name_terms", tuple(dict.fromkeys(terms)))

    @property
    def shown_name(self) -> str:
        """The name to show: Latin where there is one."""
        return self.name or self.name_ar or ""

    def fields(self) -> dict[str, Any]:
        """Return all that is kept of them (`KEPT`), unknown values too."""
        return {column: getattr(self, column) for column in KEPT}

    def changes_to(self, other: Person) -> dict[str, Any]:
        """Return the values of ``other`` that this person lacks, or has differently."""
        return {
            column: new
            for column in KEPT
            if (new := getattr(other, column)) and new != getattr(self, column)
        }

    def may_be_called(self, other: Person) -> bool:
        """Say whether a name of this person may be one of ``other``'s, however they are spelt."""
        if not set(self.folded_names).isdisjoint(other.folded_names):
            return True
        names = [name for name in (other.name, other.name_ar) if name]
        return any(
            is_one_name(one, name) for one in (self.name, self.name_ar) if one for name in names
        )

    def tells_all_of(self, other: Person) -> bool:
        """Say whether ``other`` has no values besides this person's, except for spelling."""
        more = set(self.changes_to(other)) - {"name", "name_ar"}
        return not more and set(other.folded_names) <= set(self.folded_names)


def contradicts(one: OwnDetails, other: OwnDetails) -> bool:
    """Say whether two people of one name have contacts that are all different."""
    theirs = dict(other.contacts())
    both = [contact == theirs[key] for key, contact in one.contacts() if key in theirs]
    return bool(both) and not any(both)


class _Index:
    """An index of people by a name or a contact.

    Most keys have one person: a list for each would cost more than reading all the people.
    """

    def __init__(self) -> None:
        self._first: dict[Hashable, Person] = {}
        self._others: dict[Hashable, list[Person]] = {}

    def add(self, key: Hashable, person: Person) -> None:
        if self._first.setdefault(key, person) is not person:
            self._others.setdefault(key, []).append(person)

    def copy(self) -> _Index:
        """Return an index of its own with the same people."""
        other = _Index()
        other._first = dict(self._first)
        other._others = {key: list(people) for key, people in self._others.items()}
        return other

    def under(self, key: Hashable) -> Iterator[Person]:
        """Return the people under a key, in the order in which they were added."""
        first = self._first.get(key)
        if first is not None:
            yield first
            yield from self._others.get(key, ())


class Roster:
    """People of an event, found by name in their delegation and by each of their contacts."""

    def __init__(self, people: Iterable[Person]) -> None:
        #: each as they are now: the indexes may still name them as they were
        self._now: dict[int, Person] = {}
        self._by_name = _Index()
        self._by_contact = {key: _Index() for key in CONTACTS}
        self._by_terms = _Index()
        for person in people:
            self.add(person)

    def add(self, person: Person) -> None:
        """Add a person, instead of the one of the same id, if there is one."""
        self._now[person.id] = person
        for folded in person.folded_names:
            self._by_name.add((person.delegation_id, folded), person)
        for term in person.name_terms:
            self._by_terms.add((person.delegation_id, term), person)
        for key, index in self._by_contact.items():
            if contact := getattr(person, key):
                index.add(contact, person)

    def discard(self, person_id: int) -> None:
        """Forget a person, if they are known."""
        self._now.pop(person_id, None)

    def copy(self) -> Roster:
        """Return a roster of its own with the same people."""
        other = Roster(())
        other._now = dict(self._now)
        other._by_name = self._by_name.copy()
        other._by_terms = self._by_terms.copy()
        other._by_contact = {key: index.copy() for key, index in self._by_contact.items()}
        return other

    def same_name(self, person: Person) -> Person | None:
        """Return the first person of the same name and delegation as ``person``, in any script."""
        return next(self._namesakes(person), None)

    def spelt_alike(self, person: Person, *, excluding: Set[int] = frozenset()) -> Person | None:
        """Return a person of the delegation who may have the same name in another spelling.

        Nobody whose contacts are all others, and nobody who is canceled: whoever has the name as
        it is written, or shares a contact, is found by that.
        """
        return next(
            (
                one
                for term in person.name_terms
                for one in self._current(self._by_terms.under((person.delegation_id, term)))
                if one.id not in excluding
                and not (one.canceled or contradicts(one, person))
                and one.may_be_called(person)
            ),
            None,
        )

    def holder(self, column: str, contact: str) -> Person | None:
        """Return the first person, not canceled, who has a contact."""
        holders = self._current(self._by_contact[column].under(contact))
        return next((one for one in holders if not one.canceled), None)

    def same_person(
        self, person: Person, *, excluding: Set[int] = frozenset(), allowed: bool = False
    ) -> Person | None:
        """Return the known person who is the same as ``person``; None for a new person.

        Of several candidates it is the one with the fewest differences, so that two people of one
        name are each found again.

        Args:
            excluding: ids of people whom other rows have matched already.
            allowed: it was confirmed that ``person`` is not one of their namesakes, so a person
                whose contacts all differ is not the same.
        """
        candidates = {
            one.id: one
            for one in (*self._namesakes(person), *self._namesakes_by_contact(person))
            if one.id not in excluding and not (allowed and contradicts(one, person))
        }
        return min(
            candidates.values(),
            key=lambda one: (
                one.canceled,
                len(one.changes_to(person)),
                len(person.changes_to(one)),
            ),
            default=None,
        )

    def _namesakes(self, person: Person) -> Iterator[Person]:
        for folded in person.folded_names:
            yield from self._current(self._by_name.under((person.delegation_id, folded)))

    def _namesakes_by_contact(self, person: Person) -> Iterator[Person]:
        for key, contact in person.contacts():
            for one in self._current(self._by_contact[key].under(contact)):
                if one.may_be_called(person):
                    yield one

    def _current(self, people: Iterable[Person]) -> Iterator[Person]:
        return (one for one in people if self._now.get(one.id) is one)
