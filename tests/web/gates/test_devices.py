"""The devices page: pairing and revoking."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from checkin.db.models import Activity, Operator
from tests.support import factories
from tests.support.api_client import Api

DEVICES = "/events/rabat-2025/devices"
PAIRING = f"{DEVICES}/pairing"


def pair(app, code):
    body = {"pairing_code": code, "device_name": "Poste de Samira", "software": "tests"}
    return app.test_client().post("/api/v1/devices/pair", json=body)


def test_the_code_on_the_page_pairs_one_device_at_its_gate(app, organiser, event):
    page = organiser.send(DEVICES, PAIRING, gate="Porte 1")
    link = re.search(r"http://\S+/scan#pair=([0-9A-Z]{8})", page.text)

    first, second = pair(app, link[1]), pair(app, link[1])

    assert page.status_code == 201
    assert (first.status_code, second.status_code) == (201, 401)
    assert first.json["gate"]["name"] == "Porte 1"
    assert "Poste de Samira" in organiser.read(DEVICES)


def test_a_gate_without_letters_is_refused_with_a_sentence(organiser, event):
    response = organiser.send(DEVICES, PAIRING, gate="  ")

    assert response.status_code == 400
    assert "aucun nom" in response.text


def test_a_revoked_device_is_refused_and_shown_as_revoked(app, organiser, database, event):
    gate = Api.enrolled(app, database, event, gate="Porte 1")

    organiser.send(DEVICES, f"{DEVICES}/{gate.device_id}/revoke")

    assert gate.ask("GET", "/status").status_code == 401
    assert "✗ Révoqué" in organiser.read(DEVICES)


def test_the_log_says_who_paired_and_who_revoked(app, organiser, database, event):
    gate = Api.enrolled(app, database, event, gate="Porte 1")

    organiser.send(DEVICES, PAIRING, gate="Porte 1")
    organiser.send(DEVICES, f"{DEVICES}/{gate.device_id}/revoke")

    with database.read() as session:
        acts = session.execute(
            select(Activity.action, Operator.role)
            .join(Operator, Operator.id == Activity.operator_id)
            .where(Activity.action.startswith("device."))
            .order_by(Activity.id)
        ).all()
    assert acts == [("device.pairing_opened", "organiser"), ("device.revoke", "organiser")]


def test_a_device_clock_more_than_a_minute_off_shows_a_warning(app, organiser, database, event):
    factories.a_supervisor(database)
    right, slow, wrong = (Api.enrolled(app, database, event, gate=f"Porte {n}") for n in range(3))
    for api, seconds in ((right, 0), (slow, 40), (wrong, 3600)):
        api.batch(device_time=datetime.now(UTC) - timedelta(seconds=seconds))

    page = organiser.read(DEVICES)

    assert page.count("décalée de plus d’une minute") == 1
    assert page.count("▲") == 2
    assert "3600" in page


def test_a_pairing_is_said_to_be_paired_only_when_the_device_has_answered(app, organiser, event):
    page = organiser.send(DEVICES, PAIRING, gate="Porte 1").text
    code = re.search(r"/scan#pair=([0-9A-Z]{8})", page)[1]
    look = re.search(r'data-look="([^"]+)"', page)[1]

    found = [organiser.open(look).json]
    token = pair(app, code).json["device_token"]
    found.append(organiser.open(look).json)
    app.test_client().get("/api/v1/status", headers={"Authorization": f"Bearer {token}"})
    found.append(organiser.open(look).json)

    assert found == [
        {"state": "waiting", "device": ""},
        {"state": "taken", "device": "Poste de Samira"},
        {"state": "paired", "device": "Poste de Samira"},
    ]


def test_a_page_without_scripts_is_shown_its_code_again(organiser, database, event):
    page = organiser.send(DEVICES, PAIRING, gate="Porte 1").text
    code = re.search(r"/scan#pair=([0-9A-Z]{8})", page)[1]

    again = organiser.send(DEVICES, PAIRING, code=code)

    assert (again.status_code, f"#pair={code}" in again.text) == (201, True)
    assert factories.noted(database, "device") == ["device.pairing_opened"]


def test_a_pairing_of_another_event_is_not_found(organiser, database, event):
    page = organiser.send(DEVICES, PAIRING, gate="Porte 1").text
    look = re.search(r'data-look="([^"]+)"', page)[1]
    factories.an_event(database, "autre")

    assert organiser.open(look.replace("rabat-2025", "autre")).status_code == 404


def test_devices_of_one_name_are_numbered_and_a_taken_name_is_refused(organiser, database, event):
    first, second = (factories.a_new_device(database, event) for _ in range(2))

    page = organiser.read(DEVICES)
    refused = organiser.send(
        DEVICES, f"{DEVICES}/{second.id}", name="Laptop", gate_id=str(first.gate_id)
    )

    assert ("<bdi>Laptop</bdi>" in page, "<bdi>Laptop 2</bdi>" in page) == (True, True)
    assert (refused.status_code, "Ce nom est déjà pris" in refused.text) == (400, True)


def test_what_a_device_has_set_aside_is_asked_for_again(app, organiser, database, event):
    gate = Api.enrolled(app, database, event, gate="Porte 1")
    assert "Les faire renvoyer" not in organiser.read(DEVICES)
    gate.read("/status?waiting=0&set_aside=3")

    page = organiser.read(DEVICES)
    assert "Mis de côté" in page
    organiser.send(DEVICES, f"{DEVICES}/{gate.device_id}/send-again")

    assert gate.read("/status")["device"]["send_again"]
    assert "demandé à" in organiser.read(DEVICES)


def test_a_lost_memory_and_a_copy_are_named_on_the_page_and_on_the_board(
    app, organiser, database, event
):
    gate = Api.enrolled(app, database, event, gate="Porte 1")
    for turn, run in ((5, "a"), (1, "b"), (2, "b"), (2, "c")):
        gate.read(f"/status?turn={turn}&run={run}&saved=12")

    page, board = organiser.read(DEVICES), organiser.read("/events/rabat-2025/board")

    assert "mémoire perdue à" in page
    assert "deux copies remarquées" in page
    assert "a perdu ce qu’il gardait" in board
    assert "Il existe deux copies de" in board


def test_a_device_without_trouble_is_named_nowhere(app, organiser, database, event):
    Api.enrolled(app, database, event, gate="Porte 1").read("/status?turn=1&run=a")

    assert "mémoire perdue" not in organiser.read(DEVICES)
    assert "deux copies" not in organiser.read("/events/rabat-2025/board")
