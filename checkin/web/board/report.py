"""The report of an event: a page to print, and the same tables as XLSX and CSV."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence

from flask import Response
from flask_babel import gettext as _

from checkin.errors import NotFound
from checkin.services.board.board import Board, CountsByMinute, board_now
from checkin.services.board.report import report_of
from checkin.services.people.buses import bus_counts
from checkin.services.scanning.overrides import overrides_of
from checkin.services.spreadsheets.writing import BinaryFile, Sheet, write_csv, write_workbook
from checkin.web.board.days import asked_day, day_name
from checkin.web.board.report_tables import Table, all_columns, report_tables
from checkin.web.board.words import board_words
from checkin.web.site.languages import list_separator, text_direction
from checkin.web.site.permissions import may_use
from checkin.web.site.visits import COUNTS, Answer, EventVisit, pages, visited_by

bp = pages(__name__)


@bp.get("/events/<slug>/board/report")
@visited_by(COUNTS)
def show(visit: EventVisit) -> Answer:
    """Show the report of a day, as a page to print; organisers see whom overrides let in."""
    board, tables = _report(visit)
    may_see = may_use(visit.operator, "overrides.index")
    return visit.show(
        "board/board_report.html",
        now=visit.now,
        board=board,
        counts=board.counts,
        tables=tables,
        days=[(day.number, day_name(day, visit.event.timezone)) for day in board.counts.days],
        words=board_words(visit.language),
        overrides=overrides_of(visit.session, visit.event.id) if may_see else (),
        buses=bus_counts(visit.session, visit.event.id, day=board.counts.day),
    )


@bp.get("/events/<slug>/board/report.<form>")
@visited_by(COUNTS)
def file(visit: EventVisit, form: str) -> Answer:
    """Return the tables of the report as a file: `xlsx`, or `csv`."""
    if form not in _FORMS:
        raise NotFound("the report is an XLSX or a CSV file")
    mime, write = _FORMS[form]
    content = io.BytesIO()
    write(content, _report(visit)[1])
    response = Response(content.getvalue(), content_type=mime)
    name = f"report-{visit.event.slug}.{form}"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _report(visit: EventVisit) -> tuple[Board, list[Table]]:
    """Read the board and the report at one moment: counts that a server keeps may be older."""
    event = visit.event
    with visit.server.database.snapshot() as session:
        board = board_now(session, event.id, CountsByMinute(), visit.now, asked_day(visit))
        report = report_of(session, board.counts)
    return board, report_tables(report, board, event.timezone, visit.language)


def _write_xlsx(file: BinaryFile, tables: Sequence[Table]) -> None:
    sheets = [Sheet(table.title, table.columns, table.rows()) for table in tables]
    write_workbook(file, sheets, right_to_left=text_direction() == "rtl")


def _write_csv(file: BinaryFile, tables: Sequence[Table]) -> None:
    """Write all tables as one, whose first column says which of them a row belongs to."""
    columns = (_("Table"), _("Name"), *all_columns(tables))
    rows = (
        {columns[0]: table.title, columns[1]: row[table.columns[0]]}
        | {name: row[name] for name in table.columns[1:]}
        for table in tables
        for row in table.rows()
    )
    write_csv(file, columns, rows, list_separator())


_FORMS: dict[str, tuple[str, Callable[[BinaryFile, Sequence[Table]], None]]] = {
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", _write_xlsx),
    "csv": ("text/csv; charset=utf-8", _write_csv),
}
