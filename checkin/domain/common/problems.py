"""Problems of a cell or a field, as codes; `checkin.words.problems` has their sentences."""

from __future__ import annotations

from dataclasses import dataclass

from checkin.errors import MarhabaError


@dataclass(frozen=True, slots=True)
class Problem:
    """One problem, or remark, about one cell or field.

    Attributes:
        column: the key of the column ("name", "phone", …), named in `checkin.words.problems`.
        code: the stable code of the problem, whose sentence is in `checkin.words.problems`.
        value: the text that was written.
        hints: details for the sentence: a limit, the nearest known names, the row or the person
            it conflicts with.
    """

    column: str
    code: str
    value: str = ""
    hints: tuple[str, ...] = ()


class InvalidValue(MarhabaError):
    """A text that cannot be a name, a phone number, …

    ``reason`` is the code of a `Problem`; `in_column` makes the problem.
    """

    code = "invalid_value"

    def __init__(self, reason: str, value: str, *hints: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.value = value
        self.hints = hints

    def in_column(self, column: str) -> Problem:
        """Return this fault as a problem of ``column``."""
        return Problem(column, self.reason, self.value, self.hints)


class FieldProblem(InvalidValue):
    """A value that contradicts what is stored already; `problem` says in which field."""

    def __init__(self, column: str, reason: str, value: str, *hints: str) -> None:
        super().__init__(reason, value, *hints)
        self.problem = self.in_column(column)
