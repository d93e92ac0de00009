"""Two organisers save the same form at once: one is first, and the other sees what they did."""

from __future__ import annotations

from threading import Barrier

import pytest
from sqlalchemy import select

from checkin.db.models import Delegation, Event, Participant
from checkin.web.site import shared_forms
from tests.support import factories
from tests.support.databases.kinds import KINDS
from tests.support.racing import race
from tests.web.browsing import Browsing, mark_in

EVENT = "/events/rabat-2025"
SETTINGS = {
    "name": "Rencontre régionale",
    "venue": "Complexe Ibn Rochd",
    "timezone": "Africa/Casablanca",
    "starts_at": "2025-06-14T15:00",
    "ends_at": "2025-06-14T19:00",
    "reentry": "single",
    "language": "fr",
    "retention_days": "30",
}
#: the page with the form, its action, its fields, the field that both change, and what is stored
FORMS = {
    "participant": (
        "/participants/1/edit",
        "/participants/1/edit",
        {"name": "Amina Alaoui", "category": "1", "language": "fr"},
        "note",
        Participant.note,
    ),
    "delegation": ("/quotas", "/quotas/1", {"name": "Khémisset"}, "quota", Delegation.quota),
    "settings": ("/settings", "/settings", SETTINGS, "capacity", Event.capacity),
}


@pytest.fixture(params=KINDS)
def databases(request):
    return request.getfixturevalue(f"{request.param}_databases")


def saved_by_two(app, organiser, database, event, delegation, form):
    """Let two browsers open a form and save it at once; return their answers and what is stored."""
    factories.a_participant(database, event, delegation=delegation)
    page, action, fields, field, column = form
    other = Browsing(app)
    assert other.sign_in("organiser@example.org", "une phrase facile").status_code == 302
    opened = [(each, each.read(EVENT + page)) for each in (organiser, other)]
    sent = [
        (
            each,
            {
                **fields,
                field: value,
                "shown": mark_in(text),
                "csrf_token": each.token(EVENT + page),
            },
        )
        for (each, text), value in zip(opened, ("101", "202"), strict=True)
    ]

    def save(at):
        each, values = sent[at]
        return each.send_without_token(EVENT + action, **values)

    answers = race(2, save)
    with database.read() as session:
        return answers, str(session.scalars(select(column)).one())


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_of_two_who_save_a_form_at_once_the_second_is_shown_what_the_first_did(
    app, organiser, database, event, delegation, form
):
    answers, stored = saved_by_two(app, organiser, database, event, delegation, form)

    first, second = sorted(answers, key=lambda answer: answer.status_code)
    assert (first.status_code in (200, 303), second.status_code) == (True, 409)
    typed = {"101": "202", "202": "101"}[stored]
    assert f"\u2068{stored}\u2069" in second.text
    assert f'value="{typed}"' in second.text


# On SQLite the second transaction begins when the first has ended.
@pytest.mark.parametrize("databases", KINDS[1:], indirect=True)
def test_control_without_the_lock_the_second_overwrites_what_the_first_did(
    app, organiser, database, event, delegation, monkeypatch
):
    both_have_compared = Barrier(2)
    really = shared_forms.overtaken

    def compared(*arguments):
        found = really(*arguments)
        both_have_compared.wait(60)
        return found

    monkeypatch.setattr(shared_forms, "lock_event", lambda *_: None)
    monkeypatch.setattr(shared_forms, "overtaken", compared)
    form = FORMS["delegation"]

    answers, _ = saved_by_two(app, organiser, database, event, delegation, form)

    assert [answer.status_code for answer in answers] == [303, 303]
