"""What is wrong with one cell or field; `checkin.words.problems` says it in a language."""

from __future__ import annotations

from dataclasses import dataclass

from checkin.errors import MarhabaError


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong, or worth saying, about one cell.

    Attributes:
        column: our name of the column ("name", "phone", …).
        code: stable. For both, `checkin.words.problems` has the words.
        value: what was written.
        hints: what the sentence adds: a limit, the nearest known names, the row or the person
            it collides with.
    """

    column: str
    code: str
    value: str = ""
    hints: tuple[str, ...] = ()


class InvalidValue(MarhabaError):
    """A text that cannot be a name, a phone number, …

    ``reason`` is the code of a `Problem`, so that whoever knows the column can say it.
    """

    code = "invalid_value"

    def __init__(self, reason: str, value: str, *hints: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.value = value
        self.hints = hints

    def in_column(self, column: str) -> Problem:
        """Return the problem that this is in ``column``."""
        return Problem(column, self.reason, self.value, self.hints)


class FieldProblem(InvalidValue):
    """A value that contradicts what is there already; `problem` says in which field."""

    def __init__(self, column: str, reason: str, value: str, *hints: str) -> None:
        super().__init__(reason, value, *hints)
        self.problem = self.in_column(column)
