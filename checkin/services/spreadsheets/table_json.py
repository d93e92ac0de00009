"""Lists of participants as JSON: for a draft, a page of a review, and between processes."""

from __future__ import annotations

from typing import Any

from checkin.domain.common.problems import Problem
from checkin.domain.people.importing.importing import Row
from checkin.domain.people.importing.sheets import LeftOut, RawRow, RawSheet
from checkin.services.spreadsheets.reading import Table, Workbook


def table_as_json(table: Table) -> dict[str, Any]:
    """Return a list as a JSON object, which `table_of` reads."""
    return {
        "headers": table.headers,
        "rows": [row_as_json(row) for row in table.rows],
        "unknown_columns": table.unknown_columns,
        "encoding": table.encoding,
        "delimiter": table.delimiter,
        "left_out": [[one.number, one.reason, one.text] for one in table.left_out],
        "other_sheets": table.other_sheets,
        "default_category": table.default_category,
    }


def table_of(kept: dict[str, Any]) -> Table:
    """Return what `table_as_json` was given."""
    return Table(
        headers=tuple(kept["headers"]),
        rows=[row_of(row) for row in kept["rows"]],
        unknown_columns=tuple(kept["unknown_columns"]),
        encoding=kept["encoding"],
        delimiter=kept["delimiter"],
        left_out=tuple(LeftOut(*one) for one in kept["left_out"]),
        other_sheets=tuple(kept["other_sheets"]),
        default_category=kept["default_category"],
    )


def workbook_as_json(workbook: Workbook) -> dict[str, Any]:
    """Return a file's sheets as a JSON object, which `workbook_of` reads."""
    return {
        "encoding": workbook.encoding,
        "delimiter": workbook.delimiter,
        "sheets": [
            [
                sheet.name,
                [[row.number, row.cells, row.is_hidden] for row in sheet.rows],
                sheet.is_hidden,
                sheet.is_too_long,
            ]
            for sheet in workbook.sheets
        ],
    }


def workbook_of(kept: dict[str, Any]) -> Workbook:
    """Return what `workbook_as_json` was given."""
    sheets = [
        RawSheet(name, [RawRow(*row) for row in rows], *more)
        for name, rows, *more in kept["sheets"]
    ]
    return Workbook(sheets, kept["encoding"], kept["delimiter"])


def row_as_json(row: Row) -> list[Any]:
    """Return a row as a JSON array, which `row_of` reads."""
    problems = [problem_as_json(problem) for problem in row.problems]
    return [row.number, row.cells, problems, row.is_right, row.overwrites]


def row_of(kept: list[Any]) -> Row:
    """Return what `row_as_json` was given."""
    number, cells, problems, is_right, overwrites = kept
    read = tuple(problem_of(problem) for problem in problems)
    return Row(number, cells, read, is_right, overwrites)


def problem_as_json(problem: Problem) -> list[Any]:
    """Return a problem as a JSON array, which `problem_of` reads."""
    return [problem.column, problem.code, problem.value, problem.hints]


def problem_of(kept: list[Any]) -> Problem:
    """Return what `problem_as_json` was given."""
    column, code, value, hints = kept
    return Problem(column, code, value, tuple(hints))
