"""The demo is made and removed in the browser, and says what it is."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from checkin.db.models import Base, Event, Operator, Participant, Role
from tests.support import factories
from tests.support.api_client import Api
from tests.web.browsing import PASSWORD, Browsing, an_operator
from tests.web.events.test_settings import FIELDS, NEW

DEMO = "/events/rabat-2025/demo"


@pytest.fixture
def event():
    """None: nothing is there yet."""


@pytest.fixture
def delegation():
    """None, either."""


def test_an_empty_home_says_the_next_step_and_makes_the_demo(organiser, database):
    empty = organiser.read("/")
    made = organiser.send("/", "/events/new/demo")

    board = organiser.read(made.location)
    with database.read() as session:
        people = session.scalars(select(func.count(Participant.id))).one()
    assert ('href="/events/new"' in empty, "marhaba demo" in empty) == (True, False)
    assert 'action="/events/new/demo"' in empty
    assert people == 300
    assert ("DÉMONSTRATION" in board, f'href="{DEMO}"' in board) == (True, True)


def test_who_may_not_create_events_is_told_whom_to_ask(app, database):
    an_operator(database, Role.VIEWER)
    viewer = Browsing(app)
    viewer.sign_in("viewer@example.org", PASSWORD)

    assert "Demandez à un organisateur" in viewer.read("/")


def test_the_demo_goes_with_all_that_belongs_to_it(app, organiser, database):
    organiser.send("/", "/events/new/demo")
    other = factories.an_event(database, "congres-2026")
    factories.a_participant(database, other)
    with database.read() as session:
        demo = session.scalars(select(Event).where(Event.slug == "rabat-2025")).one()
    gate = Api.enrolled(app, database, demo, gate="Porte 1")
    gate.read("/status")
    theirs = factories.a_delegation(database, demo, "Rabat")
    an_operator(database, Role.COORDINATOR, delegation_id=theirs.id)
    asked = organiser.read(DEMO)

    removed = organiser.send(DEMO, f"{DEMO}/remove")

    assert "Personnes inventées : 300" in asked.replace("\N{NO-BREAK SPACE}", " ")
    assert (removed.status_code, removed.location) == (303, "/")
    with database.read() as session:
        left = {
            table.name
            for table in Base.metadata.sorted_tables
            if "event_id" in table.c
            and session.scalar(select(func.count()).where(table.c.event_id == demo.id))
        }
        events = session.scalars(select(Event.slug)).all()
        account = session.scalars(select(Operator).where(Operator.role == "viewer")).one()
        people = session.scalars(select(func.count(Participant.id))).one()
    assert (left, events, people) == (set(), ["congres-2026"], 1)
    assert account.disabled_at is not None
    assert gate.ask("GET", "/status").status_code == 401
    assert factories.noted(database, "demo") == ["demo.add", "demo.remove"]


def test_no_other_event_is_removed_like_it(organiser, database):
    factories.an_event(database, "congres-2026")
    page = "/events/congres-2026/demo"

    assert organiser.open(page).status_code == 404
    assert organiser.send("/", f"{page}/remove").status_code == 404


def test_an_event_of_ones_own_that_has_the_demos_name_from_before_stays(organiser, database):
    with_name = factories.an_event(database, contact="comite@parti.ma")

    page = organiser.read(f"/events/{with_name.slug}/participants")

    assert "demo-strip" not in page
    for answer in (organiser.open(f"/events/{with_name.slug}/demo"), _removed(organiser)):
        assert answer.status_code == 404
    with database.read() as session:
        assert session.scalars(select(Event.id)).all() == [with_name.id]


def _removed(organiser):
    return organiser.send("/", "/events/rabat-2025/demo/remove")


def test_an_event_of_ones_own_never_bears_the_demos_name(organiser, database):
    refused = organiser.send(NEW, **FIELDS, slug="rabat-2025")

    assert refused.status_code == 400
    with database.read() as session:
        assert session.scalars(select(Event)).all() == []
