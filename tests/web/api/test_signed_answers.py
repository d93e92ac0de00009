"""What ends something on a device is signed by the event's key, for the request that was sent."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from checkin.domain.scanning.verdict import Status
from checkin.protocol.gate_list import public_key_text
from checkin.protocol.signed_answers import NONCE, SIGNED, SignedAnswer, new_nonce
from checkin.services.gates.devices import gate_named, open_pairing, revoke_device
from checkin.web.site.state import EXTENSION
from tests.support import factories
from tests.support.api_client import Api, a_scan


@pytest.fixture
def is_signed(app, event):
    """A function that asks with a nonce, and says whether the answer is the event's own."""

    def ask(api, method, path, **more):
        nonce = new_nonce()
        response = api.ask(method, path, headers={NONCE: nonce}, **more)
        key = public_key_text(app.extensions[EXTENSION].keys.list_signer(event.slug))
        answer = SignedAnswer(
            nonce, response.status_code, response.headers["Marhaba-Epoch"], response.data
        )
        return response.status_code, answer.is_genuine(key, response.headers.get(SIGNED, ""))

    return ask


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("POST", "/scans", 400), ("GET", "/nothing", 404), ("GET", "/gate-list?since=x", 400)],
)
def test_a_refusal_is_signed(api, is_signed, method, path, status):
    asked = {"json": {"scan_id": "none"}} if method == "POST" else {}
    # Nobody is asked who they are at a route that is none, so that it is nobody's refusal.
    assert is_signed(api, method, path, **asked) == (status, path != "/nothing")


def test_a_revocation_is_signed(api, is_signed, database, event):
    factories.write(database, lambda s: revoke_device(s, event, api.device_id, now=factories.NOW))

    assert is_signed(api, "GET", "/status") == (401, True)


def test_the_answer_to_a_batch_is_signed_because_a_result_may_end_something(
    api, is_signed, database, event
):
    scan = a_scan(factories.a_badge(database, event), decided={"status": Status.OK, "reason": None})
    body = {"device_time": scan["scanned_at"], "scans": [scan]}

    assert is_signed(api, "POST", "/scans/batch", json=body) == (200, True)


def test_what_ends_nothing_costs_no_signature(api):
    assert SIGNED not in api.ask("GET", "/status", headers={NONCE: new_nonce()}).headers


@pytest.mark.parametrize("nonce", ["", "short", "é" * 20, "x" * 65, "with spaces in it, too"])
def test_what_is_no_nonce_gets_no_signature(api, nonce):
    response = api.ask("GET", "/gate-list?since=x", headers={NONCE: nonce})

    assert (response.status_code, SIGNED in response.headers) == (400, False)


def test_a_stranger_is_refused_without_a_signature(app, event):
    response = Api(app, "no token", 0).ask("GET", "/status", headers={NONCE: new_nonce()})

    assert (response.status_code, SIGNED in response.headers) == (401, False)


def test_a_pairing_tells_the_key(app, database, event, api):
    code = factories.write(
        database,
        lambda s: open_pairing(
            s, event, gate_named(s, event, "Porte 9", create=True), now=datetime.now(UTC)
        ),
    )
    key = public_key_text(app.extensions[EXTENSION].keys.list_signer(event.slug))
    asked = {"pairing_code": code, "device_name": "laptop", "software": "test"}

    told = api.ask("POST", "/devices/pair", json=asked).json

    assert told["public_key"] == key
