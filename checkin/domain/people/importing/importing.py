"""Plan an import: what each row of a list would do, decided before anything is written.

The same rules are shown by a dry run and applied by an import.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from copy import copy
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from checkin.domain.common.blanks import is_blank
from checkin.domain.common.choices import Choices
from checkin.domain.common.mail_domains import LIKELY_MISTYPED, likely_meant
from checkin.domain.common.problems import Problem
from checkin.domain.people.buses import KnownBuses
from checkin.domain.people.fields import CONTACTS
from checkin.domain.people.flags import FlagDetails, unknown_flag
from checkin.domain.people.importing.roster import OF_BUS, Person, Roster
from checkin.domain.people.importing.row_numbers import row_label
from checkin.domain.people.registration import Registration, validate

#: stands for a name that a row lacks, while it is looked at what else is wrong with it: in runes,
#: so that it is valid and nobody has it
_NOBODY = "\u16a0\u16a0\u16a0"
#: why a row is refused that changes somebody, before a person has confirmed that
WOULD_CHANGE = "would_change"
#: why a row is refused because of another row of its list
_OF_FILE = frozenset({"same_name_in_file", "spelt_like_in_file", "taken_in_file"})


class Action(StrEnum):
    """What an import does with a row."""

    ADD = "add"
    CHANGE = "change"
    SKIP = "skip"
    REFUSE = "refuse"


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a list as read: its texts by column, and the remarks from reading it.

    Attributes:
        number: see `row_label`.
        problems: why it is refused until somebody has looked at it.
        is_right: a person has said that the texts are right, however unlikely one of them looks.
        overwrites: somebody has seen whom it changes, and how, and confirms it.
    """

    number: int
    cells: Mapping[str, str]
    problems: tuple[Problem, ...] = ()
    is_right: bool = False
    overwrites: bool = False


@dataclass(frozen=True, slots=True)
class PlannedRow:
    """What an import would do with a row, and why.

    Attributes:
        participant_id: the participant who is changed or skipped, or would be changed.
        changes: new values by the participant's columns and ``roster.OF_BUS``: all of them for
            ``add``, those that differ for ``change``, and for a row that is refused because nobody
            has confirmed yet that it changes somebody (`asks_to_overwrite`).
        before: the values that ``changes`` would replace.
        unchecked: added, to be checked by an organiser: it may be somebody of another delegation.
            Whoever may see only one delegation is not told.
    """

    row_number: int
    action: Action
    why: tuple[Problem, ...] = ()
    participant_id: int | None = None
    changes: dict[str, Any] = field(default_factory=dict)
    unchecked: bool = False
    before: dict[str, Any] = field(default_factory=dict, compare=False)

    @property
    def asks_to_overwrite(self) -> bool:
        """Whether it is refused only because nobody has confirmed yet that it changes somebody."""
        return self.action == Action.REFUSE and [one.code for one in self.why] == [WOULD_CHANGE]

    @property
    def of_bus(self) -> dict[str, int]:
        """The bus in which they ride from then on, and the one that they lead, where it says so."""
        return {key: self.changes[key] for key in OF_BUS if self.changes.get(key)}


@dataclass(frozen=True, slots=True)
class Alone:
    """Limits an import to one delegation, so that nobody learns who is registered in another."""

    id: int
    name: str

    def is_not(self, person: Person) -> bool:
        """Say whether a person belongs to another delegation."""
        return person.delegation_id != self.id

    def refused(self, written: str) -> Problem:
        """Return the problem of a row that names another delegation."""
        return Problem("delegation", "other_delegation", written, (self.name,))


