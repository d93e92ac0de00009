"""The public page where people ask for their badge: the same answer for everybody."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy import event as sql_events

from checkin.db.models import BadgeRequest, Message
from checkin.services.channels.badge_requests import finding_address
from checkin.worker.context import Tools
from checkin.worker.work.finding import answer_badge_requests
from tests.support import factories
from tests.support.factories import BASE_URL, KEYS
from tests.web.browsing import Browsing

EMAIL = "amina@example.org"


@pytest.fixture
def event(database):
    made = factories.an_event(database, finds_badges=True)
    return factories.postponed(database, made)


@pytest.fixture
def amina(database, event):
    return factories.a_participant(database, event, email=EMAIL, phone="+212612345678")


@pytest.fixture
def address(event):
    return finding_address(KEYS, "", event.id)


@pytest.fixture
def browser(app):
    return Browsing(app)


def waiting(database):
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(BadgeRequest))


def test_the_page_names_the_event_and_nobody(browser, address, amina):
    page = browser.open(address)

    assert page.status_code == 200
    assert "Retrouver mon badge" in page.text
    assert "Rencontre régionale" in page.text
    assert "Amina" not in page.text
    assert page.headers["Cache-Control"] == "private, no-store"
    assert page.headers["X-Robots-Tag"] == "noindex, nofollow, noarchive"


def test_the_worker_sends_the_badge_to_the_known_address(
    app, browser, database, settings, event, address, amina
):
    browser.send(address, contact="06 12 34 56 78")
    assert waiting(database) == 1

    answer_badge_requests(Tools(database, KEYS, settings, lambda: datetime.now(UTC)))

    assert waiting(database) == 0
    with database.read() as session:
        [found] = session.scalars(select(Message.address).where(Message.kind == "found"))
    assert found == EMAIL


def test_known_and_unknown_get_the_same_answer_by_the_same_statements(
    browser, database, address, amina
):
    """What a thousand guesses could tell apart is the answer, and the work that is done for it."""
    answers, statements = [], []

    def told(connection, cursor, statement, parameters, context, many):
        statements[-1].append(re.sub(r"\s+", " ", statement))

    sql_events.listen(Engine, "before_cursor_execute", told)
    for contact in ("warm@example.org", EMAIL, "nobody@example.org"):
        statements.append([])
        answer = browser.send(address, contact=contact)
        answers.append((answer.status_code, answer.location))
    sql_events.remove(Engine, "before_cursor_execute", told)

    assert answers[1] == answers[2] == (303, f"{address}?sent=1")
    assert statements[1] == statements[2]
    assert not [one for one in statements[1] if "participant" in one]


def test_beyond_its_limit_a_contact_is_not_written_down_and_the_page_says_the_same(
    browser, database, address
):
    answers = {browser.send(address, contact=EMAIL).location for _ in range(5)}

    assert answers == {f"{address}?sent=1"}
    assert waiting(database) == 3


def test_what_is_no_contact_is_said_beside_the_field_and_kept(browser, database, address):
    page = browser.send(address, contact="0612")

    assert page.status_code == 400
    assert 'value="0612"' in page.text
    assert "n’est pas un numéro" in page.text
    assert waiting(database) == 0


def test_nothing_written_is_told(browser, address):
    page = browser.send(address, contact=" ")

    assert page.status_code == 400
    assert "Écrivez l’e-mail ou le numéro de téléphone" in page.text


@pytest.mark.parametrize(("language", "words"), [("ar", "العثور على شارتي"), ("en", "Find my")])
def test_the_page_speaks_three_languages(browser, address, language, words):
    assert words in browser.read(f"{address}?lang={language}")


def test_an_event_that_does_not_offer_it_or_is_over_has_no_page(browser, database, address):
    factories.lay_down(database, finds_badges=False)
    assert browser.open(address).status_code == 404

    over = datetime.now(UTC) - timedelta(days=1)
    factories.lay_down(
        database, finds_badges=True, starts_at=over - timedelta(hours=4), ends_at=over
    )
    assert browser.open(address).status_code == 404
    assert browser.open("/f/nobodys").status_code == 404


def test_organisers_turn_it_on_and_get_the_address_to_share(organiser, event):
    page = "/events/rabat-2025/settings"

    assert finding_address(KEYS, BASE_URL, event.id) in organiser.read(page)
    picture = organiser.open("/events/rabat-2025/find-badge/qr.png")
    assert (picture.status_code, picture.content_type) == (200, "image/png")
