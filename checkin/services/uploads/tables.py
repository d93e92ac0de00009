"""Read uploaded tables in a process of its own: lists of participants, and sheets of quotas."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from checkin.domain.people.importing.extra_lines import extra_lines
from checkin.domain.people.importing.sheets import HIDDEN, SheetChoices, chosen_sheets
from checkin.domain.people.importing.unreadable import UnreadableFile
from checkin.domain.people.quotas import MAX_DELEGATIONS, QuotaRow, quota_column, quota_columns
from checkin.services.spreadsheets.limits import MAX_ROWS
from checkin.services.spreadsheets.reading import (
    Table,
    Workbook,
    read_table,
    read_workbook,
    refuse_too_long,
)
from checkin.services.spreadsheets.table_json import (
    table_as_json,
    table_of,
    workbook_as_json,
    workbook_of,
)
from checkin.services.uploads.contained import Limits, ReaderEnded, TookTooMuch, contained

#: 200,000 rows as CSV (32 MB) take 6 s and 400 MB, 60,000 as a workbook 5 s and as much
_OF_A_LIST = Limits(cpu_s=60, memory_mb=1536, wall_s=900)
#: a form waits for it: 300 rows take a tenth of a second
_OF_A_SHEET = Limits(cpu_s=4, memory_mb=512, wall_s=60)


def read_list(
    content: bytes,
    filename: str,
    *,
    delegation_required: bool,
    most_rows: int = MAX_ROWS,
    sheet: str = "",
) -> Table:
    """Read a list of participants as it is guessed; see `read_table`.

    Raises:
        UnreadableFile: with a reason, which `checkin.words.unreadable` says in a language.
    """
    options = (filename, delegation_required, most_rows, sheet)
    return table_of(_read(_list_as_json, content, *options, limits=_OF_A_LIST))


def read_sheets(content: bytes, filename: str, *, most_rows: int) -> Workbook:
    """Read the sheets of a list of participants as they were written; see `read_workbook`.

    Raises:
        UnreadableFile: with a reason, which `checkin.words.unreadable` says in a language.
    """
    options = (filename, most_rows)
    return workbook_of(_read(_sheets_as_json, content, *options, limits=_OF_A_LIST))


def read_quota_sheet(content: bytes, filename: str) -> tuple[list[QuotaRow], dict[int, str]]:
    """Read a sheet of delegations with their quotas, CSV or XLSX.

    Returns:
        Its rows, and why some are proposed to be left out, by number: `HIDDEN` or an `ExtraLine`.

    Raises:
        UnreadableFile: with a reason, which `checkin.words.unreadable` says in a language.
    """
    rows, proposed = _read(_quotas_as_json, content, filename, limits=_OF_A_SHEET)
    return [QuotaRow(number, cells) for number, cells in rows], dict(proposed)


def _read(
    work: Callable[..., dict[str, Any]], content: bytes, *options: object, limits: Limits
) -> Any:
    try:
        read = contained(work, content, *options, limits=limits)
    except TookTooMuch as fault:
        raise UnreadableFile("takes_too_much") from fault
    except ReaderEnded as fault:
        raise UnreadableFile("unreadable") from fault
    if "refused" in read:
        raise UnreadableFile(*read["refused"])
    return read["table"]


def _list_as_json(
    content: bytes, filename: str, delegation_required: bool, most_rows: int, sheet: str
) -> dict[str, Any]:
    return _or_refused(
        lambda: table_as_json(
            read_table(
                content,
                filename,
                delegation_required=delegation_required,
                most_rows=most_rows,
                sheet=sheet,
            )
        )
    )


def _sheets_as_json(content: bytes, filename: str, most_rows: int) -> dict[str, Any]:
    return _or_refused(
        lambda: workbook_as_json(read_workbook(content, filename, most_rows=most_rows))
    )


def _quotas_as_json(content: bytes, filename: str) -> dict[str, Any]:
    return _or_refused(lambda: _quotas(content, filename))


def _or_refused(read: Callable[[], Any]) -> dict[str, Any]:
    try:
        return {"table": read()}
    except UnreadableFile as fault:
        return {"refused": [fault.reason, *fault.facts]}


def _quotas(content: bytes, filename: str) -> list[list[Any]]:
    workbook = read_workbook(content, filename, named=quota_column, most_rows=MAX_DELEGATIONS)
    [at] = chosen_sheets(workbook.sheets, SheetChoices()) or [0]
    sheet = workbook.sheets[at]
    columns = quota_columns([" ".join(heading.split()) for heading in sheet.headings])
    refuse_too_long(sheet, MAX_DELEGATIONS)
    extra = extra_lines(sheet.headings, [row.cells for row in sheet.entries])
    rows, proposed = [], []
    for position, row in enumerate(sheet.entries):
        found = {columns[at]: cell for at, cell in enumerate(row.cells) if at in columns and cell}
        if not found:
            continue
        rows.append([row.number, found])
        if row.is_hidden or position in extra:
            proposed.append([row.number, HIDDEN if row.is_hidden else extra[position]])
    return [rows, proposed]
