"""The activity log: every act has words, each reader sees theirs, filters, and a spreadsheet."""

from __future__ import annotations

import ast
import csv
import io
import re
from pathlib import Path

import pytest

from checkin.db.models import LinkPurpose, Role, Sending
from checkin.services.common.activity import note
from checkin.services.people.buses import remove_bus
from checkin.web.accounts.activity_log import PAGE_SIZE
from checkin.web.accounts.activity_words import action_words, kind_words
from tests.support import factories
from tests.support.factories import NOW, minutes, write

CHECKIN = Path(__file__).parents[3] / "checkin"
_ACTION = re.compile(r"[a-z]+(\.[a-z_]*[a-z])+")


def strings_in(node: ast.AST) -> set[str]:
    return {
        one.value
        for one in ast.walk(node)
        if isinstance(one, ast.Constant)
        and isinstance(one.value, str)
        and _ACTION.fullmatch(one.value)
    }


def actions_in_the_source() -> set[str]:
    """What is given to a function called note, and to the modules' constants that are."""
    found = set()
    for path in CHECKIN.rglob("*.py"):
        tree = ast.parse(path.read_text("utf-8"))
        calls = [one for one in ast.walk(tree) if isinstance(one, ast.Call)]
        notes = [
            c
            for c in calls
            if getattr(c.func, "id", "")
            in ("note", "_note", "note_activity", "note_counts", "note_on")
        ]
        kinds = [c for c in calls if getattr(c.func, "id", "") == "Kind"]
        for call in [*notes, *(k for c in kinds for k in c.keywords if k.arg == "downloaded")]:
            found |= strings_in(call)
        if notes:
            constants = (one for one in tree.body if isinstance(one, ast.Assign))
            found |= {text for one in constants for text in strings_in(one.value)}
    made = {f"operator.link_{purpose}" for purpose in LinkPurpose}
    return found | made | {f"mail.{sending}" for sending in Sending}


def test_every_logged_action_has_a_sentence_and_every_sentence_an_action(app):
    with app.test_request_context():
        words, kinds = action_words(), kind_words()

    assert actions_in_the_source() == set(words)
    assert {action.partition(".")[0] for action in words} == set(kinds)


@pytest.fixture
def chief(signed_in):
    return signed_in(Role.ADMINISTRATOR)


def log(database, event, action, at=NOW, **details):
    write(database, lambda s: note(s, event.id if event else None, action, at, **details))


def rows(browsing, query="") -> list[dict[str, str]]:
    joined = f"{query}&lang=en" if query else "?lang=en"
    text = browsing.open("/activity.csv" + joined).text.removeprefix("\ufeff")
    return list(csv.DictReader(io.StringIO(text)))


def test_an_act_is_told_with_when_who_and_what(chief, database, event):
    log(database, event, "gate.add", operator_id=1, gate="Porte 7")

    page = chief.read("/activity")

    assert "porte ajoutée" in page
    assert "Porte 7" in page
    assert "Poste administrator" in page
    assert "14 juin 2025 15:30" in page


def test_accounts_are_for_administrators_only(chief, organiser, database, event):
    log(database, event, "gate.add", operator_id=2, gate="Porte 7")

    assert {row["What"] for row in rows(organiser)} == {"added a gate"}
    assert {row["What"] for row in rows(chief)} == {
        "added a gate",
        "opened an account",
        "signed in",
    }
    assert rows(organiser, "?kind=operator") == []


def test_filters_leave_what_is_asked_for(chief, database, event):
    other = factories.an_event(database, "fes-2025")
    log(database, event, "gate.add", operator_id=1, gate="A")
    log(database, event, "gate.add", at=NOW + minutes(24 * 60), gate="B")
    log(database, event, "bus.add", name="Car 1")
    log(database, other, "gate.add", gate="C")

    def found(query):
        return [row["About"] for row in rows(chief, query)]

    assert found(f"?event={event.id}&kind=gate") == ["B", "A"]
    assert found(f"?event={event.id}&day=2025-06-14") == ["Car 1", "A"]
    assert found("?who=1&kind=gate") == ["A"]
    assert found(f"?event={other.id}") == ["C"]


