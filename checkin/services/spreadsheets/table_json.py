"""Lists of participants as JSON: for a draft, a page of a review, and between processes."""

from __future__ import annotations

from typing import Any

from checkin.domain.common.problems import Problem
from checkin.domain.people.importing import Row
from checkin.services.spreadsheets.reading import Table


def table_as_json(table: Table) -> dict[str, Any]:
    """Return a list as a JSON object, which `table_of` reads."""
    return {
        "headers": table.headers,
        "rows": [row_as_json(row) for row in table.rows],
        "unknown_columns": table.unknown_columns,
        "encoding": table.encoding,
        "delimiter": table.delimiter,
    }


def table_of(kept: dict[str, Any]) -> Table:
    """Return what `table_as_json` was given."""
    return Table(
        headers=tuple(kept["headers"]),
        rows=[row_of(row) for row in kept["rows"]],
        unknown_columns=tuple(kept["unknown_columns"]),
        encoding=kept["encoding"],
        delimiter=kept["delimiter"],
    )


def row_as_json(row: Row) -> list[Any]:
    """Return a row as a JSON array, which `row_of` reads."""
    problems = [problem_as_json(problem) for problem in row.problems]
    return [row.number, row.cells, problems, row.is_right]


def row_of(kept: list[Any]) -> Row:
    """Return what `row_as_json` was given."""
    number, cells, problems, is_right = kept
    return Row(number, cells, tuple(problem_of(problem) for problem in problems), is_right)


def problem_as_json(problem: Problem) -> list[Any]:
    """Return a problem as a JSON array, which `problem_of` reads."""
    return [problem.column, problem.code, problem.value, problem.hints]


def problem_of(kept: list[Any]) -> Problem:
    """Return what `problem_as_json` was given."""
    column, code, value, hints = kept
    return Problem(column, code, value, tuple(hints))
