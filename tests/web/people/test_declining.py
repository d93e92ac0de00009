"""The page at which a participant declines the invitation."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from checkin.db.models import Delegation, Job, Participant
from checkin.services.people.registering.declining import decline_address
from tests.support import factories


@pytest.fixture
def event(database):
    return factories.an_event(database)


@pytest.fixture
def person(database, event, delegation):
    # The page's clock is the machine's, so the event has to be ahead of it.
    factories.write(
        database,
        lambda session: session.merge(event).__setattr__(
            "ends_at", datetime.now(UTC) + timedelta(days=1)
        ),
    )
    return factories.a_participant(database, event, delegation=delegation)


@pytest.fixture
def link(event, person):
    return decline_address(event, factories.KEYS, person.badge_id, base_url="", language="fr")


def standing(database):
    with database.read() as session:
        return session.scalar(select(Participant.standing))


def test_opening_the_link_asks_and_changes_nothing(app, database, link):
    page = app.test_client().get(link)

    assert (page.status_code, standing(database)) == (200, "confirmed")
    assert "Je ne viens pas" in page.text
    assert page.headers["X-Robots-Tag"] == "noindex"
    assert page.headers["Cache-Control"] == "no-store"


def test_confirming_needs_neither_script_nor_session_and_cancels(app, database, link):
    page = app.test_client().post(link)

    assert (page.status_code, standing(database)) == (200, "canceled")
    assert "Merci" in page.text


def test_who_moves_up_is_told_at_once(app, settings, database, event, delegation, person, link):
    full = update(Delegation).where(Delegation.id == delegation.id).values(quota=1)
    factories.write(database, lambda s: s.execute(full))
    factories.a_participant(
        database, event, "Omar", delegation=delegation, email="omar@example.org", language="fr"
    )

    for _ in range(2):
        app.test_client().post(link)

    [mail] = (settings.home / "outbox").glob("*.eml")
    assert b"To: omar@example.org" in mail.read_bytes()
    with database.read() as session:
        assert session.scalars(select(Job.state)).all() == ["done"]


@pytest.mark.parametrize(
    ("language", "direction", "words"),
    [("ar", "rtl", "لن أحضر"), ("en", "ltr", "I am not coming")],
)
def test_the_page_speaks_the_language_of_the_message(app, link, language, direction, words):
    page = app.test_client().get(link.replace("lang=fr", f"lang={language}")).text

    assert (f'dir="{direction}"' in page, words in page) == (True, True)


def test_a_wrong_link_is_a_page_that_is_not_there(app, database, link):
    forged = "/n/" + "A" * 43

    statuses = [app.test_client().open(forged, method=how).status_code for how in ("GET", "POST")]

    assert (statuses, standing(database)) == ([404, 404], "confirmed")


def test_a_coordinator_registers_them_again(app, database, link, coordinator):
    app.test_client().post(link)

    coordinator.send(
        "/events/rabat-2025/participants", "/events/rabat-2025/participants/1/undo-cancel"
    )

    assert standing(database) == "confirmed"
