"""A rehearsal at a real, paired scan page: said in words and stripes, counted nowhere."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from checkin.db.models import Scan
from checkin.services.scanning.rehearsal import practice_codes
from tests.browser.gates.stations import card, type_code
from tests.support import factories
from tests.support.factories import KEYS

pytestmark = pytest.mark.browser

REHEARSAL = "/events/rabat-2025/rehearsal"


@pytest.fixture
def codes(database, event):
    return factories.badges(database, event, 1)


def press(page, action):
    with page.expect_navigation():
        page.locator(f"form[action$={action}] button").press("Enter")


def scans(database):
    with database.read() as session:
        return session.scalars(select(func.count(Scan.id))).one()


def test_each_practice_badge_shows_its_verdict_and_nothing_is_counted(
    server, organiser_page, page, codes, event, database
):
    organiser_page.goto(f"{server.url}{REHEARSAL}")
    press(organiser_page, "begin")
    page.wait_for_selector("#rehearsal:not([hidden])")
    banner = page.text_content("#rehearsal")

    shown = []
    for code in practice_codes(KEYS, event.slug):
        type_code(page, code)
        shown.append(card(page))
        page.dispatch_event("#verdicts", "click")

    assert banner.startswith("EXERCICE")
    assert [one["kind"] for one in shown] == ["ok", "already", *["refused"] * 4]
    assert {one["rehearsal"] for one in shown} == {"EXERCICE\u00a0: rien n’est compté"}
    assert scans(database) == 0
    type_code(page, codes[0])
    assert "rehearsal" not in card(page)
    assert scans(database) == 1

    press(organiser_page, "end")
    page.wait_for_selector("#rehearsal", state="hidden")
    page.dispatch_event("#verdicts", "click")
    type_code(page, next(iter(practice_codes(KEYS, event.slug))))
    assert card(page)["kind"] == "refused"
    assert scans(database) == 1
    assert page.faults == []
