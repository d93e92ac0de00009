"""Help desks over HTTP: the key and the pages of people, and what they showed offline."""

from __future__ import annotations

from base64 import b64decode

import pytest
from sqlalchemy import select, update

from checkin.db.models import Event, Message, ShownPerson
from checkin.protocol.base64url import bytes_of
from checkin.protocol.gate_list import list_is_genuine, signed_bytes
from checkin.protocol.sealed_pages import PageKeys, SealedPage
from tests.support import factories
from tests.support.api_client import Api, a_scan


def a_desk(app, database, event):
    made = factories.a_new_device(database, event, "Accueil", help_desk=True)
    return Api(app, made.token, made.id)


def test_a_help_desk_opens_the_people_with_the_key_that_it_is_lent(app, database, event):
    factories.a_participant(database, event, "Amina Alaoui")
    desk = a_desk(app, database, event)

    told, public_key = desk.read("/people-list"), desk.read("/gate-list")["public_key"]
    raw = desk.ask("GET", "/people-list/pages", query_string={"mark": told["head"]["marks"]})
    opened = PageKeys(bytes_of(told["key"])).open(SealedPage(**raw.json["pages"][0]))

    assert [one["participant"]["name"] for one in opened] == ["Amina Alaoui"]
    assert b"Amina" not in raw.data
    assert list_is_genuine(public_key, signed_bytes(told["head"], (), ()), told["signature"])
    assert raw.headers["Cache-Control"] == "no-store"
    assert desk.read("/status")["device"]["help_desk"] is True
    assert factories.noted(database, "device")[-1] == "device.people"


def said_to_be_shown(api, person):
    shown = [{"participant_id": person, "shown_at": "2125-06-14T14:30:00Z"}]
    return api.ask("POST", "/people-list/shown", json={"shown": shown})


def named_from_a_bus(api, person):
    body = a_scan("", participant_id=person, source="bus")
    del body["code"]
    return api.ask("POST", "/scans", json=body).json["participant"]


def set_event(database, **values):
    factories.write(database, lambda session: session.execute(update(Event).values(values)))


def test_another_device_gets_neither_key_nor_pages(api, database, event):
    refused = [api.ask("GET", path) for path in ("/people-list", "/people-list/pages?mark=a")]

    assert [(one.status_code, one.json["error"]) for one in refused] == [
        (403, "not_a_help_desk")
    ] * 2
    assert "help_desk" not in api.read("/status")["device"]


def test_a_page_that_is_gone_is_left_out_and_too_many_are_refused(app, database, event):
    desk = a_desk(app, database, event)

    assert desk.read("/people-list/pages?mark=gone") == {"pages": []}
    assert desk.ask("GET", "/people-list/pages").status_code == 400
    assert desk.ask("GET", "/people-list/pages?" + "mark=a&" * 41).status_code == 400


def test_a_help_desk_tells_whom_it_showed_without_the_network(app, database, event):
    person = factories.a_participant(database, event, "Amina Alaoui").participant_id
    desk = a_desk(app, database, event)
    shown = [{"participant_id": person, "shown_at": "2125-06-14T14:30:00Z"}]

    assert desk.ask("POST", "/people-list/shown", json={"shown": shown}).status_code == 200
    assert desk.ask("POST", "/people-list/shown", json={"shown": []}).status_code == 400
    with database.read() as session:
        assert session.scalars(select(ShownPerson.participant_id)).all() == [person]


def test_no_other_device_says_whom_it_has_shown_and_so_is_told_their_names(api, database, event):
    person = factories.a_participant(database, event, "Amina Alaoui").participant_id

    told = said_to_be_shown(api, person)

    assert (told.status_code, told.json["error"]) == (403, "not_a_help_desk")
    assert named_from_a_bus(api, person) is None


@pytest.mark.parametrize("is_open", [True, False])
def test_what_a_help_desk_says_to_have_shown_names_nobody_while_the_doors_are_closed(
    app, database, event, is_open
):
    person = factories.a_participant(database, event, "Amina Alaoui").participant_id
    desk = a_desk(app, database, event)
    set_event(database, search_while_closed=is_open)

    said_to_be_shown(desk, person)
    named = named_from_a_bus(desk, person)
    badge = desk.ask("POST", f"/participants/{person}/badge", json={})

    assert (named is not None, badge.status_code) == (is_open, 200 if is_open else 403)


def test_a_help_desk_that_nobody_stands_at_holds_nobody_and_replaces_no_badge(app, database, event):
    person = factories.a_participant(database, event, "Amina Alaoui").participant_id
    desk = a_desk(app, database, event)
    desk.ask("POST", "/kiosk", json={"on": True})

    refused = [
        desk.ask("GET", "/people-list"),
        desk.ask("GET", "/people-list/pages?mark=a"),
        desk.ask("POST", f"/participants/{person}/badge", json={}),
    ]

    assert [(one.status_code, one.json["error"]) for one in refused] == [(403, "kiosk")] * 3


def test_a_new_badge_is_drawn_for_a_help_desk_and_the_old_one_is_refused(app, database, event):
    person = factories.a_participant(database, event, "Amina Alaoui")
    desk = a_desk(app, database, event)

    new = desk.ask("POST", f"/participants/{person.participant_id}/badge", json={})

    assert (new.status_code, new.json["issue"], new.json["width_mm"]) == (200, 2, 86)
    assert (b64decode(new.json["pdf"])[:5], b64decode(new.json["png"])[1:4]) == (b"%PDF-", b"PNG")
    assert desk.scan(factories.code_of(event, person.badge_id))["reason"] == "revoked"
    with database.read() as session:  # whoever was not searched for counts as shown
        assert session.scalars(select(ShownPerson.participant_id)).all() == [person.participant_id]


@pytest.mark.parametrize(
    ("body", "told"),
    [
        pytest.param({}, True, id="a device that says nothing"),
        pytest.param({"tell": True}, True, id="wanted"),
        pytest.param({"tell": False}, False, id="not wanted"),
    ],
)
def test_a_message_brings_a_new_badge_too_as_the_help_desk_says(app, database, event, body, told):
    person = factories.a_participant(database, event, email="amina@example.org").participant_id

    new = a_desk(app, database, event).ask("POST", f"/participants/{person}/badge", json=body)

    with database.read() as session:
        kinds = session.scalars(select(Message.kind)).all()
    assert (new.json["told"], "replaced" in kinds) == (told, told)


def test_whether_to_tell_is_yes_or_no(app, database, event):
    person = factories.a_participant(database, event, "Amina Alaoui").participant_id

    refused = a_desk(app, database, event).ask(
        "POST", f"/participants/{person}/badge", json={"tell": "no"}
    )

    assert (refused.status_code, "tell" in refused.json["detail"]) == (400, True)


def test_only_a_help_desk_replaces_badges_and_a_pin_where_admitting_takes_one(
    app, api, database, event
):
    person = factories.a_participant(database, event, "Amina Alaoui").participant_id
    desk, path = a_desk(app, database, event), f"/participants/{person}/badge"
    set_event(database, without_badge="supervisors")
    factories.a_supervisor(database)

    bodies = ({}, {"supervisor_pin": "135791"}, {"supervisor_pin": factories.PIN})
    told = [desk.ask("POST", path, json=body) for body in bodies]
    other = api.ask("POST", path, json={})

    assert [one.json.get("error") for one in told] == ["pin_needed", "forbidden", None]
    assert other.json["error"] == "not_a_help_desk"
