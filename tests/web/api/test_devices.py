"""Pairing, tokens, revoking: who may speak to the API."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from checkin.db.models import Device
from checkin.protocol.gate_list import public_key_text
from checkin.services.gates.devices import gate_named, open_pairing, revoke_device
from checkin.services.lifecycle.purge import purge_event
from tests.support import factories
from tests.support.api_client import Api, a_scan
from tests.support.factories import KEYS


def pairing_code(database, event, *, minutes_ago=0.0):
    asked_at = datetime.now(UTC) - factories.minutes(minutes_ago)
    return factories.write(
        database,
        lambda s: open_pairing(
            s, event, gate_named(s, event, "Porte 2", create=True), now=asked_at
        ),
    )


def pair(app, code, **more):
    body = {"pairing_code": code, "device_name": "Laptop 3", "software": "tests 1"} | more
    return app.test_client().post("/api/v1/devices/pair", json=body)


def test_a_pairing_code_gives_a_device_its_token_and_its_gate(app, database, event):
    reply = pair(app, pairing_code(database, event))

    body = reply.json
    device = Api(app, body.pop("device_token"), body.pop("device_id"))
    datetime.fromisoformat(body.pop("server_time"))
    gate = body.pop("gate")
    assert body.pop("public_key") == public_key_text(KEYS.list_signer("rabat-2025"))
    assert (reply.status_code, gate["name"], body) == (
        201,
        "Porte 2",
        {
            "event": {
                "slug": "rabat-2025",
                "name": "Rencontre régionale",
                "name_ar": "اللقاء الجهوي",
                "timezone": "Africa/Casablanca",
            }
        },
    )
    assert device.read("/status")["gates"][0]["name"] == "Porte 2"


def test_two_devices_that_are_called_alike_are_told_apart_by_a_number(app, database, event):
    for _number in range(3):
        pair(app, pairing_code(database, event))

    with database.read() as session:
        names = session.scalars(select(Device.name).order_by(Device.id)).all()
    assert names == ["Laptop 3", "Laptop 3 2", "Laptop 3 3"]


def test_a_pairing_code_is_typed_in_any_case_and_with_spaces(app, database, event):
    code = pairing_code(database, event).lower()

    assert pair(app, f" {code[:4]}-{code[4:]} ").status_code == 201


def test_a_pairing_code_works_once(app, database, event):
    code = pairing_code(database, event)

    assert [pair(app, code).status_code for _ in range(2)] == [201, 401]


@pytest.mark.parametrize(("minutes_ago", "status"), [(9.5, 201), (10.1, 401)])
def test_a_pairing_code_works_for_ten_minutes(minutes_ago, status, app, database, event):
    code = pairing_code(database, event, minutes_ago=minutes_ago)

    assert pair(app, code).status_code == status


def test_a_wrong_pairing_code_is_refused_without_saying_why(app, database, event):
    wrong = pair(app, "00000000")
    code = pairing_code(database, event)
    pair(app, code)

    assert (wrong.status_code, wrong.json) == (401, pair(app, code).json)
    assert wrong.headers["WWW-Authenticate"] == "Bearer"


def test_guessing_pairing_codes_is_slowed_down(app):
    answers = [pair(app, f"{number:08d}") for number in range(601)]

    assert [answer.status_code for answer in answers] == [401] * 600 + [429]
    assert answers[-1].json["error"] == "too_many_requests"
    assert 0 < int(answers[-1].headers["Retry-After"]) <= 60


def test_a_right_code_pairs_however_many_of_its_network_guess(app, database, event):
    code = pairing_code(database, event)
    for number in range(601):
        pair(app, f"{number:08d}")

    assert pair(app, code).status_code == 201


@pytest.mark.parametrize(
    "header",
    [None, "Bearer", "Bearer nonsense", "Basic eDp5", "bearer \u00e9", "Bearer " + "x" * 5000],
)
def test_without_a_device_s_token_nothing_is_told(header, api):
    replies = [
        api.ask(method, path, headers={"Authorization": header})
        for method, path in [
            ("GET", "/status"),
            ("GET", "/live"),
            ("GET", "/gate-list"),
            ("GET", "/gate-list/segments/a"),
            ("GET", "/people-list"),
            ("GET", "/people-list/pages?mark=a"),
            ("POST", "/people-list/shown"),
            ("GET", "/participants?q=alaoui"),
            ("POST", "/participants/search"),
            ("POST", "/participants"),
            ("POST", "/scans"),
            ("POST", "/scans/batch"),
            ("POST", "/leases"),
            ("POST", "/kiosk"),
            ("POST", "/help"),
            ("DELETE", "/leases"),
        ]
    ]

    assert {(reply.status_code, reply.json["error"]) for reply in replies} == {
        (401, "unauthenticated")
    }


def test_a_revoked_device_is_told_so_at_once(api, database, event):
    code = factories.a_badge(database, event)
    factories.write(
        database,
        lambda s: revoke_device(s, event, api.device_id, now=datetime.now(UTC)),
    )

    reply = api.ask("POST", "/scans", json=a_scan(code))

    told = (reply.status_code, reply.json["error"], reply.json["wipe"])
    assert told == (401, "unauthenticated", True)


def test_a_purged_event_s_device_is_told_to_wipe(api, database, event, tmp_path):
    purge_event(database, event, tmp_path, now=datetime.now(UTC))

    assert api.ask("GET", "/gate-list").json["wipe"] is True


def test_a_token_that_never_was_is_not_told_to_wipe(api):
    reply = api.ask("GET", "/status", headers={"Authorization": "Bearer nonsense"})

    assert (reply.status_code, set(reply.json)) == (401, {"error", "detail"})


def test_only_a_hash_of_the_token_is_stored(api, database):
    with database.read() as session:
        [device] = session.query(Device).all()

    assert len(device.token_hash) == 32
    assert api.token.encode() not in device.token_hash
    assert device.last_seen_at is None


def test_a_device_s_last_contact_is_kept(api, database):
    api.read("/status")

    with database.read() as session:
        [device] = session.query(Device).all()
    assert (datetime.now(UTC) - device.last_seen_at).total_seconds() < 60


def test_a_device_sees_only_its_own_event(api, database, app):
    other = factories.an_event(database, "other")
    factories.a_badge(database, other, "Etrangere Autre")

    assert api.read("/participants?q=etrangere") == {"participants": [], "more": 0, "buses": []}
    assert api.read("/status")["event"]["slug"] == "rabat-2025"


def test_a_revoked_device_confirms_its_wipe_once(api, database, event):
    in_use = api.ask("POST", "/devices/wiped", json={})
    now = datetime.now(UTC)
    factories.write(database, lambda s: revoke_device(s, event, api.device_id, now=now))

    first = api.ask("POST", "/devices/wiped", json={})
    again = api.ask("POST", "/devices/wiped", json={})

    assert (in_use.status_code, first.status_code) == (409, 200)
    assert again.json["wiped_at"] == first.json["wiped_at"]


def test_a_stranger_confirms_nothing(api):
    api.token = "x" * 43

    assert api.ask("POST", "/devices/wiped", json={}).status_code == 401
