"""The page of hubs: make a code, see how far a hub is, revoke it."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from sqlalchemy import select, update

from checkin.db.models import Hub, HubPairing
from tests.support import factories
from tests.support.hub_client import HubApi, told_of_itself

PAGE = "/events/rabat-2025/hubs"


def test_a_code_is_shown_once_with_its_command_and_pairs_a_hub(
    app, organiser, database, event, device
):
    answer = organiser.send(PAGE, name="Salle A")

    code = re.search(r"--pair ([0-9A-Z]{8})", answer.text)[1]
    assert answer.status_code == 201
    assert f"{code[:4]} {code[4:]}" in answer.text
    assert f"marhaba hub --upstream {factories.BASE_URL} --pair {code}" in answer.text
    assert "data:image/svg" in answer.text
    assert code not in organiser.read(PAGE)
    assert (
        app.test_client()
        .post("/api/v1/hubs/pair", json=told_of_itself(code))
        .json["certificate"]["document"]["name"]
        == "Salle A"
    )
    assert factories.noted(database, "hub") == ["hub.pairing_opened", "hub.add"]


def test_a_name_that_is_none_comes_back_with_the_problem(organiser, database, event, device):
    answer = organiser.send(PAGE, name="***")

    assert answer.status_code == 400
    assert 'id="name-problem"' in answer.text
    assert 'value="***"' in answer.text
    with database.read() as session:
        assert session.scalars(select(HubPairing)).all() == []


def test_an_event_without_gates_is_told_so(organiser, event):
    answer = organiser.send(PAGE, name="Salle A")

    assert answer.status_code == 400
    assert "Ajoutez d’abord les portes" in answer.text


def test_a_hub_is_listed_with_its_devices_and_what_is_to_come(
    app, organiser, database, event, device
):
    hub = HubApi.of(app, database, event)
    hub.post(
        "/report",
        {
            "addresses": ["https://10.0.0.9:8443"],
            "version": "1",
            "counts": {"scans_waiting": 3, "walk_ins_waiting": 1},
            "gates": [
                {"device": 2**30, "name": "Laptop 9", "gate_id": device.gate_id, "battery": 12}
            ],
        },
    )
    hub.post("/lease", {})

    shown = organiser.read(PAGE)

    assert "Salle A" in shown
    assert "https://10.0.0.9:8443" in shown
    assert re.search(r'data-label="À venir">4<', shown)
    assert "Laptop 9" in shown
    assert "Porte 1" in shown
    assert "12 %" in shown.replace("\xa0", " ").replace("\u202f", " ")
    assert "● En ligne" in shown


def test_a_hub_is_no_device_at_the_gates(app, organiser, database, event, device):
    factories.a_delegation(database, event, "Tiflet", quota=100)
    assert HubApi.of(app, database, event).post("/lease", {})["delegations"][-1]["places"]

    shown = organiser.read("/events/rabat-2025/devices")

    assert "Salle A" not in shown
    assert "Laptop" in shown


def test_a_hub_is_revoked_once_and_stays_listed(app, organiser, database, event, device):
    hub = HubApi.of(app, database, event)

    for _ in range(2):
        answer = organiser.send(f"{PAGE}/{hub.id}/revoke")
        assert (answer.status_code, answer.location) == (303, PAGE)

    assert "✗ Révoqué" in organiser.read(PAGE)
    assert hub.ask("GET", "/mirror").json["wipe"] is True
    hub.post("/wiped", {})
    assert "✗ Terminé" in organiser.read(PAGE)
    assert factories.noted(database, "hub")[2:] == ["hub.revoke", "hub.wiped"]


def test_a_hub_without_contact_is_said_to_have_none(app, organiser, database, event, device):
    HubApi.of(app, database, event)
    long_ago = datetime(2025, 6, 14, tzinfo=UTC)
    factories.write(database, lambda s: s.execute(update(Hub).values(last_seen_at=long_ago)))

    assert "▲ Sans contact" in organiser.read(PAGE)


def test_the_board_says_whether_a_hub_is_in_touch_and_what_is_to_come(
    app, organiser, database, event, device
):
    hub = HubApi.of(app, database, event)
    waiting = {"scans_waiting": 2, "walk_ins_waiting": 1}
    hub.post("/report", {"addresses": ["https://a:1"], "version": "1", "counts": waiting})
    board = "/events/rabat-2025/board"

    assert "● Relais Salle A\xa0: en contact · à venir\xa0: 3" in organiser.read(board)
    [told] = organiser.open(f"{board}/counts").json["hubs"]
    assert told == {"name": "Salle A", "away_since": None, "waiting": 3}

    long_ago = datetime(2025, 6, 14, 14, 5, tzinfo=UTC)
    factories.write(database, lambda s: s.execute(update(Hub).values(last_seen_at=long_ago)))
    assert "▲ Relais Salle A\xa0: sans contact depuis" in organiser.read(board)


def test_a_board_without_hubs_shows_none(organiser, event):
    assert organiser.open("/events/rabat-2025/board/counts").json["hubs"] == []
    assert 'class="card hubs-on-board" aria-label="Relais" hidden' in organiser.read(
        "/events/rabat-2025/board"
    )
