"""Gates and devices are renamed, moved and limited, and the next scan obeys."""

from __future__ import annotations

import pytest

from tests.support import factories
from tests.support.api_client import Api

DEVICES = "/events/rabat-2025/devices"
GATES = "/events/rabat-2025/gates"


@pytest.fixture
def gate(app, database, event):
    return Api.enrolled(app, database, event, gate="Porte 1")


def gate_ids(api):
    return {one["name"]: one["id"] for one in api.read("/status")["gates"]}


def test_a_device_is_renamed_and_counts_at_its_new_gate_from_the_next_scan(
    organiser, gate, database, event
):
    codes = factories.badges(database, event, 2)
    gate.scan(codes[0])
    organiser.send(DEVICES, GATES, name="Porte 2")

    moved = organiser.send(
        DEVICES,
        f"{DEVICES}/{gate.device_id}",
        name="Poste de Karim",
        gate_id=str(gate_ids(gate)["Porte 2"]),
    )
    gate.scan(codes[1])

    status = gate.read("/status")
    assert moved.status_code == 302
    assert "Poste de Karim" in organiser.read(DEVICES)
    assert status["device"]["gate"]["name"] == "Porte 2"
    assert {one["name"]: one["arrived"] for one in status["gates"]} == {"Porte 1": 1, "Porte 2": 1}


def test_a_gate_is_renamed_and_limited_to_categories_and_opened_again(
    organiser, gate, database, event
):
    factories.a_category(database, event, "Élu")
    code = factories.a_badge(database, event)
    address = f"{GATES}/{gate_ids(gate)['Porte 1']}"

    organiser.send(DEVICES, address, name="Tribune", category="Élu")
    limited = gate.verdict(code)
    page = organiser.read(DEVICES)
    organiser.send(DEVICES, address, name="Tribune")

    assert limited == ("error", "wrong_gate")
    assert "Tribune" in page
    assert gate.verdict(code) == ("ok", None)
    assert list(gate_ids(gate)) == ["Tribune"]


@pytest.mark.parametrize(
    ("name", "sentence"), [("porte  1", "déjà pris"), ("", "aucun nom"), ("x" * 200, "120")]
)
def test_a_new_gate_with_a_name_that_cannot_be_is_refused_beside_its_field(
    organiser, gate, name, sentence
):
    response = organiser.send(DEVICES, GATES, name=name)

    assert response.status_code == 400
    assert 'aria-describedby="name-problem-new-gate"' in response.text
    assert sentence in response.text
    assert list(gate_ids(gate)) == ["Porte 1"]


def test_a_gate_keeps_its_name_when_only_its_categories_change(organiser, gate, database, event):
    factories.a_category(database, event, "Élu")
    address = f"{GATES}/{gate_ids(gate)['Porte 1']}"

    assert organiser.send(DEVICES, address, name="Porte 1", category="Élu").status_code == 302


def test_devices_and_gates_of_another_event_are_not_found(app, organiser, gate, database):
    other = factories.an_event(database, "sale-2025")
    theirs = Api.enrolled(app, database, other, gate="Ailleurs")
    gate_there = theirs.read("/status")["gates"][0]["id"]

    asked = [
        organiser.send(DEVICES, f"{DEVICES}/{theirs.device_id}", name="x", gate_id="1"),
        organiser.send(DEVICES, f"{GATES}/{gate_there}", name="x"),
        organiser.send(DEVICES, f"{DEVICES}/{gate.device_id}", name="x", gate_id=str(gate_there)),
    ]

    assert [response.status_code for response in asked] == [404, 404, 404]
    assert theirs.read("/status")["gates"][0]["name"] == "Ailleurs"


def test_a_revoked_device_is_not_changed_any_more(organiser, gate):
    gate_id = gate_ids(gate)["Porte 1"]
    organiser.send(DEVICES, f"{DEVICES}/{gate.device_id}/revoke")

    response = organiser.send(
        DEVICES, f"{DEVICES}/{gate.device_id}", name="Encore", gate_id=str(gate_id)
    )

    assert response.status_code == 400
    assert "Encore" not in organiser.read(DEVICES)
