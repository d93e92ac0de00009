"""A badge kept on a telephone, and printed with one key, in a real Chromium."""

from __future__ import annotations

import time

import pytest
from sqlalchemy import select

from checkin.db.models import BadgePrint
from checkin.services.badges.issue import revoke_badge
from checkin.services.badges.page import page_secret
from tests.support import factories
from tests.support.factories import KEYS, NOW, write

pytestmark = pytest.mark.browser


@pytest.fixture
def amina(database, event, delegation):
    return factories.a_participant(database, event, delegation=delegation)


@pytest.fixture
def address(server, amina):
    return f"{server.url}/b/{page_secret(KEYS, amina.badge_id)}"


@pytest.fixture
def telephone(chromium, address):
    """A telephone on which the badge was opened once."""
    context = chromium.start().new_context()
    page = context.new_page()
    page.goto(address)
    page.wait_for_selector("html[data-kept=yes]")
    return context, page


def test_a_badge_opened_once_is_shown_without_network(telephone, address):
    context, page = telephone
    context.set_offline(True)

    page.goto(address)

    assert page.inner_text("h1").strip() == "Amina Alaoui"
    assert page.locator(".code svg path").count() == 1


def test_the_kept_badge_is_there_in_each_language_with_its_letters(telephone, address):
    context, page = telephone
    context.set_offline(True)

    for language, direction in (("ar", "rtl"), ("en", "ltr"), ("fr", "ltr")):
        page.goto(f"{address}?lang={language}")

        assert page.get_attribute("html", "dir") == direction
        assert page.evaluate("document.fonts.load('16px Vazirmatn').then((found) => found.length)")
        assert page.locator(".kept").count() == 1


def test_no_language_of_a_badge_that_died_is_kept(telephone, address, database, event, amina):
    context, page = telephone
    write(
        database,
        lambda s: revoke_badge(s, event, amina.participant_id, reason="leaked", now=NOW),
    )
    assert page.goto(address).status == 410
    context.set_offline(True)

    with pytest.raises(Exception, match="ERR_"):
        page.goto(f"{address}?lang=ar")


def test_a_badge_that_died_is_not_kept(telephone, address, database, event, amina):
    context, page = telephone
    write(
        database,
        lambda s: revoke_badge(s, event, amina.participant_id, reason="leaked", now=NOW),
    )
    assert page.goto(address).status == 410
    context.set_offline(True)

    with pytest.raises(Exception, match="ERR_"):
        page.goto(address)


def test_one_key_prints_but_not_while_somebody_types(organiser_page, server, database, amina):
    page = organiser_page
    page.goto(f"{server.url}/events/rabat-2025/participants/{amina.participant_id}")
    page.fill("#reissue-reason", "")
    page.press("#reissue-reason", "p")
    page.locator("h1").click()
    page.evaluate("document.activeElement.blur()")

    page.keyboard.press("p")

    assert printed_within_seconds(database, 10) == [1]
    assert page.input_value("#reissue-reason") == "p"


def printed_within_seconds(database, seconds):
    """Wait for the first print, and return the copies of all."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        with database.read() as session:
            if copies := [each.copies for each in session.scalars(select(BadgePrint))]:
                return copies
        time.sleep(0.05)
    return []
