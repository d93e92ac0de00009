"""Every page of those who work at an event leads to the volunteer's card, and no other does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from checkin.db.models import Role

TEMPLATES = Path(__file__).parents[3] / "templates"
#: pages of participants, whom the card does not concern
FOR_PARTICIPANTS = {
    "badges/badge_gone.html",
    "badges/badge_page.html",
    "channels/find_badge.html",
    "people/decline.html",
    "people/delegations/joining.html",
}
#: it hangs above everybody, and nobody works at it
FOR_A_HALL = {"board/board_wall.html"}
#: participants meet it, too; whoever is signed in finds the link on it
FOR_ANYBODY = {"error.html"}
LINK = "_partials/help_link.html"


def pages():
    """Return the text of each page's template by its path."""
    found = {path.relative_to(TEMPLATES): path for path in TEMPLATES.rglob("*.html")}
    return {
        path.as_posix(): file.read_text("utf-8")
        for path, file in found.items()
        if path.parts[0] not in ("_partials", "email") and path.name != "base.html"
    }


def test_every_page_has_the_common_head_with_help_or_a_link_of_its_own_unless_for_participants():
    has_help = {
        path
        for path, text in pages().items()
        if LINK in text or ("block body" not in text and '{% extends "base.html" %}' in text)
    }

    assert LINK in (TEMPLATES / "_partials" / "top.html").read_text("utf-8")
    assert set(pages()) - has_help == FOR_PARTICIPANTS | FOR_A_HALL
    assert {path for path, text in pages().items() if "for_anybody" in text} == FOR_ANYBODY


def helps_of(page):
    return re.findall(r'href="(/help)"', page)


@pytest.mark.parametrize("address", ["/login", "/forgotten-password", "/scan", "/trust", "/help"])
def test_who_is_not_signed_in_finds_help_where_work_begins(app, event, address):
    assert len(helps_of(app.test_client().get(address).text)) == 1


def test_the_scan_page_has_the_card_behind_a_button_at_the_gate(app, event):
    page = app.test_client().get("/scan").text

    assert 'id="open-help"' in page
    assert 'id="help"' in page


@pytest.mark.parametrize(
    "address",
    ["/", "/account", "/nowhere"] + [f"/events/rabat-2025/board{more}" for more in ("", "/report")],
)
def test_who_is_signed_in_finds_help_on_every_page(signed_in, address):
    assert len(helps_of(signed_in(Role.ORGANISER).open(address).text)) == 1


def test_an_error_that_a_participant_meets_names_no_volunteers_card(app, event):
    assert helps_of(app.test_client().get("/nowhere").text) == []
