"""Numbers of rows as they stand in addresses and forms: no larger than those of the database.

SQLite raises OverflowError for a number of more than 64 bits, and Python ValueError for one of
thousands of digits: whoever types one asks for something that is not there.
"""

from __future__ import annotations

from typing import Any

from flask import Flask
from werkzeug.routing import IntegerConverter, Map

LARGEST = 2**31 - 1


class _RowNumber(IntegerConverter):
    """Takes the place of `int` in addresses; a larger number is no page."""

    regex = r"\d{1,10}"

    def __init__(self, of: Map, **given: Any) -> None:
        super().__init__(of, **({"max": LARGEST} | given))


def limit_numbers(app: Flask) -> None:
    """Let no address have a larger number; call it before any route is added."""
    app.url_map.converters["int"] = _RowNumber


def row_number(text: str) -> int:
    """Return the number that a field of a form holds.

    Raises:
        ValueError: it is no number, or a larger one.
    """
    number = int(text)
    if not 0 <= number <= LARGEST:
        raise ValueError(text)
    return number
