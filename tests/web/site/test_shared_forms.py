"""Two organisers with the same form open: whoever is second is shown what the first one did."""

from __future__ import annotations

import html
import io
import re
from typing import NamedTuple

import pytest

from tests.badges.test_designs import LOGO
from tests.support import factories
from tests.support.api_client import Api
from tests.web.browsing import mark_in

EVENT = "/events/rabat-2025"
TIMES = {"starts_at": "09", "ends_at": "18", "doors_open_at": "08", "doors_close_at": "17"}
DAY = {f"{name}-1": f"2025-06-14T{hour}:00" for name, hour in TIMES.items()}
GATE = {"name": "Porte 1", "name_ar": "", "category": ["Militant"]}
DEVICE = {"name": "Poste 1", "gate_id": "1", "may_search": "yes"}
BUS = {"bus": "Car 1", "leader": "Hassan", "leader_phone": "", "seats": "50"}
TEXTS = "/delivery/message/fr"


class Form(NamedTuple):
    """A form of a page, with what two people make of it.

    Attributes:
        number: which of the page's forms that carry a mark it is, from 0.
        fields: as they are stored.
        first, second: what each person changes.
        told: what the second one is shown of the first one's change.
        kept: what is still there of what the second one typed.
    """

    page: str
    action: str
    number: int
    fields: dict[str, object]
    first: dict[str, object]
    second: dict[str, object]
    told: str
    kept: str


FORMS = {
    "days": Form(
        "/hours",
        "/hours/days",
        0,
        DAY,
        {"doors_close_at-1": "2025-06-14T17:30"},
        {"doors_close_at-1": "2025-06-14T16:30"},
        "17:30",
        'value="2025-06-14T16:30"',
    ),
    "gate": Form(
        "/devices",
        "/gates/1",
        1,
        GATE,
        {"category": ["Militant", "Élu"]},
        {"category": [], "name_ar": "الباب"},
        "Militant, Élu",
        'value="الباب"',
    ),
    "device": Form(
        "/devices",
        "/devices/1",
        0,
        DEVICE,
        {"name": "Poste de Karim"},
        {"name": "Poste de Salma", "may_search": ""},
        "Poste de Karim",
        'value="Poste de Salma"',
    ),
    "bus": Form(
        "/delegations/1/buses?bus=1",
        "/delegations/1/buses/1",
        0,
        BUS,
        {"seats": "48"},
        {"seats": "52"},
        "48",
        'value="52"',
    ),
    "look": Form(
        "/look",
        "/look",
        0,
        {"colour": "#555555"},
        {"colour": "#a3262a"},
        {"colour": "#1f4e9c"},
        "#a3262a",
        'value="#1f4e9c"',
    ),
    "texts": Form(
        TEXTS,
        TEXTS,
        0,
        {},
        {"greeting": "Bonjour,"},
        {"greeting": "Chère amie, cher ami,"},
        "Bonjour,",
        "Chère amie, cher ami,",
    ),
}


@pytest.fixture
def laid_out(app, organiser, database, event, delegation):
    """A gate with a device, a bus, a second category, and the event's only day."""
    for name in ("Militant", "Élu"):
        factories.a_category(database, event, name)
    factories.a_bus(database, delegation, seats=50)
    Api.enrolled(app, database, event, gate="Porte 1")
    for form in FORMS.values():
        if form.fields:
            answer = organiser.send(EVENT + form.page, EVENT + form.action, **form.fields)
            assert answer.status_code in (302, 303), form
    return organiser


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_a_form_that_somebody_else_has_changed_is_shown_with_both_and_saved_the_second_time(
    laid_out, form
):
    page, action = EVENT + form.page, EVENT + form.action
    opened = laid_out.read(page)
    first = {**form.fields, **form.first, "shown": mark_in(opened, form=form.number)}
    assert laid_out.send(page, action, **first).status_code in (302, 303)

    second = {**form.fields, **form.second, "shown": mark_in(opened, form=form.number)}
    refused = laid_out.send(page, action, **second)
    shown = html.unescape(refused.text)
    again = laid_out.send(
        page, action, **second | {"shown": mark_in(refused.text, form=form.number)}
    )

    assert refused.status_code == 409
    assert "Rien n’est enregistré" in shown
    assert re.search(f"vient d’écrire ici\u00a0: \u2068[^\u2069]*{form.told}\u2069", shown)
    assert form.kept in shown
    assert again.status_code in (302, 303)
    assert form.kept in html.unescape(laid_out.read(page))


def test_whoever_is_second_with_a_logo_sees_the_others_colour_and_chooses_the_file_again(laid_out):
    page = f"{EVENT}/look"
    mark = mark_in(laid_out.read(page))
    laid_out.send(page, colour="#a3262a", shown=mark)

    logo = (io.BytesIO(LOGO), "logo.png")
    refused = laid_out.send(page, colour="#1f4e9c", shown=mark, logo=logo)

    assert refused.status_code == 409
    assert '<input type="color" disabled value="#a3262a"' in refused.text
    assert "Choisissez le logo encore une fois" in html.unescape(refused.text)


def hours(*lines):
    """Return the fields of the form of hours: whose they are, and from when until when."""
    return {
        f"{name}-{number}": value
        for number, (whose, opens, closes) in enumerate(lines, 1)
        for name, value in (
            ("whose", whose),
            ("opens_at", opens and f"2025-06-14T{opens}:00"),
            ("closes_at", closes and f"2025-06-14T{closes}:00"),
        )
    }


def test_hours_of_two_organisers_are_joined_line_by_line(laid_out):
    page = f"{EVENT}/hours"
    gate, members, elected = ("gate-1", "14", "15"), ("category-1", "10", "12"), ("category-2",)
    laid_out.send(page, page, **hours(members, gate))
    mark = mark_in(laid_out.read(page), form=1)
    # The other one puts a line before all others, and changes the second of the two.
    laid_out.send(
        page, page, shown=mark, **hours(members, ("gate-1", "14", "16"), (*elected, "08", "09"))
    )

    mine = hours(("category-1", "10", "13"), gate)
    refused = laid_out.send(page, page, shown=mark, **mine)
    joined = hours(("category-1", "10", "13"), (*elected, "08", "09"), ("gate-1", "14", "16"))
    again = laid_out.send(page, page, shown=mark_in(refused.text, form=1), **joined)

    assert (refused.status_code, again.status_code) == (409, 303)
    assert all(f'value="{value}"' in refused.text for name, value in joined.items())
    assert refused.text.count("vient d’écrire cette ligne") == 2
    # The days stand above: the page opens where the marked lines are.
    assert refused.text.index('id="hours"') < refused.text.index("autofocus")
    stored = laid_out.read(page)
    assert all(f'value="{value}"' in stored for value in joined.values())


def test_a_form_that_is_refused_still_notices_what_others_have_changed_before(laid_out):
    page = f"{EVENT}/quotas"
    mark = mark_in(laid_out.read(page))
    laid_out.send(page, f"{page}/1", name="Khémisset", quota="40", shown=mark)

    wrong = laid_out.send(page, f"{page}/1", name="Khémisset", quota="trente", shown=mark)
    sent = {"name": "Khémisset", "quota": "30", "shown": mark_in(wrong.text)}

    assert wrong.status_code == 400
    assert laid_out.send(page, f"{page}/1", **sent).status_code == 409
