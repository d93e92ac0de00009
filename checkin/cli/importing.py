"""Import participants from a spreadsheet."""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

import click

from checkin.cli.office import Office, event_option, in_office, json_option, now, say, say_json
from checkin.db.models import Category, Delegation, Event
from checkin.domain.common.mail_domains import LIKELY_MISTYPED
from checkin.domain.people.corrections import Corrections, correct
from checkin.domain.people.importing.importing import Action
from checkin.domain.people.importing.unreadable import UnreadableFile
from checkin.services.events.events import category_id_named, delegation_named
from checkin.services.people.importing.import_plans import ImportPlan, plan_table
from checkin.services.people.importing.import_standing import ImportStanding
from checkin.services.people.importing.importing import Importing, import_list
from checkin.services.spreadsheets.reading import Table, file_bytes
from checkin.services.uploads.tables import read_list
from checkin.words.catalogues import msgid, translated
from checkin.words.languages import LANGUAGES
from checkin.words.problems import column_name, printed_notes, row_sentences
from checkin.words.unreadable import unreadable_sentence

_COUNTED = {
    Action.ADD: msgid("added"),
    Action.CHANGE: msgid("changed"),
    Action.SKIP: msgid("skipped"),
    Action.REFUSE: msgid("refused"),
}
#: in English, as all that is said besides the report
_ASKS = "some are on a reserve list or moved: the page Messages asks whether to tell them"
_NOTHING_WRITTEN = msgid("Dry run: nothing was written.")
_ROWS_LEFT_OUT = msgid("Rows that are left out, because they are hidden, totals or notes:")
_OTHER_SHEETS = msgid("Other sheets of the file, which are not read:")
_RIGHT_IF_SAID = msgid("If a doubtful row is right as it is, say so: {options}")
_NO_SUCH_ROW = msgid(
    "Rows of {option} that the file does not have, or that are left out: {rows}. "
    "Nothing was written."
)
_RIGHT = "--right"
_LEFT_OUT = msgid("Columns that are left out, for we do not know them:")


@click.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="only show what would be done")
@click.option("--delegation", "delegation_name", metavar="NAME", help="for rows that name none")
@click.option("--category", "category_name", metavar="NAME", help="of new people without one")
@click.option("--sheet", default="", metavar="NAME", help="of a workbook; the first visible one")
@click.option(
    _RIGHT, "right", type=int, multiple=True, metavar="ROW", help="is doubtful, and right as it is"
)
@click.option("--language", type=click.Choice(list(LANGUAGES)), help="of the report")
@event_option
@json_option
@in_office
def import_file(
    office: Office,
    file: Path,
    dry_run: bool,
    delegation_name: str | None,
    category_name: str | None,
    sheet: str,
    right: tuple[int, ...],
    language: str | None,
    event_slug: str | None,
    as_json: bool,
) -> None:
    """Register the people of a CSV or XLSX file. Doing it twice adds nobody.

    They are registered in batches: where it was interrupted, the same command does the rest.
    Exits with 1 when the file cannot be read, or lacks a row that --right names, and with 2 when
    some rows were refused.
    """
    language = language or office.settings.language
    event = office.event(event_slug)
    office.keys  # noqa: B018 - a wrong one is told before the file is read
    delegation = _delegation(office, event, delegation_name)
    table = _confirmed(_table(file, language, delegation, sheet), right, language)
    table = replace(table, default_category=_category(office, event, category_name))
    plan = (_planned if dry_run else _registered)(office, Importing(event, table, delegation))
    _report(plan, table, language, dry_run=dry_run, as_json=as_json)
    if plan.counts["refuse"]:
        sys.exit(2)


def _delegation(office: Office, event: Event, name: str | None) -> Delegation | None:
    if name is None:
        return None
    with office.database.read() as session:
        return delegation_named(session, event, name)


def _category(office: Office, event: Event, name: str | None) -> str:
    if name is None:
        return ""
    with office.database.read() as session:
        return session.get_one(Category, category_id_named(session, event, name)).name


def _table(file: Path, language: str, delegation: Delegation | None, sheet: str) -> Table:
    required = delegation is None
    try:
        return read_list(file_bytes(file), file.name, delegation_required=required, sheet=sheet)
    except UnreadableFile as fault:
        click.echo(unreadable_sentence(fault, language), err=True)
        sys.exit(1)


