"""Replacing, revoking, printing badges from the command line, and how they look."""

from __future__ import annotations

import io
import json
import stat
from pathlib import Path

import pypdfium2
import pytest
from sqlalchemy import update

from checkin.db.models import Participant
from checkin.settings import load_settings, open_database
from tests.badges.test_designs import LOGO
from tests.cli.conftest import Run
from tests.cli.test_badge_commands import codes_on_pages
from tests.cli.test_setting_up import codes_of
from tests.support.factories import write


def code_of(run: Run, participant_id: int) -> str:
    [code] = [
        line["code"] for line in codes_of(run) if line["participant_id"] == str(participant_id)
    ]
    return code


def test_a_reissue_changes_the_code_and_says_where_the_new_badge_is(demo: Run) -> None:
    old = code_of(demo, 1)

    told = json.loads(demo("badges", "reissue", 1, "--reason", "perdu", "--json").out)

    assert told["issue"] == 2
    assert told["page"].startswith("http://marhaba.example.org/b/")
    assert code_of(demo, 1) != old


def answering(patch: pytest.MonkeyPatch, answer: str) -> None:
    """Sit at a terminal, and answer what it asks."""
    patch.setattr("checkin.cli.telling.is_at_terminal", lambda: True)
    patch.setattr("sys.stdin", io.StringIO(f"{answer}\n"))


@pytest.mark.parametrize(("answer", "told"), [("y", True), ("n", False)])
def test_a_terminal_says_how_many_a_reissue_would_tell_and_asks(
    demo: Run, monkeypatch: pytest.MonkeyPatch, answer: str, told: bool
) -> None:
    answering(monkeypatch, answer)

    ran = demo("badges", "reissue", 1, "--reason", "perdu", "--json")

    done = json.loads(ran.out)
    assert (done["issue"], done["told"]) == (2, told)  # asking has left nothing behind
    assert ran.err.startswith("People who would be told by a message: 1\nTell them [y/n]: ")


def test_a_question_that_is_broken_off_changes_nothing(
    demo: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = code_of(demo, 1)
    answering(monkeypatch, "")  # and nothing more can be read

    assert demo("badges", "reissue", 1, "--reason", "perdu").code == 1
    assert code_of(demo, 1) == old


@pytest.mark.parametrize(
    ("options", "told"), [((), True), (("--tell",), True), (("--no-tell",), False)]
)
def test_a_script_says_whether_a_reissue_tells_and_is_not_asked(
    demo: Run, options: tuple[str, ...], told: bool
) -> None:
    ran = demo("badges", "reissue", 1, "--reason", "perdu", "--json", *options)

    assert (json.loads(ran.out)["told"], ran.err) == (told, "")


def test_of_who_has_no_address_nothing_is_asked(demo: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    database = open_database(load_settings())
    write(database, lambda s: s.execute(update(Participant).values(no_mail=True)))
    database.dispose()
    answering(monkeypatch, "")

    ran = demo("badges", "reissue", 1, "--reason", "perdu")

    assert (ran.code, ran.err) == (0, "")
    assert "no message: hand the badge over" in ran.out


def test_revoking_takes_the_code_away(demo: Run) -> None:
    first = demo("badges", "revoke", 1, "--reason", "volé")
    second = demo("badges", "revoke", 1, "--reason", "volé")

    assert (first.out, second.out) == (
        "no. 1: the badge is revoked\n",
        "no. 1: no badge works: no change\n",
    )
    assert "1" not in {line["participant_id"] for line in codes_of(demo)}


def test_nobody_of_that_number_is_one_line(demo: Run) -> None:
    ran = demo("badges", "reissue", 9999, "--reason", "perdu")

    assert (ran.code, ran.err) == (1, "error: no participant has the number 9999\n")


def test_printing_hands_the_badge_to_the_printer_and_counts_copies(
    demo: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "lp"
    program.write_text(f'#!/bin/sh\necho "$@" >{tmp_path}/asked\n/bin/cat >{tmp_path}/out.pdf\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))

    first = demo("badges", "print", 1, "--copies", 2, "--printer", "porte-1")
    second = demo("badges", "print", 1, "--design", "a6")

    assert (first.out, second.out) == (
        "no. 1: 2 printed now, 2 in all\n",
        "no. 1: 1 printed now, 3 in all\n",
    )
    assert codes_on_pages(tmp_path / "out.pdf") == {code_of(demo, 1)}


@pytest.mark.parametrize("opens", ["nothing", "a viewer that fails"])
def test_without_a_printer_and_a_viewer_nothing_is_printed_and_one_sentence_says_so(
    opens: str, demo: Run, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if opens != "nothing":
        viewer = tmp_path / "xdg-open"
        viewer.write_text("#!/bin/sh\necho no method available >&2; exit 3\n")
        viewer.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))

    ran = demo("badges", "print", 1)

    file = home / "badges" / "badge-1.pdf"
    told = f"error: there is no printer here, and nothing that opens {file}: print that file "
    assert (ran.code, ran.out, len(ran.err.splitlines())) == (1, "", 1)
    assert ran.err.startswith(told)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


@pytest.mark.parametrize(("design", "per_page"), [("sheet", 8), ("a6", 4), ("card", 10)])
def test_sheets_come_in_three_designs_with_a_cover(
    demo: Run, home: Path, design: str, per_page: int
) -> None:
    ran = demo("badges", "pdf", "--delegation", "Khémisset", "--design", design)

    file = home / "badges" / "badges-khemisset.pdf"
    confirmed = {
        line["code"]
        for line in codes_of(demo)
        if line["status"] == "confirmed" and line["delegation"] == "Khémisset"
    }
    document = pypdfium2.PdfDocument(file)
    try:
        count = len(document)
    finally:
        document.close()
    assert ran.code == 0
    assert codes_on_pages(file) == confirmed
    assert count == 1 - (-len(confirmed) // per_page)


def test_a_logo_and_a_colour_are_kept_or_refused_with_the_reason(demo: Run, tmp_path: Path) -> None:
    logo = tmp_path / "logo.svg"
    logo.write_bytes(LOGO)
    bad = tmp_path / "bad.svg"
    bad.write_bytes(b"<svg><script/></svg>")

    kept = demo("badges", "look", "--logo", logo, "--colour", "#a3262a")
    refused = demo("badges", "look", "--logo", bad)
    pale = demo("badges", "look", "--colour", "#f2b705")

    assert (kept.code, refused.code, pale.code) == (0, 1, 1)
    assert "which a drawing does not need" in refused.err
    assert "choose a darker colour" in pale.err


def test_a_purge_erases_prints_and_opened_badges(
    demo: Run, home: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    viewer = tmp_path / "xdg-open"
    viewer.write_text("#!/bin/sh\n")
    viewer.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))  # no printer there, only what opens a PDF
    printed = demo("badges", "print", 1)
    assert printed.out.splitlines()[1:] == ["no. 1: 1 printed now, 1 in all"]
    demo("badges", "reissue", 1, "--reason", "perdu")
    opened = home / "badges" / "badge-1.pdf"
    assert opened.exists()

    receipt = json.loads(demo("purge", "--yes", "--early", "--json").out)

    assert (receipt["rows"]["badge_print"], receipt["rows"]["badge"]) == (1, 61)
    assert not opened.exists()
