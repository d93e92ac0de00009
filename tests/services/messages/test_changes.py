"""The question whether to tell people that the day, the hour or the place has changed."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from checkin.db.models import Announcement, Event
from checkin.domain.events.details import EventDetails
from checkin.services.lifecycle.settings import change_event
from checkin.services.messages.changes import ask_about_change, told_of
from checkin.services.messages.recipients import reach_of
from tests.support.factories import NOW, write

HOUR = timedelta(hours=1)


def details_of(event: Event) -> EventDetails:
    return EventDetails(**{one.name: getattr(event, one.name) for one in fields(EventDetails)})


@pytest.fixture
def change(database, event, operator_id):
    """A function that changes the event and returns the id of the question, if there is one."""

    def change(at=NOW, **changed) -> int | None:
        def work(session) -> int | None:
            found = session.get_one(Event, event.id)
            before, who = told_of(found), {"operator_id": operator_id, "now": at}
            change_event(session, found, replace(details_of(found), **changed), **who)
            return ask_about_change(session, found, before, **who)

        return write(database, work)

    return change


def drafts(database) -> list[tuple[str, str]]:
    with database.read() as session:
        rows = session.scalars(select(Announcement).order_by(Announcement.id))
        return [(one.state, (one.before or {})["venue"]) for one in rows]


def test_before_anybody_was_written_to_nothing_is_asked(event, person, change):
    person("Amina")

    assert change(venue="Théâtre") is None


def test_after_badges_have_left_it_is_asked_whether_to_tell(database, event, person, send, change):
    person("Amina")
    person("Omar", email=None)
    send()
    person("Zineb")  # whose badge has not left, and will say it

    number = change(venue="Théâtre")

    with database.read() as session:
        reach = reach_of(session, session.get_one(Announcement, number))
    assert (reach.people, reach.mailed, reach.otherwise) == (2, 1, 1)


@pytest.mark.parametrize(
    "changed",
    [
        {"starts_at": NOW + HOUR},
        {"venue": "Théâtre"},
        {"venue_ar": "المسرح"},
    ],
)
def test_day_hour_and_place_are_asked_about(person, send, change, changed):
    person("Amina")
    send()

    assert change(**changed) is not None


def test_nothing_else_is_asked_about(person, send, change):
    person("Amina")
    send()

    assert change(capacity=500, organiser="Association", contact="a@example.org") is None


def test_after_the_event_nothing_is_asked(event, person, send, change):
    person("Amina")
    send()

    assert change(at=event.ends_at, venue="Théâtre") is None


def test_two_changes_are_one_question_and_the_way_back_takes_it_back(
    database, event, person, send, change
):
    person("Amina")
    send()

    first, second = change(venue="Théâtre"), change(venue="Stade")
    assert (first, drafts(database)) == (second, [("draft", "Complexe Ibn Rochd")])

    assert change(venue="Complexe Ibn Rochd") is None
    assert drafts(database) == [("dropped", "Complexe Ibn Rochd")]
