"""Categories are added, changed, ordered and deleted, and badges and gate lists follow."""

from __future__ import annotations

import pytest

from checkin.services.badges.specs import badge_specs
from checkin.services.events.events import categories_of
from checkin.services.gates.gates import limit_gate
from tests.support import factories
from tests.support.api_client import Api
from tests.support.factories import KEYS, write
from tests.web.browsing import mark_in

PAGE = "/events/rabat-2025/categories"
OFFICIAL = {"name": "Élu", "name_ar": "منتخب", "colour": "#7a1f3d", "shape": "star"}


@pytest.fixture
def militant(database, event):
    return factories.a_category(database, event)


def listed(database, event):
    with database.read() as session:
        return [(c.name, c.name_ar, c.colour, c.shape) for c in categories_of(session, event)]


def test_a_category_is_added_at_the_end_with_its_shape_and_colour(
    organiser, database, event, militant
):
    added = organiser.send(PAGE, **OFFICIAL)

    assert added.status_code == 303
    assert listed(database, event) == [
        ("Militant", None, "#1d70ce", "circle"),
        ("Élu", "منتخب", "#7a1f3d", "star"),
    ]


def test_a_change_reaches_the_badges_and_the_list_that_devices_carry(
    organiser, app, database, event, militant, delegation
):
    gate = Api.enrolled(app, database, event, gate="Porte 1")
    factories.a_participant(database, event, delegation=delegation, category=militant)
    cursor = gate.read("/gate-list")["head"]["cursor"]

    organiser.send(PAGE, f"{PAGE}/{militant.id}", **OFFICIAL)

    with database.read() as session:
        [badge] = badge_specs(session, event, KEYS)
    assert (badge.category, badge.category_shape, badge.category_colour) == (
        "Élu",
        "star",
        "#7a1f3d",
    )
    assert len(gate.read(f"/gate-list?since={cursor}")["entries"]) == 1


@pytest.mark.parametrize(
    ("field", "value", "french"),
    [
        ("name", "", "aucun nom"),
        ("name", "militant", "existe déjà"),
        ("name_ar", "Militant", "existe déjà"),
        ("colour", "rouge", "choisissez dans la liste"),
        ("shape", "heart", "choisissez dans la liste"),
    ],
)
def test_what_cannot_be_is_said_beside_its_field(
    organiser, database, event, militant, field, value, french
):
    answer = organiser.send(PAGE, **OFFICIAL | {field: value})

    assert (answer.status_code, french in answer.text) == (400, True)
    assert 'aria-invalid="true"' in answer.text
    assert OFFICIAL["name_ar"] in answer.text or field == "name_ar"
    assert len(listed(database, event)) == 1


def test_the_order_is_changed_and_stops_at_both_ends(organiser, database, event, militant):
    organiser.send(PAGE, **OFFICIAL)

    organiser.send(PAGE, f"{PAGE}/{militant.id}/move", to="down")
    organiser.send(PAGE, f"{PAGE}/{militant.id}/move", to="down")

    assert [name for name, *_ in listed(database, event)] == ["Élu", "Militant"]


def test_a_category_that_is_needed_is_not_deleted(organiser, database, event, militant, delegation):
    organiser.send(PAGE, **OFFICIAL)
    factories.a_participant(database, event, delegation=delegation, category=militant)
    factories.a_new_device(database, event, gate="Tribune")
    with database.read() as session:
        official = categories_of(session, event)[1].id

    def limit(session):
        from checkin.services.gates.devices import gate_named

        limit_gate(session, event, gate_named(session, event, "Tribune"), ["Élu"])

    write(database, limit)

    refused = [organiser.send(PAGE, f"{PAGE}/{one}/remove") for one in (militant.id, official)]

    assert [answer.status_code for answer in refused] == [400, 400]
    assert "sert encore" in refused[0].text
    assert len(listed(database, event)) == 2


def test_a_category_that_nothing_needs_is_deleted_but_for_the_last(
    organiser, database, event, militant
):
    organiser.send(PAGE, **OFFICIAL)

    gone = organiser.send(PAGE, f"{PAGE}/{militant.id}/remove")
    with database.read() as session:
        last = categories_of(session, event)[0].id
    kept = organiser.send(PAGE, f"{PAGE}/{last}/remove")

    assert (gone.status_code, kept.status_code) == (303, 400)
    assert [name for name, *_ in listed(database, event)] == ["Élu"]


def test_every_change_is_written_down(organiser, database, event, militant):
    organiser.send(PAGE, **OFFICIAL)
    organiser.send(PAGE, f"{PAGE}/{militant.id}", **OFFICIAL | {"name": "Membre", "name_ar": ""})
    organiser.send(PAGE, f"{PAGE}/{militant.id}/move", to="down")
    organiser.send(PAGE, f"{PAGE}/{militant.id}/remove")

    acts = factories.noted(database, "category")
    assert acts == ["category.add", "category.change", "category.order", "category.remove"]


def test_a_category_of_another_event_is_not_found(organiser, database, event, militant):
    other = factories.an_event(database, "sale-2025")
    theirs = factories.a_category(database, other, "Ailleurs")

    asked = [
        organiser.send(PAGE, f"{PAGE}/{theirs.id}{ending}", **OFFICIAL)
        for ending in ("", "/move", "/remove")
    ]

    assert [answer.status_code for answer in asked] == [404, 404, 404]


def test_a_category_that_somebody_else_has_changed_meanwhile_is_shown_and_not_overwritten(
    organiser, database, event, militant
):
    opened, form = organiser.read(PAGE), f"{PAGE}/{militant.id}"
    plain = {"name": "Militant", "name_ar": "", "colour": "#1d70ce", "shape": "circle"}
    organiser.send(PAGE, form, **plain | {"shape": "star"})

    sent = plain | {"name": "Militante", "shown": mark_in(opened)}
    refused = organiser.send(PAGE, form, **sent)
    kept = listed(database, event)
    again = organiser.send(PAGE, form, **sent | {"shape": "star", "shown": mark_in(refused.text)})

    assert (refused.status_code, again.status_code) == (409, 303)
    assert f'id="{militant.id}-shape-problem"' in refused.text
    assert "\u2068Étoile\u2069" in refused.text
    assert 'value="Militante"' in refused.text
    assert kept == [("Militant", None, "#1d70ce", "star")]
    assert listed(database, event) == [("Militante", None, "#1d70ce", "star")]


def test_the_form_of_a_new_category_offers_a_look_that_none_has(organiser, event, militant):
    page = organiser.read(PAGE)

    form = page[page.index('id="add"') :]
    assert 'value="#b8520a"' in form
    assert 'value="square" selected' in form


def test_the_band_of_a_badge_is_shown_as_the_form_has_it(organiser, event):
    band = organiser.open(f"{PAGE}/band.png?name=Presse&name_ar=&colour=%230e8148&shape=star")
    refused = organiser.open(f"{PAGE}/band.png?name=Presse&colour=red&shape=star")

    assert (band.status_code, band.data[:4]) == (200, b"\x89PNG")
    assert refused.status_code == 400
