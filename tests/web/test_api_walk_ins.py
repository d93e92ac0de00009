"""People who come unannounced."""

from __future__ import annotations

import pytest

from tests import factories


@pytest.fixture
def delegation(database, event):
    factories.a_category(database, event)
    return factories.a_delegation(database, event, "Rabat", quota=1)


def come(api, delegation, name: str, **more: object):
    return api.ask(
        "POST", "/participants", json={"name": name, "delegation_id": delegation.id, **more}
    )


def test_a_walk_in_gets_a_code_that_admits_while_there_are_places(api, delegation):
    first = come(api, delegation, "Amina Tazi", category="Militant", phone="0661234567")
    second = come(api, delegation, "Omar Alaoui")

    assert (first.status_code, second.status_code) == (201, 201)
    assert (first.json["standing"], first.json["reserve_no"]) == ("confirmed", None)
    assert (second.json["standing"], second.json["reserve_no"]) == ("reserve", 1)
    assert api.verdict(first.json["code"]) == ("ok", None)
    assert api.verdict(second.json["code"]) == ("error", "unapproved")


def test_somebody_registered_already_is_noticed_and_can_be_vouched_for(api, delegation):
    known = come(api, delegation, "Amina Tazi").json["participant_id"]

    again = come(api, delegation, "  AMINA   tazi ")
    vouched = come(api, delegation, "Amina Tazi", allow_duplicate=True)

    assert (again.status_code, again.json["error"]) == (409, "possible_duplicate")
    assert f"no. {known} is registered with the same name" in again.json["detail"]
    assert vouched.status_code == 201


@pytest.mark.parametrize(
    ("more", "status", "said"),
    [
        ({"name": " "}, 400, "Nom"),
        ({"phone": "12"}, 400, "Téléphone"),
        ({"category": "Astronaute"}, 400, "known: Militant"),
        ({"delegation_id": 999999}, 404, "no delegation has the number 999999"),
        ({"delegation_id": "1"}, 400, "delegation_id"),
        ({"name": "Amina\x00Tazi"}, 400, "control characters"),
    ],
)
def test_what_cannot_be_registered_is_told_and_registers_nobody(
    api, delegation, more, status, said
):
    reply = api.ask(
        "POST",
        "/participants",
        json={"name": "Amina Tazi", "delegation_id": delegation.id} | more,
        headers={"Accept-Language": "fr"},
    )

    assert reply.status_code == status
    assert said in reply.json["detail"]
    assert api.read("/status")["totals"]["registered"] == 0
