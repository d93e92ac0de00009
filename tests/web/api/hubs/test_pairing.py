"""A hub is paired once, by an organiser's code, and devices are told of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from sqlalchemy import select, update

from checkin.db.models import Device, Event, Hub, HubPairing
from checkin.errors import Conflict
from checkin.protocol.base64url import bytes_of
from checkin.protocol.hubs import verified_certificate
from checkin.protocol.signed_answers import NONCE, SIGNED, SignedAnswer
from checkin.protocol.walk_ins import open_walk_in, seal_walk_in
from tests.support import factories
from tests.support.hub_client import ADDRESS, HubApi, a_code, told_of_itself


def pair(app, body):
    return app.test_client().post("/api/v1/hubs/pair", json=body)


def test_a_hub_is_told_its_token_once_and_the_database_keeps_a_hash(app, database, event, device):
    paired = pair(app, told_of_itself(a_code(database, event))).json

    with database.read() as session:
        [row] = session.scalars(select(Hub)).all()
    assert (row.id, row.name, row.addresses) == (paired["hub_id"], "Salle A", [ADDRESS])
    assert paired["hub_token"].encode() not in row.token_hash
    assert HubApi(app, paired).ask("GET", "/mirror").status_code == 200


def test_a_code_works_once(app, database, event, device):
    code = a_code(database, event)

    first, again = pair(app, told_of_itself(code)), pair(app, told_of_itself(code))

    assert (first.status_code, again.status_code, again.json["error"]) == (
        *(201, 401),
        "unauthenticated",
    )


def test_a_code_works_for_ten_minutes(app, database, event, device):
    code = a_code(database, event)
    past = datetime.now(UTC) - timedelta(seconds=1)
    factories.write(database, lambda s: s.execute(update(HubPairing).values(expires_at=past)))

    assert pair(app, told_of_itself(code)).status_code == 401


def test_a_code_for_a_device_pairs_no_hub(app, database, event, device):
    from checkin.services.gates.devices import open_pairing

    def work(session):
        gate = session.get_one(Device, device.id).gate_id
        from checkin.db.models import Gate

        return open_pairing(session, event, session.get_one(Gate, gate), now=datetime.now(UTC))

    code = factories.write(database, work)

    assert pair(app, told_of_itself(code)).status_code == 401


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("public_key", "AAAA"),
        ("authority", "-----BEGIN CERTIFICATE-----"),
        ("addresses", ["http://192.168.1.7:8443"]),
        ("addresses", ["https://192.168.1.7:8443/x"]),
        ("addresses", []),
    ],
)
def test_what_a_hub_says_wrongly_is_named_and_the_code_stays_good(
    app, database, event, device, field, value
):
    code = a_code(database, event)

    refused = pair(app, told_of_itself(code, **{field: value}))

    assert (refused.status_code, refused.json["error"]) == (400, "invalid_request")
    assert refused.json["detail"].startswith(field)
    assert pair(app, told_of_itself(code)).status_code == 201


def test_an_event_without_gates_gets_no_hub(database, event):
    with pytest.raises(Conflict):
        a_code(database, event)


def test_devices_verify_the_certificate_of_their_events_hub(api, hub, event):
    told = api.read("/hubs")

    [signed] = told["hubs"]
    known = verified_certificate(
        told["public_key"], **signed, event=event.slug, now=datetime.now(UTC)
    )
    assert known is not None
    assert (known.hub_id, known.name, known.addresses) == (hub.id, "Salle A", [ADDRESS])
    assert told["public_key"] == hub.paired["list_public_key"]


def test_a_certificate_that_says_something_else_is_none(api, hub, event):
    told = api.read("/hubs")
    [signed] = told["hubs"]
    elsewhere = {**signed["document"], "addresses": ["https://10.0.0.66:8443"]}

    now = datetime.now(UTC)

    def known(document, slug=event.slug, at=now):
        return verified_certificate(
            told["public_key"], document, signed["signature"], event=slug, now=at
        )

    assert known(signed["document"]) is not None
    assert known(elsewhere) is None
    assert known(signed["document"], slug="other") is None
    assert known(signed["document"], at=datetime.now(UTC) + timedelta(days=3)) is None


def test_walk_ins_sealed_for_a_hub_are_opened_by_the_hub_and_by_the_server(api, hub, event):
    [signed] = api.read("/hubs")["hubs"]
    number = int.from_bytes(bytes_of(hub.paired["walk_in_key"]))
    of_hub = ec.derive_private_key(number, ec.SECP256R1())
    sealed = seal_walk_in(signed["document"]["walk_in_key"], "id", {"name": "Amina"})

    of_server = factories.KEYS.hub_walk_in_opener(event.slug, signed["document"]["public_key"])
    assert open_walk_in(of_hub, "id", sealed) == {"name": "Amina"}
    assert open_walk_in(of_server, "id", sealed) == {"name": "Amina"}
    assert open_walk_in(factories.KEYS.walk_in_opener(event.slug), "id", sealed) is None


def test_two_hubs_have_keys_of_their_own(app, database, event, hub):
    other = HubApi.of(app, database, event, "Salle B")

    assert other.paired["walk_in_key"] != hub.paired["walk_in_key"]


def test_a_revoked_hub_is_told_to_wipe_in_a_signed_answer(database, hub):
    at = datetime.now(UTC)
    factories.write(database, lambda s: s.execute(update(Hub).values(revoked_at=at)))

    told = hub.ask("GET", "/mirror", headers={NONCE: "n" * 22})

    assert (told.status_code, told.json["error"], told.json["wipe"]) == (
        *(401, "unauthenticated"),
        True,
    )
    answer = SignedAnswer("n" * 22, 401, told.headers["Marhaba-Epoch"], told.get_data())
    assert answer.is_genuine(hub.paired["list_public_key"], told.headers[SIGNED])


def test_a_hub_of_a_purged_event_is_told_to_erase_everything(database, hub):
    at = datetime.now(UTC)
    factories.write(database, lambda s: s.execute(update(Event).values(purged_at=at)))

    told = hub.ask("POST", "/scans", json={})

    assert (told.status_code, told.json["wipe"], told.json["purged"]) == (401, True, True)


def test_a_strange_token_is_no_hubs_and_wipes_nothing(app, hub, api):
    stranger = HubApi(app, hub.paired | {"hub_token": "x" * 43})
    device = HubApi(app, hub.paired | {"hub_token": api.token})

    for one in (stranger, device):
        told = one.ask("GET", "/mirror")
        assert (told.status_code, told.json["error"], told.json.get("wipe")) == (
            *(401, "unauthenticated"),
            None,
        )


def test_a_hubs_token_is_no_devices(app, hub):
    from tests.support.api_client import Api

    assert Api(app, hub.token, 0).ask("GET", "/status").status_code == 401
