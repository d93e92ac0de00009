"""Whoever waits is told from when the reserve list is let in on this day, wherever it says so."""

from __future__ import annotations

from datetime import timedelta

import pytest

from checkin.services.badges.page import page_secret
from tests.support import factories
from tests.support.factories import KEYS, NOW

SENTENCE = "whoever of the reserve list stands at a gate"


@pytest.fixture
def full(database, event):
    return factories.a_delegation(database, event, "Salé", quota=0)


@pytest.fixture
def pages(app, organiser, database, event, full):
    """Return the pages that tell somebody that they wait, in English, by what they are."""
    waiting = factories.a_participant(database, event, "Bahia", delegation=full)
    of_event = f"/events/{event.slug}"

    def read():
        badge = f"/b/{page_secret(KEYS, waiting.badge_id)}?lang=en"
        return {
            "delegation": organiser.read(f"{of_event}/delegations/{full.id}?lang=en"),
            "person": organiser.read(f"{of_event}/participants/{waiting.participant_id}?lang=en"),
            "board": organiser.read(f"{of_event}/board?lang=en"),
            "badge": app.test_client().get(badge).text,
        }

    return read


def test_every_page_says_the_hour_of_this_day(pages, database, event):
    factories.lay_down(database, reserve_from=NOW)
    factories.a_further_day(database, event, reserve_from=NOW + timedelta(days=1, hours=2))

    said = {name: page.partition(SENTENCE)[0][-60:] for name, page in pages().items()}

    hour = next(iter(said.values())).rpartition("From ")[2]
    assert hour.strip()
    assert {name for name, text in said.items() if not text.endswith(f"From {hour}")} == set()


def test_no_page_says_the_hour_of_another_day(pages, database, event):
    factories.lay_down(database, reserve_from=NOW)
    factories.a_further_day(database, event)

    assert {name for name, page in pages().items() if SENTENCE in page} == set()


def test_who_is_registered_on_the_reserve_list_is_said_to_wait_until_then(
    organiser, database, event, full
):
    category = factories.a_category(database, event)
    factories.lay_down(database, reserve_from=NOW)
    person = {"name": "Driss Naciri", "delegation": full.id, "category": category.id}
    more = dict.fromkeys(("name_ar", "phone", "email", "note"), "")

    page = organiser.send(f"/events/{event.slug}/participants/new", language="fr", **person, **more)

    assert "toute personne de la liste d’attente qui se présente à une porte" in page.text
