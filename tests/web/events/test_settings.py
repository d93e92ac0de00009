"""An event is created and changed in the browser, and the running gates obey at once."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from checkin.db.models import Activity, Category, Event, Role
from checkin.domain.scanning.reasons import Reason
from checkin.words.isolates import without_isolates
from tests.support import factories
from tests.support.api_client import Api
from tests.support.factories import NOW
from tests.web.browsing import mark_in

NEW = "/events/new"
PAGE = "/events/rabat-2025/settings"
FIELDS = {
    "name": "Rencontre régionale",
    "name_ar": "اللقاء الجهوي",
    "venue": "Complexe Ibn Rochd",
    "timezone": "Africa/Casablanca",
    "starts_at": "2025-06-14T15:00",
    "ends_at": "2025-06-14T19:00",
    "reentry": "single",
    "language": "fr",
    "retention_days": "30",
    "gates_may_search": "yes",
    "search_while_closed": "yes",
}


def event_of(database, slug="rabat-2025"):
    with database.read() as session:
        return session.scalar(select(Event).where(Event.slug == slug))


def changes_of(database):
    with database.read() as session:
        logged = session.scalars(select(Activity).where(Activity.action == "event.change"))
        return [one.details["changed"] for one in logged]


def test_an_event_is_created_with_its_times_by_the_clocks_of_its_zone(organiser, database):
    answer = organiser.send(
        NEW, **FIELDS, slug="sale-2025", doors_open_at="2025-06-14T13:30", capacity="٩٠٠"
    )

    event = event_of(database, "sale-2025")
    assert (answer.status_code, answer.location) == (303, "/events/sale-2025/start")
    assert (event.starts_at, event.doors_open_at, event.capacity) == (
        datetime(2025, 6, 14, 14, 0, tzinfo=UTC),
        datetime(2025, 6, 14, 12, 30, tzinfo=UTC),
        900,
    )
    assert (event.sensitive, event.grace_s, event.doors_close_at) == (False, 0, None)
    with database.read() as session:
        assert session.scalars(select(Category.name_ar)).all() == ["مشارك"]
        assert "event.add" in session.scalars(select(Activity.action)).all()


def test_a_short_name_is_made_from_the_name_and_taken_once(organiser, database):
    first = organiser.send(NEW, **FIELDS)
    again = organiser.send(NEW, **FIELDS)

    assert first.location == "/events/rencontre-regionale/start"
    assert (again.status_code, "déjà le nom court" in again.text) == (400, True)
    assert 'id="slug-problem"' in again.text


def test_saved_settings_are_shown_and_logged(organiser, database, event):
    saved = organiser.send(PAGE, **FIELDS | {"capacity": "500", "reentry": "after_exit"})

    page = organiser.read(PAGE)
    assert saved.status_code == 303
    assert 'value="2025-06-14T15:00"' in page
    assert '<option value="after_exit" selected>' in page
    assert changes_of(database) == [
        {"capacity": 500, "reentry": "after_exit", "reserve_until": None, "sensitive": False},
    ]


def test_saving_the_same_again_is_no_change(organiser, database, event):
    organiser.send(PAGE, **FIELDS)
    version = event_of(database).list_version

    organiser.send(PAGE, **FIELDS)

    assert len(changes_of(database)) == 1
    assert event_of(database).list_version == version


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("fr", "la fin (14 juin 2025 à 15:00) n’est pas après le début (14 juin 2025 à 15:00)"),
        ("ar", "النهاية (14 يونيو 2025، 15:00) ليست بعد البداية (14 يونيو 2025، 15:00)"),
        ("en", "the end (14 June 2025, 15:00) is not after the beginning (14 June 2025, 15:00)"),
    ],
)
def test_moments_are_told_as_the_reader_writes_them(organiser, language, told):
    ends = {"ends_at": FIELDS["starts_at"]}

    page = organiser.send(f"{PAGE}?lang={language}", **{**FIELDS, **ends}).text

    assert told in without_isolates(page)


@pytest.mark.parametrize(
    ("field", "value", "french", "arabic"),
    [
        ("name", "", "rien n’est écrit", "لم يُكتب شيء"),
        ("name_ar", "=1+1", "formule", "صيغة حسابية"),
        ("timezone", "Maroc", "fuseau horaire", "منطقة زمنية"),
        ("timezone", "../../etc/passwd", "fuseau horaire", "منطقة زمنية"),
        ("starts_at", "demain", "une date et une heure", "تاريخا وساعة"),
        ("ends_at", "2025-06-14T15:00", "pas après le début", "ليست بعد البداية"),
        ("doors_close_at", "2025-06-14T19:00", "sans jamais ouvrir", "دون أن تُفتح"),
        ("capacity", "beaucoup", "un nombre entier", "عددا صحيحا"),
        ("capacity", "0", "un nombre entier", "عددا صحيحا"),
        ("grace_minutes", "-5", "un nombre entier", "عددا صحيحا"),
        ("retention_days", "", "rien n’est écrit", "لم يُكتب شيء"),
        ("reentry", "sometimes", "choisissez dans la liste", "من اللائحة"),
    ],
)
def test_an_invalid_setting_is_reported_beside_its_field_and_the_input_is_kept(
    organiser, database, event, field, value, french, arabic
):
    sent = FIELDS | {"venue": "Une autre salle", field: value}

    in_french = organiser.send(PAGE, **sent)
    organiser.open("/?lang=ar")
    in_arabic = organiser.send(PAGE, **sent)

    assert (in_french.status_code, in_arabic.status_code) == (400, 400)
    assert f'id="{field}-problem"' in in_french.text
    assert (french in in_french.text, arabic in in_arabic.text) == (True, True)
    assert "Une autre salle" in in_french.text
    assert event_of(database).venue == "Complexe Ibn Rochd"


def test_doors_that_close_before_they_open_are_refused(organiser, event):
    doors = {"doors_open_at": "2025-06-14T14:00", "doors_close_at": "2025-06-14T13:00"}

    assert "avant d’ouvrir" in organiser.send(PAGE, **FIELDS, **doors).text


def test_changed_settings_hold_from_the_next_scan_and_are_in_the_gate_list(
    organiser, app, database, event
):
    gate = Api.enrolled(app, database, event, gate="Porte 1")
    codes = factories.badges(database, event, 2)
    before = gate.read("/gate-list")["head"]
    admitted = gate.verdict(codes[0])
    doors = {"doors_open_at": "2025-06-14T08:00", "doors_close_at": "2025-06-14T09:00"}

    organiser.send(PAGE, **FIELDS, **doors)

    after = gate.read("/gate-list")["head"]
    assert (admitted, gate.verdict(codes[1])) == (("ok", None), ("error", "invalid_time"))
    assert int(after["cursor"]) > int(before["cursor"])
    assert after["policy"]["doors_close_at"] == "2025-06-14T08:00:00Z"


def test_a_capacity_below_the_people_inside_is_saved_only_if_it_is_confirmed(
    organiser, database, event
):
    device = factories.a_device(database, event)
    sale = factories.a_delegation(database, event, "Salé", quota=5)
    *inside, late = factories.badges(database, event, 3, delegation=sale)
    for code in inside:
        factories.scan(database, device, code, at=NOW)

    taken = organiser.send(PAGE, **FIELDS, capacity="2")
    asked = organiser.send(PAGE, **FIELDS, capacity="1")
    before = event_of(database).capacity
    confirmed = organiser.send(PAGE, **FIELDS, capacity="1", is_too_small="yes")

    assert [one.status_code for one in (taken, asked, confirmed)] == [303, 400, 303]
    assert 'id="capacity-problem"' in asked.text
    assert "À l’intérieur maintenant\u00a0: 2." in asked.text
    assert 'name="is_too_small"' in asked.text
    assert (before, event_of(database).capacity) == (2, 1)
    device = factories.a_device(database, event)  # it hears of the new settings
    assert factories.scan(database, device, late).reason == Reason.CAPACITY_EXCEEDED


def test_settings_that_somebody_else_has_changed_meanwhile_are_shown_and_not_overwritten(
    organiser, database, event
):
    opened = organiser.read(PAGE)
    organiser.send(PAGE, **FIELDS, capacity="500")

    sent = {**FIELDS, "venue": "Une autre salle", "reentry": "free", "shown": mark_in(opened)}
    refused = organiser.send(PAGE, **sent)
    again = organiser.send(PAGE, **sent | {"capacity": "500", "shown": mark_in(refused.text)})

    assert (refused.status_code, again.status_code) == (409, 303)
    assert "quelqu’un d’autre a fait des changements" in refused.text
    assert 'value="Une autre salle"' in refused.text
    assert 'id="capacity-problem"' in refused.text
    assert "\u2068500\u2069" in refused.text
    saved = event_of(database)
    assert (saved.venue, saved.capacity, saved.reentry) == ("Une autre salle", 500, "free")


def test_another_roles_overview_offers_no_new_event(signed_in, event):
    assert NEW not in signed_in(Role.VIEWER).read("/")
