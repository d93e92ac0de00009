"""Files as people upload them: read as they always were, and the hostile ones refused."""

from __future__ import annotations

import resource
from pathlib import Path

import pytest

from badges.look import LookError, LookProblem
from checkin.domain.mail.bounces import read_bounce
from checkin.domain.people.importing.unreadable import UnreadableFile
from checkin.domain.people.quotas import QuotaRow
from checkin.services.spreadsheets.reading import read_table
from checkin.services.uploads import bounces, logos, tables
from checkin.services.uploads.bounces import read_report
from checkin.services.uploads.contained import Limits
from checkin.services.uploads.logos import read_logo
from checkin.services.uploads.tables import read_list, read_quota_sheet
from tests.badges.test_designs import LOGO
from tests.badges.test_look import a_png
from tests.services.spreadsheets.workbooks import sheet_with

REPORTS = Path(__file__).parents[2] / "domain" / "mail" / "bounces"
EMPTY_CELLS = b"<row>" + b"<c/>" * 50 + b"</row>"


_MASKED = '<rect width="9" height="9" fill="#fff" mask="url(#m{})"/>'
MASKS = (
    "".join(f'<mask id="m{at}">{_MASKED.format(at + 1) * 10}</mask>' for at in range(20))
    + f'<mask id="m20"><rect width="9" height="9" fill="#fff"/></mask>{_MASKED.format(0)}'
)


def empty_cells(rows: int) -> bytes:
    return sheet_with(b"<row><c><v>Nom</v></c></row>" + EMPTY_CELLS * rows)


def seconds_of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def test_a_list_is_read_as_in_this_process():
    content = "Nom;Province;Âge;x\nOmar;Rabat;4;\nZoë;Salé;;;y\n".encode()

    read = read_list(content, "liste.csv", delegation_required=True)

    assert read == read_table(content, "liste.csv")


def test_a_list_that_cannot_be_read_is_refused_for_the_same_reason():
    with pytest.raises(UnreadableFile) as refused:
        read_list(b"Nom\nA\nB\n", "x", delegation_required=False, most_rows=1)

    assert (refused.value.reason, refused.value.facts) == ("too_many_rows", ("1",))


def test_a_sheet_of_quotas_is_read():
    rows, proposed = read_quota_sheet("Délégation;Places\nRabat;12\n".encode(), "x")

    assert rows == [QuotaRow(2, {"name": "Rabat", "quota": "12"})]
    assert proposed == {}


@pytest.mark.parametrize("total", ["TOTAL", "Total général :", "المجموع", "Somme"])
def test_the_sum_of_a_sheet_of_quotas_is_proposed_to_be_left_out(total):
    sheet = f"Délégation;Places\nRabat;12\nSalé;2488\n{total};2500\n"

    rows, proposed = read_quota_sheet(sheet.encode(), "x")

    assert len(rows) == 3
    assert proposed == {4: "sum"}


def test_a_sheet_of_millions_of_empty_cells_is_refused_within_its_seconds(monkeypatch):
    monkeypatch.setattr(tables, "_OF_A_SHEET", Limits(cpu_s=1, memory_mb=512, wall_s=99))
    bomb, before = empty_cells(50_000), seconds_of_children()

    with pytest.raises(UnreadableFile) as refused:
        read_quota_sheet(bomb, "bomb.xlsx")

    assert refused.value.reason == "takes_too_much"
    assert seconds_of_children() - before < 3


def test_a_list_for_which_memory_is_not_enough_is_refused(monkeypatch):
    monkeypatch.setattr(tables, "_OF_A_LIST", Limits(cpu_s=9, memory_mb=90, wall_s=99))

    with pytest.raises(UnreadableFile) as refused:
        read_list(b"Nom\n" + b"Omar Tazi\n" * 199_000, "x", delegation_required=False)

    assert refused.value.reason == "takes_too_much"


def test_a_fault_of_the_reader_is_a_refusal_too():
    with pytest.raises(UnreadableFile) as refused:
        tables._read(tables._list_as_json, b"Nom\n", "an option too few", limits=tables._OF_A_LIST)

    assert refused.value.reason == "unreadable"


@pytest.mark.parametrize("content", [LOGO, a_png((20, 20))], ids=["svg", "png"])
def test_of_a_logo_its_picture_is_kept(content):
    assert read_logo(content).startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("inside", "limits", "problem"),
    [
        ('<filter id="f"/>', None, LookProblem.NOT_PLAIN),
        ("<g>", None, LookProblem.BROKEN),
        (
            MASKS,
            Limits(cpu_s=1, memory_mb=768, wall_s=99),
            LookProblem.TAKES_TOO_MUCH,
        ),
    ],
    ids=["a filter", "no end", "ten masks in each of ten masks, and so on"],
)
def test_a_hostile_logo_is_refused(monkeypatch, inside, limits, problem):
    if limits:
        monkeypatch.setattr(logos, "_LIMITS", limits)
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9">{inside}</svg>'

    with pytest.raises(LookError) as refused:
        read_logo(svg.encode())

    assert refused.value.problem == problem


def test_a_report_is_read_as_in_this_process():
    raw = (REPORTS / "postfix.eml").read_bytes()

    assert read_report(raw) == read_bounce(raw)
    assert read_report(b"a letter") is None


def test_a_message_that_takes_too_much_is_no_report(monkeypatch, caplog):
    monkeypatch.setattr(bounces, "_LIMITS", Limits(cpu_s=1, memory_mb=80, wall_s=60))
    raw = (REPORTS / "postfix.eml").read_bytes() + b"x" * 50_000_000

    assert read_report(raw) is None
    assert "a message of 50" in caplog.text
