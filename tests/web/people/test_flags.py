"""Flags are defined on their page, and reach the verdict, the sealed list and the open page."""

from __future__ import annotations

import json

import pytest

from checkin.protocol.codes import parse_code
from checkin.protocol.gate_list import SealedEntry, open_entry
from tests.support import factories
from tests.support.api_client import Api, a_scan
from tests.web.browsing import mark_in

PAGE = "/events/rabat-2025/flags"
ARRIVALS = "/events/rabat-2025/arrivals"
VIP = {
    "name": "VIP",
    "symbol": "star",
    "sentence": "Appeler le protocole",
    "sentence_ar": "اتصلوا بالتشريفات",
    "page": "Protocole",
}
SHOWN = {key: VIP[key] for key in ("symbol", "sentence", "sentence_ar")}


@pytest.fixture
def gate(app, database, event):
    return Api.enrolled(app, database, event, gate="Porte 1")


@pytest.fixture
def code(organiser, database, event):
    assert organiser.send(PAGE, **VIP).status_code == 303
    return factories.a_badge(database, event, flags="VIP")


def test_a_flag_is_at_the_verdict_and_sealed_in_the_entry_but_not_in_the_answer_to_a_ref(
    gate, code, database, event
):
    listed = gate.read("/gate-list")
    token = parse_code(code)
    [entry] = [open_entry(token, SealedEntry(**one)) for one in listed["entries"]]

    by_ref = gate.ask("POST", "/scans", json=_by_ref(code)).json
    live = gate.scan(code)

    assert (live["flags"], by_ref["flags"]) == ([SHOWN], [])
    assert entry["flags"] == [SHOWN]
    assert "VIP" not in json.dumps(listed["head"])
    assert gate.scan(factories.a_badge(database, event, "Driss Premier"))["flags"] == []


def _by_ref(code):
    body = a_scan(code, type="exit")
    del body["code"]
    return body | {"badge_ref": factories.ref_of(code).hex()}


def test_what_gates_say_is_changed_and_nobody_is_surprised_by_another_change(organiser, gate, code):
    mark = mark_in(organiser.read(PAGE))
    changed = {**VIP, "symbol": "call", "sentence": "Appeler Nadia", "sentence_ar": ""}
    organiser.send(PAGE, f"{PAGE}/1", **changed, shown=mark)

    overtaken = organiser.send(PAGE, f"{PAGE}/1", **VIP, shown=mark)

    assert overtaken.status_code == 409
    assert gate.scan(code)["flags"] == [
        {"symbol": "call", "sentence": "Appeler Nadia", "sentence_ar": None}
    ]


@pytest.mark.parametrize(
    ("more", "sentence"),
    [({}, "existe déjà"), ({"name": "a;b"}, "point-virgule"), ({"name": ""}, "aucun nom")],
)
def test_a_flag_that_cannot_be_is_refused_beside_its_field(organiser, code, more, sentence):
    response = organiser.send(PAGE, **VIP | more)

    assert response.status_code == 400
    assert 'aria-describedby="new-name-problem"' in response.text
    assert sentence in response.text


def test_a_flag_is_given_to_everybody_and_only_then_cannot_be_deleted(
    organiser, gate, database, event, code
):
    other = factories.a_badge(database, event, "Driss Premier")
    organiser.send(PAGE, f"{PAGE}/1/people", do="give", detail="A")

    assert gate.scan(other)["flags"][0]["sentence"] == "Appeler le protocole A"
    assert organiser.send(PAGE, f"{PAGE}/1/remove").status_code == 400
    organiser.send(PAGE, f"{PAGE}/1/people", do="take")
    assert organiser.send(PAGE, f"{PAGE}/1/remove").status_code == 303


@pytest.mark.parametrize("delegation", ["Rabat", "9" * 30])
def test_a_choice_that_is_none_gives_a_flag_to_nobody(
    organiser, gate, database, event, code, delegation
):
    other = factories.a_badge(database, event, "Driss Premier")

    response = organiser.send(PAGE, f"{PAGE}/1/people", do="give", delegation=delegation)

    assert (response.status_code, gate.scan(other)["flags"]) == (400, [])


def test_the_page_that_a_flag_names_is_told_of_arrivals(organiser, gate, code):
    address = f"{ARRIVALS}/pages/Protocole"
    assert '"arrivals": []' in organiser.read(address)
    with organiser.open(f"{ARRIVALS}/live") as response:
        _next_body(response)
        gate.scan(code)
        [told] = _next_body(response)["arrivals"]

    assert (told["name"], told["gate"], told["told_at"]) == ("Amina Alaoui", "Porte 1", None)
    assert told["flags"] == [SHOWN | {"sign": "★", "page": "Protocole"}]
    assert organiser.open(f"{ARRIVALS}/pages/Personne").status_code == 404


def _next_body(response):
    seen = ""
    for message in response.response:
        seen += message.decode()
        if "event: flagged" in seen and seen.endswith("\n\n"):
            return json.loads(seen.split("data: ", 1)[1].splitlines()[0])
    raise AssertionError("the stream ended")


def test_a_form_and_a_list_take_only_flags_that_are_defined(organiser, code):
    form = {"name": "Amina", "category": "1", "flags": "VYP"}
    refused = organiser.send("/", "/events/rabat-2025/participants/1/edit", **form)

    assert refused.status_code == 400
    assert "VYP" in refused.text
