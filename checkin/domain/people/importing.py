"""Plan an import: what each row of a list would do, decided before anything is written.

The same rules are shown by a dry run and applied by an import.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from copy import copy
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from checkin.domain.common.choices import Choices
from checkin.domain.common.problems import Problem
from checkin.domain.people.fields import CONTACTS
from checkin.domain.people.registration import Registration, validate
from checkin.domain.people.roster import Person, Roster


class Action(StrEnum):
    """What an import does with a row."""

    ADD = "add"
    CHANGE = "change"
    SKIP = "skip"
    REFUSE = "refuse"


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a list as read: its texts by column, and the remarks from reading it."""

    number: int
    cells: Mapping[str, str]
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class PlannedRow:
    """What an import would do with a row, and why.

    Attributes:
        participant_id: the participant who is changed or skipped.
        changes: new values by the participant's columns (``fields.KEY_OF``): all of them for
            ``add``, those that differ for ``change``.
    """

    row_number: int
    action: Action
    why: tuple[Problem, ...] = ()
    participant_id: int | None = None
    changes: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Alone:
    """Limits an import to one delegation, so that people of others are neither moved nor named."""

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
    same delegation or with the same e-mail or phone. Empty cells change nothing. An e-mail or a
    phone that belongs to someone of another name is refused unless the row's
    ``allow_duplicate`` says yes: families share phones. Planning again after the plan was
    applied adds nobody.

    Rows are compared with those planned before them, so a list may be planned in parts, each of
    which is written before the next: people who came from this list are known by its rows alone.
    """

    def __init__(
        self,
        participants: Iterable[Person],
        *,
        delegations: Choices,
        categories: Choices,
        default_delegation: str = "",
        default_category: str = "",
        alone: Alone | None = None,
    ) -> None:
        """Begin a list.

        Args:
            participants: everyone registered for the event, the canceled ones too.
            delegations, categories: the event's.
            default_delegation, default_category: their names, for rows that give none.
            alone: the only delegation that the list may change; None for all.
        """
        self._alone = alone
        self.choose_among(delegations, categories)
        self._defaults = {"delegation": default_delegation, "category": default_category}
        self._registered = Roster(())
        # The people of the rows accepted so far; their ids are row numbers.
        self._file = Roster(())
        # Who is already meant by some row, and by a row that is vouched for.
        self._claimed: set[int] = set()
        self._vouched: set[int] = set()
        self.learn(participants)

    def choose_among(self, delegations: Choices, categories: Choices) -> None:
        """Take note of the event's delegations and categories as they are now."""
        self._delegations, self._categories = delegations, categories

    def learn(self, participants: Iterable[Person]) -> None:
        """Take note of people who are registered now, or have changed since they were read."""
        for person in participants:
            # Whoever was canceled elsewhere may register here as anybody may.
            if self._alone and person.canceled and self._alone.is_not(person):
                self._registered.discard(person.id)
            else:
                self._registered.add(person)

    def copy(self) -> ImportPlanner:
        """Return a planner that goes on from here, while this one stays where it is."""
        other = copy(self)
        other._file = self._file.copy()
        other._claimed, other._vouched = set(self._claimed), set(self._vouched)
        return other

    def plan(self, rows: Iterable[Row]) -> list[PlannedRow]:
        """Decide what the next rows do."""
        return [self._row(row) for row in rows]

    def _row(self, row: Row) -> PlannedRow:
        cells = row.cells
        if not (cells.get("delegation") and cells.get("category")):
            cells = {**self._defaults, **{column: text for column, text in cells.items() if text}}
        registration = validate(cells)
        if isinstance(registration, list):
            return _refused(row, *row.problems, *registration)
        person, unknown = self._person(row.number, registration)
        if row.problems or unknown:
            return _refused(row, *row.problems, *unknown)
        return self._decide(row, person, registration.allow_duplicate)

    def _person(self, number: int, registration: Registration) -> tuple[Person, list[Problem]]:
        unknown: list[Problem] = []
        delegation = self._delegations.id_of(registration.delegation)
        if self._alone and delegation != self._alone.id:
            unknown.append(self._alone.refused(registration.delegation))
        elif delegation is None:
            unknown.append(self._delegations.unknown("delegation", registration.delegation))
        category = None
        if registration.category:
            category = self._categories.id_of(registration.category)
            if category is None:
                unknown.append(self._categories.unknown("category", registration.category))
        person = Person(
            id=number,
            delegation_id=delegation or 0,
            category_id=category,
            **registration.own(),
        )
        return person, unknown

    def _decide(self, row: Row, person: Person, allowed: bool) -> PlannedRow:
        repeated = None if allowed else self._repeated(row, person)
        if repeated:
            return repeated
        # A vouched-for row may mean whom a plain one means: the first import refused the plain.
        excluding = self._vouched if allowed else self._claimed
        known = self._registered.same_person(person, excluding=excluding, allowed=allowed)
        if known and self._alone and self._alone.is_not(known):
            return _refused(row, Problem("name", "registered_elsewhere", person.shown_name))
        if known and known.canceled:
            return _skipped(row, known, "canceled")
        if known and known.merged_into:
            return _skipped(row, replace(known, id=known.merged_into), "merged")
        changes = known.changes_to(person) if known else person.fields()
        taken = [] if allowed else self._taken(changes)
        if taken:
            return _refused(row, *taken)
        if known is None:
            self._file.add(person)
            return PlannedRow(row.number, Action.ADD, changes=changes)
        self._claim(known, allowed)
        self._file.add(replace(known, **{**changes, "id": row.number}))
        if not changes:
            return _skipped(row, known, "already_registered")
        return PlannedRow(row.number, Action.CHANGE, (), known.id, changes)

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
        problem = Problem("name", code, person.shown_name, (str(first.id),))
        return PlannedRow(row.number, Action.SKIP if identical else Action.REFUSE, (problem,))

    def _taken(self, changes: Mapping[str, Any]) -> list[Problem]:
        problems = []
        for column in CONTACTS:
            contact = changes.get(column)
            if not isinstance(contact, str):
                continue
            holder = self._registered.holder(column, contact)
            if holder and self._alone and self._alone.is_not(holder):
                problems.append(Problem(column, "taken_elsewhere", contact))
            elif holder:
                problems.append(Problem(column, "taken", contact, (holder.shown_name,)))
            elif first := self._file.holder(column, contact):
                problems.append(Problem(column, "taken_in_file", contact, (str(first.id),)))
        return problems


def _refused(row: Row, *problems: Problem) -> PlannedRow:
    return PlannedRow(row.number, Action.REFUSE, problems)


def _skipped(row: Row, known: Person, code: str) -> PlannedRow:
    problem = Problem("name", code, hints=(known.shown_name,))
    return PlannedRow(row.number, Action.SKIP, (problem,), known.id)