def _confirmed(table: Table, right: Collection[int], language: str) -> Table:
    """Return the table in which doubtful rows are right, as the box on the page says it."""
    if missing := sorted(set(right) - {row.number for row in table.rows}):
        sentence = translated("import", language, _NO_SUCH_ROW)
        rows = ", ".join(str(number) for number in missing)
        click.echo(sentence.format(option=_RIGHT, rows=rows), err=True)
        sys.exit(1)
    return replace(table, rows=correct(table.rows, Corrections(right=right)))


def _planned(office: Office, importing: Importing) -> ImportPlan:
    with _progress(importing) as advance, office.database.read() as session:
        return plan_table(
            session,
            importing.event,
            importing.table,
            now=now(),
            delegation=importing.delegation,
            progress=lambda done, _total: advance(done),
        )


def _registered(office: Office, importing: Importing) -> ImportPlan:
    asks = False

    def record(_session: object, standing: ImportStanding) -> None:
        nonlocal asks
        asks = standing.announcement_id is not None
        advance(standing.done)

    with _progress(importing) as advance:
        plan = import_list(office.database, importing, office.keys, now, record=record)
    if asks:
        click.echo(_ASKS, err=True)
    return plan


@contextmanager
def _progress(importing: Importing) -> Iterator[Callable[[int], None]]:
    length = len(importing.table.rows)
    with click.progressbar(length=length, show_pos=True, file=sys.stderr) as bar:
        yield lambda done: bar.update(done - bar.pos)


def _report(plan: ImportPlan, table: Table, language: str, *, dry_run: bool, as_json: bool) -> None:
    word = partial(translated, "import", language)
    if as_json:
        say_json(_body(plan, table, language, dry_run=dry_run))
        return
    if table.unknown_columns:
        say(f"{word(_LEFT_OUT)} {' · '.join(table.unknown_columns)}")
    if table.left_out:
        numbers = ", ".join(str(one.number) for one in table.left_out)
        say(f"{word(_ROWS_LEFT_OUT)} {numbers}")
    if table.other_sheets:
        say(f"{word(_OTHER_SHEETS)} {' · '.join(table.other_sheets)}")
    for row in plan.rows:
        if row.action != Action.ADD:
            for sentence in row_sentences(row, language):
                say(sentence)
    for note in _notes(table, language):
        say(note)
    if doubtful := _doubtful(plan, table):
        options = " ".join(f"{_RIGHT} {number}" for number in doubtful)
        say(word(_RIGHT_IF_SAID).format(options=options))
    counts = plan.counts.items()
    say(" · ".join(f"{word(_COUNTED[Action(action)])} {count}" for action, count in counts))
    if dry_run:
        say(word(_NOTHING_WRITTEN))


def _body(plan: ImportPlan, table: Table, language: str, *, dry_run: bool) -> dict[str, object]:
    return {
        "dry_run": dry_run,
        "counts": plan.counts,
        "unknown_columns": table.unknown_columns,
        "left_out": [
            {"row": one.number, "reason": one.reason, "text": one.text} for one in table.left_out
        ],
        "other_sheets": table.other_sheets,
        "rows": [
            {
                "row": row.row_number,
                "action": row.action,
                "why": row_sentences(row, language),
                "changes": row.changes if row.action == Action.CHANGE else {},
            }
            for row in plan.rows
            if row.action != Action.ADD
        ],
        "doubtful": _doubtful(plan, table),
        "notes": _notes(table, language),
    }


def _doubtful(plan: ImportPlan, table: Table) -> list[int]:
    """Return the numbers of refused rows that a person may say are right as they are."""
    as_read = {row.number for row in table.rows if row.problems}
    return [
        row.row_number
        for row in plan.rows
        if row.action == Action.REFUSE
        and (row.row_number in as_read or any(one.code == LIKELY_MISTYPED for one in row.why))
    ]


def _notes(table: Table, language: str) -> list[str]:
    """Return what is told of rows beside their outcome: how a name is printed."""
    row_name = column_name("row", language)
    return [
        f"{row_name} {row.number} · {note}"
        for row in table.rows
        for note in printed_notes(row.cells, language)
    ]
