"""How far the registration of a list is: what was decided about each row so far."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from checkin.domain.people.importing.importing import Action, PlannedRow, Row

_LETTERS = {action: action[0] for action in Action}


@dataclass(frozen=True, slots=True)
class ImportStanding:
    """How far a list is registered; written with every batch, so that it can go on from there.

    A list is gone through twice: first for those whom it adds, then for those whom it changes, so
    that whoever is new takes a place before somebody moves to their delegation.

    Attributes:
        letters: a letter for each row that was decided, in order: the first of its `Action`.
        changed: how many rows were gone through for the second time.
        activity_id: the list's entry in the activity log.
        announcement_id: what tells those of it whom it has moved, or put on a reserve list.
        run_id: its `ImportRun`, by which it is taken back.
    """

    letters: str = ""
    changed: int = 0
    activity_id: int | None = None
    announcement_id: int | None = None
    run_id: int | None = None

    @classmethod
    def of(cls, stored: Mapping[str, Any] | None) -> ImportStanding:
        """Return what `as_json` has returned."""
        return cls(**stored) if stored else cls()

    def as_json(self) -> dict[str, Any]:
        """Return this as a JSON object; it says nothing about anybody."""
        return {
            "letters": self.letters,
            "changed": self.changed,
            "activity_id": self.activity_id,
            "announcement_id": self.announcement_id,
            "run_id": self.run_id,
        }

    @property
    def counts(self) -> dict[str, int]:
        """How many rows have added, changed, skipped and refused so far."""
        found = Counter(self.letters)
        found[_LETTERS[Action.CHANGE]] -= self._to_change
        return {str(action): found[letter] for action, letter in _LETTERS.items()}

    @property
    def done(self) -> int:
        """How many rows need nothing more."""
        return len(self.letters) - self._to_change

    def is_through(self, action: Action, rows: int) -> bool:
        """Say whether a list of so many rows needs to be gone through no more for this action."""
        return not self._to_change if action == Action.CHANGE else len(self.letters) == rows

    def is_concerned(self, action: Action, at: int, rows: int) -> bool:
        """Say whether any of so many rows is to be decided; `at` is the first one's place."""
        return action != Action.CHANGE or _LETTERS[action] in self.letters[at : at + rows]

    def begun(self, action: Action) -> int:
        """Return how many rows were gone through for this action."""
        return self.changed if action == Action.CHANGE else len(self.letters)

    def concerned(self, action: Action, at: int, planned: Sequence[PlannedRow]) -> list[PlannedRow]:
        """Return those of the planned rows that are to be decided; `at` is the first one's place.

        The first time all of them are, the second time those that change somebody.
        """
        if action != Action.CHANGE:
            return list(planned)
        letters = self.letters[at : at + len(planned)]
        changing = _LETTERS[Action.CHANGE]
        return [row for row, letter in zip(planned, letters, strict=True) if letter == changing]

    def after(
        self, action: Action, at: int, planned: Sequence[PlannedRow], decided: Iterable[PlannedRow]
    ) -> ImportStanding:
        """Return how far the list is once these rows are written; see `concerned`."""
        if action != Action.CHANGE:
            return replace(self, letters=self.letters + "".join(map(_letter, planned)))
        anew = {row.row_number: _letter(row) for row in decided}
        end = at + len(planned)
        before = self.letters[at:end]
        part = [anew.get(row.row_number, old) for row, old in zip(planned, before, strict=True)]
        letters = self.letters[:at] + "".join(part) + self.letters[end:]
        return replace(self, letters=letters, changed=end)

    def left_of(self, rows: Sequence[Row]) -> Iterator[Row]:
        """Yield the rows that are not registered: those refused, and those not decided yet."""
        for at, row in enumerate(rows):
            letter = self.letters[at : at + 1]
            waits = letter == _LETTERS[Action.CHANGE] and at >= self.changed
            if waits or letter in ("", _LETTERS[Action.REFUSE]):
                yield row

    @property
    def _to_change(self) -> int:
        return self.letters.count(_LETTERS[Action.CHANGE], self.changed)


def _letter(row: PlannedRow) -> str:
    return _LETTERS[row.action]
