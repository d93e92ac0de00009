"""Scans over HTTP of people who show no badge: the contract, the setting, and the budget."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from checkin.db.models import Event
from tests.support import factories
from tests.support.api_client import a_scan


@pytest.fixture
def amina(database, event):
    return factories.a_participant(database, event, "Amina Alaoui").participant_id


def found(person_id, **more):
    body = a_scan("", participant_id=person_id, source="search") | more
    return {key: value for key, value in body.items() if key != "code"}


def sent(api, body):
    reply = api.ask("POST", "/scans", json=body)
    assert reply.status_code == 200, reply.text
    return reply.json


def set_event(database, **values):
    factories.write(database, lambda s: s.execute(update(Event).values(values)))


def test_a_person_found_by_name_gets_the_answer_of_their_badge(api, amina):
    [person] = api.read("/participants?q=alaoui")["participants"]
    body = found(person["id"])

    first, again = sent(api, body), sent(api, body)

    assert (first["status"], first["participant"]["name"]) == ("ok", "Amina Alaoui")
    assert again == first | {"replayed": True, "server_time": again["server_time"]}


@pytest.mark.parametrize(
    "wrong",
    [
        {"code": "MZ0HQF9JMTDJY5GSXKPXKMANVXRM8"},
        {"badge_ref": "2f1c9a0d5be84e7c8d1f6a3b90c7e452"},
        {"participant_id": None},
        {"source": "camera"},
        {"participant_id": "1"},
        {"participant_id": 0},
    ],
)
def test_exactly_one_name_with_its_own_source_is_taken(wrong, api, amina):
    reply = api.ask("POST", "/scans", json=found(amina) | wrong)

    assert (reply.status_code, reply.json["error"]) == (400, "invalid_request")


def test_where_supervisors_admit_without_a_badge_it_takes_their_pin(api, database, amina):
    set_event(database, without_badge="supervisors")
    factories.a_supervisor(database)

    told = api.read("/status")["device"]["without_badge"]
    without = sent(api, found(amina))
    wrong = api.ask("POST", "/scans", json=found(amina, supervisor_pin="135791"))
    right = sent(api, found(amina, supervisor_pin=factories.PIN))

    assert (told, without["reason"], wrong.status_code) == ("supervisors", "badge_required", 403)
    assert (right["status"], right["reason"]) == ("ok", None)


def test_counting_up_the_numbers_of_people_shows_no_more_than_searching(api, database, event):
    people = [factories.a_participant(database, event, f"Omar {n}").participant_id for n in "ABCD"]
    set_event(database, search_budget_gate=2)

    replies = [api.ask("POST", "/scans", json=found(one)) for one in people]

    assert [reply.status_code for reply in replies] == [200, 200, 429, 429]
    assert replies[2].json["error"] == "search_budget"
    assert api.ask("POST", "/scans", json=found(people[0])).status_code == 200


def test_an_answer_about_a_bus_names_only_whom_a_search_has_shown(api, amina):
    unnamed = sent(api, found(amina, source="bus"))
    api.read("/participants?q=alaoui")
    named = sent(api, found(amina, source="bus"))

    assert (unnamed["status"], unnamed["participant"]) == ("ok", None)
    assert (named["reason"], named["participant"]["id"]) == ("already_redeemed", amina)


def test_a_batch_takes_people_without_badges(api, amina):
    scan = found(amina, source="bus", decided={"status": "ok", "reason": None})

    [result] = api.batch(scan).values()

    assert (result["status"], result["conflict"], result["error"]) == ("ok", False, None)