class ImportPlanner:
    """Decides what each row of a list does to the participants of an event.

    A person is the same as one registered when the folded name matches in one script, in the
    same delegation, or when the name may be the same, however it is spelt, with the same e-mail or
    phone. Empty cells change nothing. An e-mail or a phone that belongs to someone of another name
    is refused unless the row's ``allow_duplicate`` says yes: families share phones. So is a name
    that may be another spelling of somebody's in the delegation, unless their contacts tell them
    apart: a name alone decides nothing. Planning again after the plan was applied adds nobody.

    A row may name a bus of its delegation, in which the person rides from then on, if it has a free
    seat, and may mark them as one of those who lead it. No row takes that from anybody.

    Where it is asked before anybody is changed, a row that would change somebody is refused until
    its ``overwrites`` says that a person has seen it.

    An import that is limited to one delegation asks about its own people alone: a row with a
    contact of somebody of another delegation is added like any other, and marked as unchecked.

    An e-mail address that is new and looks mistyped is asked about, until it is corrected or
    somebody says that the row is right.

    Rows are compared with those planned before them, so a list may be planned in parts, each of
    which is written before the next: people who came from this list are known by its rows alone.
    """

    def __init__(
        self,
        participants: Iterable[Person],
        *,
        delegations: Choices,
        categories: Choices,
        flags: Sequence[FlagDetails] = (),
        buses: KnownBuses | None = None,
        default_delegation: str = "",
        default_category: str = "",
        alone: Alone | None = None,
        asks_before_changes: bool = False,
    ) -> None:
        """Begin a list.

        Args:
            participants: everyone registered for the event, the canceled ones too.
            delegations, categories, flags, buses: the event's.
            default_delegation, default_category: their names, for rows that give none; the category
                for people who are new alone.
            alone: the only delegation that the list may change; None for all.
            asks_before_changes: see above.
        """
        self._alone = alone
        self._asks_before_changes = asks_before_changes
        self.choose_among(delegations, categories, flags, buses or KnownBuses(()))
        self._defaults = {"delegation": default_delegation}
        self._default_category = default_category
        self._registered = Roster(())
        # The people of other delegations, where the list may change only one.
        self._others = Roster(())
        # The people of the rows accepted so far; their ids are row numbers.
        self._file = Roster(())
        # Who is already meant by some row, and by a row that is vouched for.
        self._claimed: set[int] = set()
        self._vouched: set[int] = set()
        self.learn(participants)

    def choose_among(
        self,
        delegations: Choices,
        categories: Choices,
        flags: Sequence[FlagDetails],
        buses: KnownBuses,
    ) -> None:
        """Take note of the event's delegations, categories, flags and buses as they are now."""
        self._delegations, self._categories, self._flags = delegations, categories, flags
        self._buses = buses

    def learn(self, participants: Iterable[Person]) -> None:
        """Take note of people who are registered now, or have changed since they were read."""
        for person in participants:
            is_of_others = self._alone is not None and self._alone.is_not(person)
            known, former = self._registered, self._others
            if is_of_others:
                known, former = former, known
            former.discard(person.id)
            known.add(person)

    def copy(self) -> ImportPlanner:
        """Return a planner that goes on from here, while this one stays where it is."""
        other = copy(self)
        other._file, other._buses = self._file.copy(), self._buses.copy()
        other._claimed, other._vouched = set(self._claimed), set(self._vouched)
        return other

    def plan(self, rows: Iterable[Row]) -> list[PlannedRow]:
        """Decide what the next rows do."""
        return [self._row(row) for row in rows]

    def _row(self, row: Row) -> PlannedRow:
        cells = {column: text for column, text in row.cells.items() if not is_blank(text)}
        cells = {**self._defaults, **cells}
        registration = validate(cells)
        if isinstance(registration, list):
            wrong = {problem.column for problem in registration}
            more = self._also_wrong(row, cells, wrong)
            return _refused(row, *row.problems, *registration, *more)
        person, unknown = self._person(row.number, registration)
        if row.problems or unknown:
            more = self._of_person(person, {one.column for one in unknown}, registration)
            return _refused(row, *row.problems, *unknown, *more)
        return self._decide(row, person, registration.allow_duplicate)

    def _also_wrong(self, row: Row, cells: Mapping[str, str], wrong: Set[str]) -> list[Problem]:
        """Return what else is wrong with a row that has invalid values, so that all is said."""
        rest = {column: text for column, text in cells.items() if column not in wrong}
        if not (rest.get("name") or rest.get("name_ar")):
            rest["name"] = _NOBODY
        if not rest.get("delegation"):
            rest["delegation"] = self._alone.name if self._alone else _NOBODY
        registration = validate(rest)
        if isinstance(registration, list):
            return []
        person, unknown = self._person(row.number, registration)
        wrong = wrong | {problem.column for problem in unknown}
        found = [*unknown, *self._of_person(person, wrong, registration)]
        return [problem for problem in found if problem.value != _NOBODY]

    def _of_person(
        self, person: Person, wrong: Set[str], registration: Registration
    ) -> list[Problem]:
        """Return what is wrong with whom a row describes that is refused already.

        Args:
            wrong: columns of which something is said already.
        """
        known = self._registered.same_person(person)
        found = [] if "category" in wrong else self._without_category(person, known)
        if not registration.allow_duplicate:
            found += self._taken(known.changes_to(person) if known else person.fields())
        return found

    def _without_category(self, person: Person, known: Person | None) -> list[Problem]:
        """Return the problem of somebody new whom nobody has given a category."""
        if known or person.category_id or self._categories.id_of(self._default_category):
            return []
        return [Problem("category", "missing_category")]

    def _person(self, number: int, registration: Registration) -> tuple[Person, list[Problem]]:
        delegation = self._delegation(registration.delegation)
        category = self._category(registration.category)
        bus = self._bus(delegation, registration.bus)
        flag = unknown_flag(registration.flags, self._flags)
        unknown = [one for one in (delegation, category, flag, bus) if isinstance(one, Problem)]
        person = Person(
            id=number,
            delegation_id=_id_in(delegation) or 0,
            category_id=_id_in(category),
            bus=_id_in(bus),
            bus_leader=_id_in(bus) if registration.bus_leader else None,
            **registration.own(),
        )
        return person, unknown

    def _delegation(self, name: str) -> int | Problem:
        found = self._delegations.id_of(name)
        if self._alone and found != self._alone.id:
            return self._alone.refused(name)
        return found or self._delegations.unknown("delegation", name)

    def _category(self, name: str | None) -> int | Problem | None:
        if not name:
            return None
        return self._categories.id_of(name) or self._categories.unknown("category", name)

    def _bus(self, delegation: int | Problem, name: str | None) -> int | Problem | None:
        if not name or isinstance(delegation, Problem):
            return None
        return self._buses.find(delegation, name)

    def _decide(self, row: Row, person: Person, allowed: bool) -> PlannedRow:
        repeated = None if allowed else self._repeated(row, person)
        if repeated:
            return repeated
        # A vouched-for row may mean whom a plain one means: the first import refused the plain.
        excluding = self._vouched if allowed else self._claimed
        known = self._registered.same_person(person, excluding=excluding, allowed=allowed)
        if known and known.canceled:
            return _skipped(row, known, "canceled")
        if known and known.merged_into:
            return _skipped(row, replace(known, id=known.merged_into), "merged")
        missing = self._without_category(person, known)
        if not (known or person.category_id):
            person = replace(person, category_id=self._categories.id_of(self._default_category))
        changes = known.changes_to(person) if known else person.fields()
        taken = [] if allowed else self._taken(changes)
        refused = [*missing, *taken, *self._full(row, changes), *_doubts(row, changes)]
        if refused:
            return _refused(row, *refused)
        if known is None and not allowed and (alike := self._spelt_alike(row, person)):
            return alike
        if bus := changes.get("bus"):
            self._buses.take_seat(bus)
        if known is None:
            self._file.add(person)
            unchecked = self._is_elsewhere(person)
            return PlannedRow(row.number, Action.ADD, changes=changes, unchecked=unchecked)
        self._claim(known, allowed)
        self._file.add(replace(known, **{**changes, "id": row.number}))
        if not changes:
            return _skipped(row, known, "already_registered")
        before = {column: getattr(known, column) for column in changes}
        if self._asks_before_changes and not row.overwrites:
            why = (Problem("row", WOULD_CHANGE, hints=(known.shown_name,)),)
            return PlannedRow(row.number, Action.REFUSE, why, known.id, changes, before=before)
        return PlannedRow(row.number, Action.CHANGE, (), known.id, changes, before=before)

    def _is_elsewhere(self, person: Person) -> bool:
        return any(self._others.holder(key, contact) for key, contact in person.contacts())

    def _claim(self, known: Person, allowed: bool) -> None:
        self._claimed.add(known.id)
        if allowed:
            self._vouched.add(known.id)

    def _repeated(self, row: Row, person: Person) -> PlannedRow | None:
        first = self._file.same_name(person)
        if first is None:
            return None
        identical = first.tells_all_of(person)
        code = "repeated_in_file" if identical else "same_name_in_file"
        problem = Problem("name", code, person.shown_name, (row_label(first.id),))
        return PlannedRow(row.number, Action.SKIP if identical else Action.REFUSE, (problem,))

    def _spelt_alike(self, row: Row, person: Person) -> PlannedRow | None:
        """Ask about a new person whose name may be somebody's in another spelling."""
        if known := self._registered.spelt_alike(person, excluding=self._claimed):
            return _refused(row, _alike("spelt_like_registered", person, known.shown_name))
        if first := self._file.spelt_alike(person):
            return _refused(row, _alike("spelt_like_in_file", person, row_label(first.id)))
        return None

    def _taken(self, changes: Mapping[str, Any]) -> list[Problem]:
        problems = []
        for column in CONTACTS:
            contact = changes.get(column)
            if not isinstance(contact, str):
                continue
            holder = self._registered.holder(column, contact)
            if holder:
                problems.append(Problem(column, "taken", contact, (holder.shown_name,)))
            elif first := self._file.holder(column, contact):
                problems.append(Problem(column, "taken_in_file", contact, (row_label(first.id),)))
        return problems

    def _full(self, row: Row, changes: Mapping[str, Any]) -> list[Problem]:
        bus = changes.get("bus")
        is_full = bus is not None and not self._buses.has_seat(bus)
        return [Problem("bus", "full_bus", row.cells["bus"])] if is_full else []


