"""README's commands run as they are written, after the demo and in a home of their own."""

from __future__ import annotations

import re
import shlex
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from sqlalchemy import select

from checkin.cli import office
from checkin.db.models import Category, Device
from checkin.settings import load_settings, open_database
from tests.cli.conftest import Run
from tests.services.spreadsheets.workbooks import workbook
from tests.support.servers.server_process import ROOT

PEOPLE = workbook(
    ["Nom", "Délégation", "Catégorie", "E-mail"],
    ["Amina Alaoui", "Khémisset", "Élu", "amina@example.org"],
    ["Youssef Benali", "Khémisset", "Militant", "youssef@example.org"],
)


def lines_of(heading: str) -> list[list[str]]:
    """Return the words of each line of the commands below a heading of README."""
    text = (ROOT / "README.md").read_text().partition(f"\n## {heading}\n")[2]
    block = re.search(r"```sh\n(.*?)```", text, re.DOTALL)
    assert block, heading
    whole = block[1].replace("\\\n", " ")
    return [words for line in whole.splitlines() if (words := shlex.split(line, comments=True))]


@pytest.fixture
def typed(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Type what stands below a heading, but for what never ends; return what was printed."""
    (tmp_path / "people.xlsx").write_bytes(PEOPLE)
    monkeypatch.delenv("CHECKIN_BASE_URL", raising=False)  # README sets the address itself
    monkeypatch.setenv("CHECKIN_MAIL_FROM", "Marhaba <marhaba@example.org>")

    def type_all(heading: str) -> str:
        printed = []
        for program, *words in lines_of(heading):
            if program == "export":
                monkeypatch.setenv(*words[0].split("=", 1))
                continue
            arguments = words[words.index("checkin") + 1 :] if "checkin" in words else words
            if arguments[0] == "run":
                continue
            ran = run(*arguments)
            assert ran.code == 0, (arguments, ran.err)
            printed.append(ran.out)
        return "".join(printed)

    return type_all


@pytest.mark.parametrize("before", ["nothing", "the demo"])
def test_a_real_event_is_set_up_as_readme_says(before, typed, run: Run, tmp_path: Path) -> None:
    if before == "the demo":
        run("init")
        run("demo", "--participants", 60)

    printed = typed("A real event")

    assert "event congres created" in printed
    assert "Khémisset: 1000 places" in printed
    sent = [
        message_from_bytes(p.read_bytes(), policy=policy.default)
        for p in mails(tmp_path / "congres")
    ]
    assert {message["To"].addresses[0].addr_spec for message in sent} == {
        "amina@example.org",
        "youssef@example.org",
    }


def mails(home: Path) -> list[Path]:
    return list((home / "outbox").glob("*.eml"))


@pytest.fixture
def two(demo: Run) -> Run:
    """The demo's home, to which another event was added."""
    event = ("--name", "Congrès", "--venue", "Rabat", "--starts", "2026-12-05 15:00")
    added = demo("event", "add", "congres", *event)
    assert "delegation add NAME QUOTA --event congres" in added.out
    return demo


def test_several_events_are_named_to_choose_from(two: Run, monkeypatch) -> None:
    asked = two("delegation", "add", "Tiflet", 10)
    chosen = two("delegation", "add", "Tiflet", 10, "--event", "congres")
    monkeypatch.setenv("CHECKIN_EVENT", "congres")
    set_once = two("delegation", "quota", "Tiflet", 20)

    assert asked.err.startswith("error: there are several events: add --event and one of ")
    assert {"congres", "rabat-2025"} <= set(re.findall(r"[a-z0-9-]+", asked.err))
    assert [chosen.out, set_once.code] == ["Tiflet: 10 places\n", 0]
    assert chosen.err == set_once.err == "event congres: Congrès, 2026-12-05\n"


def test_at_a_terminal_one_is_asked_which_event_is_meant(two: Run, monkeypatch) -> None:
    monkeypatch.setattr(office, "is_at_terminal", lambda: True)
    monkeypatch.setattr("click.prompt", lambda *_args, **_more: 2)

    typed = two("device", "pair", "--gate", "Porte 1", "--json")

    assert typed.code == 0
    assert "  2  congres: Congrès, 2026-12-05\n" in typed.err
    assert "\nevent congres: Congrès, 2026-12-05\n" in typed.err


def test_where_there_is_one_event_no_command_speaks_of_it(demo: Run) -> None:
    assert demo("delegation", "add", "Tiflet", 10).err == ""


def test_an_event_of_ones_own_never_bears_the_demos_name(run: Run) -> None:
    run("init")

    event = ("--name", "Congrès", "--venue", "Rabat", "--starts", "2026-12-05 15:00")
    refused = run("event", "add", "rabat-2025", *event)

    assert (refused.code, "the demo's name" in refused.err) == (1, True)


def test_categories_added_by_a_command_look_different(run: Run) -> None:
    run("init")
    event = ("--name", "Congrès", "--venue", "Rabat", "--starts", "2026-12-05 15:00")
    run("event", "add", "congres", *event, "--category", "Élu", "--category", "Militant")

    database = open_database(load_settings())
    with database.read() as session:
        looks = session.execute(select(Category.colour, Category.shape)).all()
    database.dispose()
    assert len({colour for colour, _ in looks}) == len({shape for _, shape in looks}) == 2


def test_two_scanners_of_one_command_are_told_apart(demo: Run) -> None:
    for _ in range(2):
        demo("device", "add", "--gate", "Porte 1")

    database = open_database(load_settings())
    with database.read() as session:
        names = session.scalars(select(Device.name).order_by(Device.id)).all()
    database.dispose()
    assert names == ["scanner", "scanner 2"]
