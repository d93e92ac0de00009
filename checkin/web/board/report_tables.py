"""The tables of the report in the page's language: the same on the page and in its files.

Each table has a line for every delegation, category, gate, hour or reason, and one for all of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from checkin.domain.board.figures import Arrivals, Figures
from checkin.domain.scanning.messages import refusal_message
from checkin.services.board.board import Board
from checkin.services.board.report import Report
from checkin.web.site.languages import both_names, local_moment


@dataclass(frozen=True, slots=True)
class Table:
    """A table of counts.

    Attributes:
        id: its place on the page.
        columns: the headings; the first is that of the lines' names.
        lines: a name, and a count for each further column.
        total: the counts of all lines together.
    """

    id: str
    title: str
    columns: tuple[str, ...]
    lines: tuple[tuple[str, tuple[int, ...]], ...]
    total: tuple[int, ...]

    def rows(self) -> Iterable[Mapping[str, Any]]:
        """Return the lines and the total as rows by column, as files are written."""
        for name, counts in (*self.lines, (_("Together"), self.total)):
            yield dict(zip(self.columns, (name, *counts), strict=True))


def report_tables(report: Report, board: Board, timezone: str, language: str) -> list[Table]:
    """Return the tables of a report; the one of categories is left out where there are none."""
    tables = [
        _by_delegation(report, board.counts.figures),
        _by_category(report),
        _by_gate(report, board.counts.refused),
        _by_hour(report, timezone),
        _refusals(board, language),
    ]
    return [table for table in tables if table.lines or table.id != "categories"]


def _by_delegation(report: Report, figures: Figures) -> Table:
    return Table(
        "delegations",
        _("By delegation"),
        (_("Delegation"), _("Quota"), *_registered_columns(), *_arrival_columns()),
        tuple(
            (_name(one), (one.figures.quota, *_registered(one.figures), *_arrived(arrivals)))
            for one, arrivals in report.delegations
        ),
        (figures.quota, *_registered(figures), *_arrived(report.arrivals)),
    )


def _by_category(report: Report) -> Table:
    return Table(
        "categories",
        _("By category"),
        (_("Category"), *_registered_columns(), *_arrival_columns()),
        tuple(
            (_name(one), (*_registered(one), *_arrived(one.arrivals))) for one in report.categories
        ),
        (
            sum(one.registered for one in report.categories),
            sum(one.missing for one in report.categories),
            *_arrived(report.arrivals),
        ),
    )


def _by_gate(report: Report, refused: int) -> Table:
    return Table(
        "gates",
        _("By gate"),
        (_("Gate"), *_arrival_columns(), _("Refused")),
        tuple((gate.name, (*_arrived(found), gate.refused)) for gate, found in report.gates),
        (*_arrived(report.arrivals), refused),
    )


def _by_hour(report: Report, timezone: str) -> Table:
    return Table(
        "hours",
        _("By hour"),
        (_("Hour from"), *_arrival_columns()),
        tuple((local_moment(hour, timezone), _arrived(found)) for hour, found in report.hours),
        _arrived(report.arrivals),
    )


def _refusals(board: Board, language: str) -> Table:
    return Table(
        "refusals",
        _("Refused, by reason"),
        (_("Reason"), _("Scans")),
        tuple((refusal_message(reason, language), (n,)) for reason, n in board.refusals),
        (sum(n for _reason, n in board.refusals),),
    )


def _registered_columns() -> tuple[str, ...]:
    return (_("Registered"), _("Not here yet"))


def _registered(of: Any) -> tuple[int, int]:
    """Return the counts of those columns for `Figures` or a category."""
    return of.registered, of.missing


def _arrival_columns() -> tuple[str, ...]:
    return (
        _("Arrived"),
        _("of them registered"),
        _("of them on the reserve list"),
        _("of them canceled"),
        _("let in by a supervisor"),
        _("registered at a gate"),
    )


def _arrived(of: Arrivals) -> tuple[int, ...]:
    """Return the counts of those columns."""
    return of.all, of.registered, of.reserve, of.canceled, of.overrides, of.walk_ins


def _name(thing: object) -> str:
    first, other = both_names(thing)
    return f"{first} · {other}" if other else first


def all_columns(tables: Sequence[Table]) -> tuple[str, ...]:
    """Return the headings of all tables behind that of the name, each once."""
    return tuple(dict.fromkeys(name for table in tables for name in table.columns[1:]))