def _doubts(row: Row, changes: Mapping[str, Any]) -> list[Problem]:
    """Ask about an address that looks mistyped, unless it is registered, or said to be right."""
    address = changes.get("email")
    meant = likely_meant(address) if address and not row.is_right else None
    return [Problem("email", LIKELY_MISTYPED, address, (meant,))] if address and meant else []


def still_disputed(row: Row, planned: PlannedRow) -> Row:
    """Return a refused row so that it stays refused for what it was asked about.

    "Already in line 14" must not become a change of the person of line 14 once that is registered:
    only a correction of the row, or a word that its cells are right, answers it.
    """
    asked = tuple(problem for problem in planned.why if problem.code in _OF_FILE)
    return replace(row, problems=(*row.problems, *asked)) if asked else row


def _id_in(found: int | Problem | None) -> int | None:
    return None if isinstance(found, Problem) else found


def _refused(row: Row, *problems: Problem) -> PlannedRow:
    return PlannedRow(row.number, Action.REFUSE, problems)


def _alike(code: str, person: Person, who: str) -> Problem:
    return Problem("name", code, person.shown_name, (who,))


def _skipped(row: Row, known: Person, code: str) -> PlannedRow:
    problem = Problem("name", code, hints=(known.shown_name,))
    return PlannedRow(row.number, Action.SKIP, (problem,), known.id)
