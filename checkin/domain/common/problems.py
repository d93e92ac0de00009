"""What is wrong with one cell, and the sentence that tells a person what to do about it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from checkin.domain.common.problem_sentences import COLUMN_NAMES, SENTENCES
from checkin.errors import MarhabaError

_UNSHOWABLE = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def shown(text: str, length: int = 60) -> str:
    """Return ``text`` cut to ``length``, safe inside a sentence of either direction."""
    safe = _UNSHOWABLE.sub("\ufffd", text)
    if len(safe) > length:
        safe = safe[:length] + "…"
    # First-strong isolate: an Arabic name does not turn the French words around it.
    return f"\u2068{safe}\u2069"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong, or worth saying, about one cell.

    Attributes:
        column: our name of the column ("name", "phone", …; see ``COLUMN_NAMES``).
        code: stable, a key of ``SENTENCES``.
        value: what was written.
        hints: what the sentence adds: a limit, the nearest known names, the row or the person
            it collides with.
    """

    column: str
    code: str
    value: str = ""
    hints: tuple[str, ...] = ()

    def sentence(self, language: str = "fr") -> str:
        """Return what is wrong and what to do, in "fr", "ar" or "en" (French for any other)."""
        language = _spoken(language)
        colon = " : " if language == "fr" else ": "
        return COLUMN_NAMES[self.column][language] + colon + self.advice(language)

    def advice(self, language: str = "fr") -> str:
        """Return the sentence without the column's name, for a field that is labelled already."""
        language = _spoken(language)
        separator = "، " if language == "ar" else ", "
        return SENTENCES[self.code][language].format(
            value=shown(self.value), hints=separator.join(map(shown, self.hints))
        )


def _spoken(language: str) -> str:
    return language if language in ("fr", "ar", "en") else "fr"


class InvalidValue(MarhabaError):
    """A text that cannot be a name, a phone number, …

    ``reason`` is a code of ``SENTENCES``, so that whoever knows the column can say it.
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
