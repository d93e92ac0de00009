"""README's commands run as they are written, after the demo and in a home of their own."""

from __future__ import annotations

import re
import shlex
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.services.spreadsheets.workbooks import workbook
from tests.support.server_process import ROOT

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


def test_several_events_are_named_to_choose_from(demo: Run, monkeypatch) -> None:
    event = ("--name", "Congrès", "--venue", "Rabat", "--starts", "2026-12-05 15:00")
    demo("event", "add", "congres", *event)

    asked = demo("delegation", "add", "Tiflet", 10)
    chosen = demo("delegation", "add", "Tiflet", 10, "--event", "congres")
    monkeypatch.setenv("CHECKIN_EVENT", "congres")
    set_once = demo("delegation", "quota", "Tiflet", 20)

    assert asked.err.startswith("error: there are several events: add --event and one of ")
    assert {"congres", "rabat-2025"} <= set(re.findall(r"[a-z0-9-]+", asked.err))
    assert [chosen.out, set_once.code] == ["Tiflet: 10 places\n", 0]
