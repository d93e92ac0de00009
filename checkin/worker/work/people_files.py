"""Lists of people as CSV, in the language of whoever asked for one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from checkin.services.spreadsheets.writing import BinaryFile, write_csv
from checkin.words.export_columns import heading, said
from checkin.words.languages import spoken


def write_people(
    file: BinaryFile,
    columns: Sequence[str],
    rows: Iterable[Mapping[str, Any]],
    language: str,
) -> int:
    """Write people as CSV with headings and states in a language, and return how many they are."""
    headings = {column: heading(column, language) for column in columns}
    told = (
        {over: said(column, row[column], language) for column, over in headings.items()}
        for row in rows
    )
    return write_csv(file, tuple(headings.values()), told, spoken(language).list_separator)