def test_a_day_of_the_log_is_in_the_installation_s_time_zone(chief, database, event):
    """At half past midnight in Rabat it is still yesterday in UTC."""
    log(database, event, "gate.add", at=NOW.replace(hour=23, minute=30), gate="Night")

    assert [row["About"] for row in rows(chief, "?day=2025-06-15&kind=gate")] == ["Night"]
    assert rows(chief, "?day=2025-06-14&kind=gate") == []


@pytest.mark.parametrize(
    "query", ["?day=today", "?event=x&who=y&before=z", "?kind=%25", "?day=9999-12-31"]
)
def test_invalid_filters_are_no_error(chief, query):
    assert chief.open("/activity" + query).status_code == 200


def test_the_log_is_read_page_by_page(chief, database, event):
    for number in range(PAGE_SIZE + 3):
        log(database, event, "gate.add", gate=f"G{number:03d}")

    first = chief.read("/activity?kind=gate")
    [earlier] = re.findall(r'rel="next" href="([^"]+)"', first)
    second = chief.read(earlier.replace("&amp;", "&"))

    gates = re.compile(r"G\d{3}")
    assert gates.findall(first) == [f"G{n:03d}" for n in range(PAGE_SIZE + 2, 2, -1)]
    assert gates.findall(second) == ["G002", "G001", "G000"]
    assert 'rel="next"' not in second


def test_a_spreadsheet_runs_nothing_and_a_page_neither(chief, database, event):
    evil = '=HYPERLINK("https://evil.example")<script>'
    log(database, event, "gate.add", gate=evil)

    assert rows(chief, "?kind=gate")[0]["About"] == "'" + evil
    assert "<script>" not in chief.read("/activity").replace("<script type", "")


def test_buses_and_delegations_are_told_by_name(chief, database, event, delegation):
    bus = factories.a_bus(database, delegation, "Car 7")
    write(database, lambda s: remove_bus(s, s.merge(bus), now=NOW))
    log(database, event, "link.renew", delegation_id=delegation.id, issue=2)
    log(database, event, "delegation.add", delegation_id=delegation.id, name="Khémisset", quota=2)

    assert [row["About"] for row in rows(chief, f"?event={event.id}")] == [
        "Khémisset · 2",
        "Khémisset",
        "Car 7 · Khémisset",
        "Car 7 · Khémisset",
    ]


def test_participants_are_numbers(chief, database, event, delegation):
    person = factories.a_participant(database, event, "Amina Alaoui", delegation=delegation)

    page = chief.read("/activity")

    assert "Amina" not in page
    assert f"/participants/{person.participant_id}" in page
    assert f"no. {person.participant_id}" in rows(chief, "?kind=participant")[0]["About"]


def test_no_code_stands_where_people_read_it(chief, database, event):
    log(database, event, "participant.register", door="walk_in")
    log(database, None, "operator.change", role="coordinator")

    assert rows(chief, "?kind=participant")[0]["About"] == "at a gate"
    assert rows(chief, "?kind=operator")[0]["About"] == "Coordinator"
    page = chief.read("/activity?lang=fr")
    assert "à une porte" in page
    assert "walk_in" not in page


def test_a_spreadsheet_in_french_has_french_headings_and_semicolons(chief, database, event):
    log(database, event, "gate.add", gate="Porte 7")

    text = chief.open("/activity.csv?kind=gate&lang=fr").text

    heads, row = text.removeprefix("\ufeff").splitlines()
    assert heads == "Quand;Événement;Qui;Quoi;Au sujet de"
    assert row.startswith("2025-06-14 15:30:00;")
    assert row.endswith(";porte ajoutée;Porte 7")
