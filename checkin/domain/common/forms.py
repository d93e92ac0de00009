"""Read a form's fields and collect all of their problems, to show them at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from checkin.domain.common.problems import InvalidValue, Problem


class FormRefused(Exception):
    """A page's form cannot be kept; `problems` says why, by field."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__(", ".join(problem.code for problem in problems))
        self.problems = problems


class Form:
    """Reads fields one by one, and collects the problems of each."""

    def __init__(self, raw: Mapping[str, str]) -> None:
        self._raw = raw
        self.problems: list[Problem] = []

    def read(self, field: str, reader: Callable[[str], Any]) -> Any:
        """Return the value that a reader makes of a field; None where it finds a problem."""
        try:
            return reader(self._raw.get(field, "").strip())
        except InvalidValue as invalid:
            self.problems.append(invalid.in_column(field))
            return None

    def object(self, field: str, code: str, *hints: str) -> None:
        """Add a problem that only shows in comparison with other fields."""
        self.problems.append(Problem(field, code, self._raw.get(field, ""), hints))
