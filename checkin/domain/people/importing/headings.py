"""Recognise the columns of a list by their headings in any language."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from checkin.domain.common.names import fold_name
from checkin.domain.people.fields import FIELDS, HALF_NAMES
from checkin.domain.people.importing.unreadable import UnreadableFile
from checkin.words.languages import LANGUAGES
from checkin.words.problems import column_name


def folded_headings(headings: Mapping[str, str]) -> Mapping[str, str]:
    """Return the column of each folded heading, from "one | another" by column."""
    return {
        fold_name(heading): column
        for column, text in headings.items()
        for heading in text.split("|")
    }


_COLUMN_OF = folded_headings({field.key: field.headings for field in FIELDS} | HALF_NAMES)
_ALTERNATIVES = re.compile(r"[/|()\[\]:*\n]+")
# A joined name longer than any valid one is cut here, so a hostile list cannot make it grow.
_JOINED_LENGTH = 250


def column_named(heading: str, column_of: Mapping[str, str] = _COLUMN_OF) -> str | None:
    """Return the column of a ``heading`` ("Prénom", "الهاتف / GSM", "E-mail *"), None if unknown.

    Args:
        column_of: folded headings, for lists of other things than participants.
    """
    whole = column_of.get(fold_name(heading))
    if whole is not None or len(heading) > 100:
        return whole
    parts = (column_of.get(fold_name(part)) for part in _ALTERNATIVES.split(heading))
    return next((column for column in parts if column is not None), None)


@dataclass(frozen=True, slots=True)
class Columns:
    """The recognised columns of a table.

    Attributes:
        meanings: (position in a row, column) of each known one.
        unknown: headings that are not recognised, as written.
        width: how many columns have a heading, or stand before one that has.
    """

    meanings: tuple[tuple[int, str], ...]
    unknown: tuple[str, ...]
    width: int

    def cells(self, row: Sequence[str]) -> dict[str, str]:
        """Return the texts of a row by column, with first and last names joined."""
        size = len(row)
        cells = {column: row[at] for at, column in self.meanings if at < size and row[at]}
        for suffix in ("", "_ar"):
            first = cells.pop("first_name" + suffix, "")
            last = cells.pop("last_name" + suffix, "")
            if (first or last) and not cells.get("name" + suffix):
                cells["name" + suffix] = _joined(first, last)
        return cells


def _joined(first: str, last: str) -> str:
    # A formula keeps its place at the front, where validation sees it.
    parts = (last, first) if last[:1] in ("=", "@") else (first, last)
    return " ".join(part.strip()[:_JOINED_LENGTH] for part in parts).strip()


def guessed_columns(headings: Sequence[str]) -> list[str | None]:
    """Return the column that each heading seems to name, None for those that are not recognised."""
    return _settle_half_names([column_named(heading) for heading in headings])


def _settle_half_names(columns: list[str | None]) -> list[str | None]:
    """Read "nom" beside "prénom" as the last name, and "الاسم" beside "النسب" as the first."""
    for suffix in ("", "_ar"):
        name, first, last = (part + suffix for part in ("name", "first_name", "last_name"))
        if name in columns and (first in columns) != (last in columns):
            other = last if first in columns else first
            columns = [other if column == name else column for column in columns]
    return columns


def _refuse_duplicates(headings: Sequence[str], columns: Sequence[str | None]) -> None:
    first_heading: dict[str, str] = {}
    for heading, column in zip(headings, columns, strict=True):
        if column is None:
            continue
        if column in first_heading:
            raise UnreadableFile("duplicated_columns", first_heading[column], heading)
        first_heading[column] = heading


def _refuse_missing(
    headings: Sequence[str], columns: Sequence[str | None], delegation_required: bool
) -> None:
    missing = []
    if not any(column and "name" in column for column in columns):
        missing.append("name")
    if delegation_required and "delegation" not in columns:
        missing.append("delegation")
    if missing:
        named = " + ".join(
            " / ".join(dict.fromkeys(column_name(column, tag) for tag in LANGUAGES))
            for column in missing
        )
        found = ", ".join(heading for heading in headings if heading) or "–"
        raise UnreadableFile("missing_columns", named, found)


def match_headings(headings: Sequence[str], *, delegation_required: bool = True) -> Columns:
    """Recognise the columns of a table by its headings.

    Args:
        delegation_required: False where one delegation was chosen for the whole file.

    Raises:
        UnreadableFile: ``missing_columns`` (no name, or no delegation) with the headings found,
            ``duplicated_columns`` with both.
    """
    columns = guessed_columns(headings)
    _refuse_missing(headings, columns, delegation_required)
    _refuse_duplicates(headings, columns)
    meanings = tuple((at, column) for at, column in enumerate(columns) if column)
    unknown = tuple(
        heading for heading, column in zip(headings, columns, strict=True) if heading and not column
    )
    width = max(at for at, heading in enumerate(headings) if heading) + 1
    return Columns(meanings, unknown, width)
