"""The tables of the report in the page's language: the same on the page and in its files.

Each table has a line for every delegation, category, gate, hour or reason, and one for all of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from checkin.domain.board.figures import Arrivals, Attendance, Figures
from checkin.domain.scanning.messages import refusal_message
from checkin.services.board.all_days import AllDays
from checkin.services.board.board import Board
from checkin.services.board.live_counts import DayCount
from checkin.services.board.report import Report
from checkin.web.board.days import day_name
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
        for name, counts in (*self.lines, (_("Total"), self.total)):
            yield dict(zip(self.columns, (name, *counts), strict=True))


def report_tables(report: Report, board: Board, timezone: str, language: str) -> list[Table]:
    """Return the tables of a report; those of days and categories are left out where not needed."""
    tables = [
        *([_by_day(board.counts.days, timezone)] if len(board.counts.days) > 1 else []),
        _by_delegation(report, board.counts.figures),
        _by_category(report),
        _by_gate(report, board.counts.refused),
        _by_hour(report, timezone),
        _refusals(board, language),
    ]
    return [table for table in tables if table.lines or table.id != "categories"]


def all_days_tables(all_days: AllDays, timezone: str) -> list[Table]:
    """Return the tables of all days of an event: by day, delegation and gate.

    Where a purge has erased who came, they have arrivals and no people.
    """
    return [
        _by_day(all_days.days, timezone),
        _attendance_by_delegation(all_days),
        _attendance_by_gate(all_days),
    ]


def _by_day(days: Sequence[DayCount], timezone: str) -> Table:
    return Table(
        "days",
        _("By day"),
        (_("Day"), _("Arrived"), _("Refused")),
        tuple((day_name(one, timezone), (one.arrived, one.refused)) for one in days),
        (sum(one.arrived for one in days), sum(one.refused for one in days)),
    )


def _attendance_by_delegation(of: AllDays) -> Table:
    people = () if of.whole.people is None else (_("People"), _("Not here yet"))

    def counts(one: Attendance) -> tuple[int, ...]:
        came = () if one.people is None else (one.people.all, one.missing)
        return (one.registered, *came, *one.by_day, one.arrivals)

    return Table(
        "delegations",
        _("By delegation"),
        (_("Delegation"), _("Registered"), *people, *_day_columns(of)),
        tuple((_name(one), counts(attendance)) for one, attendance in of.delegations),
        counts(of.whole),
    )


def _attendance_by_gate(of: AllDays) -> Table:
    people = () if of.whole.people is None else (_("People, by their first arrival"),)

    def counts(one: Attendance) -> tuple[int, ...]:
        came = () if one.people is None else (one.people.all,)
        return (*came, *one.by_day, one.arrivals)

    return Table(
        "gates",
        _("By gate"),
        (_("Gate"), *people, *_day_columns(of)),
        tuple((gate.name, counts(attendance)) for gate, attendance in of.gates),
        counts(of.whole),
    )


def _day_columns(of: AllDays) -> tuple[str, ...]:
    """Return the headings of the arrivals of each day, and of all days together."""
    return (*(_("Day %(number)s", number=day.number) for day in of.days), _("Arrivals, one a day"))


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
