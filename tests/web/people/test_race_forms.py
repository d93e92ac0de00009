"""Two organisers save the same form at once: one is first, and the other sees what they did."""

from __future__ import annotations

import html
import re
from threading import Barrier
from typing import NamedTuple

import pytest

from checkin.web.site import shared_forms
from tests.support import factories
from tests.support.api_client import Api
from tests.support.databases.kinds import KINDS
from tests.support.racing import race
from tests.web.browsing import Browsing

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
DAY = {
    **{"starts_at-1": "2025-06-14T15:00", "ends_at-1": "2025-06-14T19:00"},
    **{"doors_open_at-1": "2025-06-14T13:00", "doors_close_at-1": "2025-06-14T19:00"},
}
HOURS = {"whose-1": "gate-1", "closes_at-1": "2025-06-14T18:00"}
FLAG = {
    **{"name": "VIP", "symbol": "star", "sentence": "Appeler le protocole", "page": "Protocole"},
    "sentence_ar": "اتصلوا بالتشريفات",
}
SHEET = {"row": "2", "name-2": "Khémisset"}
CHECK = "/quotas/sheet/check"
TEXTS = "/delivery/message/fr"
NUMBERS, NAMES = ("71113", "82224"), ("Nom d’Amina", "Nom de Salma")
TIMES = ("2025-06-14T17:31", "2025-06-14T17:32")


class Form(NamedTuple):
    """A form of a page, and what two people make of one of its fields.

    Attributes:
        fields: those that both send as they are.
        told: the same values as the second one is shown them when they are the first one's.
        again: what is sent besides to see the form, where no address shows it.
        mark: the name of the field that tells what the form has shown.
    """

    page: str
    action: str
    fields: dict[str, str]
    field: str
    values: tuple[str, str]
    told: tuple[str, str]
    again: dict[str, str] | None = None
    mark: str = "shown"

    @property
    def sent(self) -> dict[str, str]:
        """What the button sends that saves it."""
        return {"do": "apply"} if self.again is not None else {}


def quoted(values: tuple[str, str]) -> tuple[str, str]:
    return (f"\u2068{values[0]}\u2069", f"\u2068{values[1]}\u2069")


def form(page: str, action: str, fields: dict[str, str], field: str, values: tuple[str, str]):
    return Form(page, action, fields, field, values, quoted(values))


CLOCKS = ("17:31\u2069", "17:32\u2069")
FORMS = {
    "participant": form(
        "/participants/1/edit",
        "/participants/1/edit",
        {"name": "Amina Alaoui", "category": "1", "language": "fr"},
        "note",
        NUMBERS,
    ),
    "delegation": form("/quotas", "/quotas/1", {"name": "Khémisset"}, "quota", NUMBERS),
    "sheet of quotas": Form(
        *("/quotas/sheet", CHECK, SHEET, "quota-2", NUMBERS, quoted(NUMBERS)),
        again=SHEET,
        mark="shown-2",
    ),
    "settings": form("/settings", "/settings", SETTINGS, "capacity", NUMBERS),
    "days": Form("/hours", "/hours/days", DAY, "doors_close_at-1", TIMES, CLOCKS),
    # Lines are shown whole, each as its own line.
    "hours": Form("/hours", "/hours", HOURS, "opens_at-1", TIMES, TIMES),
    "category": form(
        "/categories", "/categories/1", {"colour": "#1b6e4b", "shape": "circle"}, "name", NAMES
    ),
    "flag": form("/flags", "/flags/1", FLAG, "sentence", NAMES),
    "gate": form("/devices", "/gates/1", {}, "name", NAMES),
    "device": form("/devices", "/devices/1", {"gate_id": "1"}, "name", NAMES),
    "bus": form(
        "/delegations/1/buses?bus=1",
        "/delegations/1/buses/1",
        {"leader": "Hassan Tazi", "leader_phone": "+212611111111", "seats": "50"},
        "bus",
        NAMES,
    ),
    "look": form("/look", "/look", {}, "colour", ("#a3262a", "#1f4e9c")),
    "texts": form(TEXTS, TEXTS, {}, "greeting", NAMES),
}


@pytest.fixture(params=KINDS)
def databases(request):
    return request.getfixturevalue(f"{request.param}_databases")


def opened(browsing, form, value):
    """Open the form, and return what its mark says that it shows."""
    if form.again is None:
        text = browsing.read(EVENT + form.page)
    else:
        fields = {**form.again, form.field: value}
        text = browsing.send(EVENT + form.page, EVENT + form.action, **fields).text
    # A form without an action is sent to the address of its page, and is the first one there.
    start = max(0, text.find(f'action="{EVENT + form.action}"'))
    return re.compile(f'name="{form.mark}" value="([^"]*)"').search(text, start)[1]


def saved_by_two(app, organiser, database, event, delegation, form):
    """Let two browsers open a form and save it at once; return their answers."""
    factories.a_participant(database, event, delegation=delegation)
    factories.a_flag(database, event)
    factories.a_bus(database, delegation, seats=50)
    Api.enrolled(app, database, event, gate="Porte 1")
    other = Browsing(app)
    assert other.sign_in("organiser@example.org", "une phrase facile").status_code == 302
    both = (organiser, other)
    marks = [opened(each, form, value) for each, value in zip(both, form.values, strict=True)]
    sent = [
        {
            **form.fields,
            **form.sent,
            form.field: value,
            form.mark: mark,
            "csrf_token": each.token(EVENT + form.page),
        }
        for each, mark, value in zip(both, marks, form.values, strict=True)
    ]
    return race(2, lambda at: both[at].send_without_token(EVENT + form.action, **sent[at]))


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_of_two_who_save_a_form_at_once_the_second_is_shown_what_the_first_did(
    app, organiser, database, event, delegation, form
):
    answers = saved_by_two(app, organiser, database, event, delegation, form)

    codes = [answer.status_code for answer in answers]
    assert sorted(codes)[0] in (200, 302, 303)
    assert sorted(codes)[1] == 409
    first, second = sorted((0, 1), key=codes.__getitem__)
    shown = html.unescape(answers[second].text)
    assert form.told[first] in shown
    assert form.values[second] in shown
    page = "/quotas" if form.again is not None else form.page
    stored = html.unescape(organiser.read(EVENT + page))
    assert (form.values[first] in stored, form.values[second] in stored) == (True, False)


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

    answers = saved_by_two(app, organiser, database, event, delegation, FORMS["delegation"])

    assert [answer.status_code for answer in answers] == [303, 303]
