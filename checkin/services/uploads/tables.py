"""Read uploaded tables in a process of its own: lists of participants, and sheets of quotas."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from checkin.domain.people.quotas import MAX_DELEGATIONS, QuotaRow, quota_column, quota_columns
from checkin.domain.people.unreadable import UnreadableFile
from checkin.services.spreadsheets.limits import MAX_ROWS
from checkin.services.spreadsheets.reading import Table, read_sheet, read_table
from checkin.services.spreadsheets.table_json import table_as_json, table_of
from checkin.services.uploads.contained import Limits, ReaderEnded, TookTooMuch, contained

#: 200,000 rows as CSV (32 MB) take 6 s and 400 MB, 60,000 as a workbook 5 s and as much
_OF_A_LIST = Limits(cpu_s=60, memory_mb=1536, wall_s=900)
#: a form waits for it: 300 rows take a tenth of a second
_OF_A_SHEET = Limits(cpu_s=4, memory_mb=512, wall_s=60)


def read_list(
    content: bytes, filename: str, *, delegation_required: bool, most_rows: int = MAX_ROWS
) -> Table:
    """Read a list of participants; see `read_table`.

    Raises:
        UnreadableFile: with a reason, which `checkin.words.unreadable` says in a language.
    """
    options = (filename, delegation_required, most_rows)
    return table_of(_read(_list_as_json, content, *options, limits=_OF_A_LIST))


def read_quota_sheet(content: bytes, filename: str) -> list[QuotaRow]:
    """Read a sheet of delegations with their quotas, CSV or XLSX.

    Raises:
        UnreadableFile: with a reason, which `checkin.words.unreadable` says in a language.
    """
    rows = _read(_quotas_as_json, content, filename, limits=_OF_A_SHEET)
    return [QuotaRow(number, cells) for number, cells in rows]


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
    content: bytes, filename: str, delegation_required: bool, most_rows: int
) -> dict[str, Any]:
    return _or_refused(
        lambda: table_as_json(
            read_table(
                content, filename, delegation_required=delegation_required, most_rows=most_rows
            )
        )
    )


def _quotas_as_json(content: bytes, filename: str) -> dict[str, Any]:
    return _or_refused(lambda: [[row.number, row.cells] for row in _quotas(content, filename)])


def _or_refused(read: Callable[[], Any]) -> dict[str, Any]:
    try:
        return {"table": read()}
    except UnreadableFile as fault:
        return {"refused": [fault.reason, *fault.facts]}


def _quotas(content: bytes, filename: str) -> list[QuotaRow]:
    sheet = read_sheet(content, filename, named=quota_column)
    _, headings = next(sheet.rows)
    columns = quota_columns([" ".join(heading.split()) for heading in headings])
    rows = []
    for number, cells in sheet.rows:
        found = {columns[at]: cell for at, cell in enumerate(cells) if at in columns and cell}
        if found:
            rows.append(QuotaRow(number, found))
        if len(rows) > MAX_DELEGATIONS:
            raise UnreadableFile("too_many_rows", MAX_DELEGATIONS)
    return rows
