"""Reading a form, so that a person hears of everything that is wrong with it at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from checkin.domain.common.problems import InvalidValue, Problem


class Form:
    """Reads fields one by one and keeps what is wrong with each."""

    def __init__(self, raw: Mapping[str, str]) -> None:
        self._raw = raw
        self.problems: list[Problem] = []

    def read(self, field: str, reader: Callable[[str], Any]) -> Any:
        """Return what a reader makes of a field; None where that is a problem."""
        try:
            return reader(self._raw.get(field, "").strip())
        except InvalidValue as invalid:
            self.problems.append(invalid.in_column(field))
            return None

    def object(self, field: str, code: str, *hints: str) -> None:
        """Keep a problem that is seen only beside other fields."""
        self.problems.append(Problem(field, code, self._raw.get(field, ""), hints))
