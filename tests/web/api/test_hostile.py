"""Any request gets an answer of the contract, never an internal error."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from uuid import UUID

import pytest
from sqlalchemy import text

from checkin.protocol.version import VERSION
from tests.support import factories
from tests.support.api_client import a_scan, text_of

POSTS = ["/devices/pair", "/scans", "/scans/batch", "/participants", f"/scans/{UUID(int=1)}/annul"]
BODIES = {
    "nothing": b"",
    "no JSON": b"{",
    "not UTF-8": b'{"code": "\xff"}',
    "a list": b"[]",
    "a null": b"null",
    "a number without end": b"9" * 5000,
    "nested without end": b"[" * 50_000,
    "two keys alike": b'{"code": 1, "code": 2}',
    "not a number": b'{"code": NaN}',
    "half a surrogate": b'{"code": "\\ud800"}',
}


def refused(reply, status=400, error="invalid_request"):
    return (reply.status_code, reply.json["error"]) == (status, error)


def test_an_invalid_request_body_is_refused(api):
    replies = {
        (path, what): api.ask("POST", path, data=body, content_type="application/json")
        for path in POSTS
        for what, body in BODIES.items()
    }

    assert [what for what, reply in replies.items() if not refused(reply)] == []
    assert {tuple(reply.json) for reply in replies.values()} == {("error", "detail")}


def test_ten_megabytes_are_too_much(api):
    body = json.dumps({"code": "x" * 10_000_000}).encode()

    replies = {
        path: api.ask("POST", path, data=body, content_type="application/json") for path in POSTS
    }

    assert [path for path, reply in replies.items() if not refused(reply, 413, "too_large")] == []


WRONG = {
    "a scan_id that is none": {"scan_id": "1"},
    "a scan_id that is a number": {"scan_id": 1},
    "no scan_id": {"scan_id": None},
    "a code that is a number": {"code": 5},
    "a code without end": {"code": "x" * 4097},
    "a type that is none": {"type": "sideways"},
    "a source that is none": {"source": "guess"},
    "a text for a truth": {"force": "yes"},
    "a moment without a zone": {"scanned_at": "2025-06-14T15:00:00"},
    "a moment that is a number": {"scanned_at": 0},
    "the year 1": {"scanned_at": "0001-01-01T00:00:00Z"},
    "the year 9999": {"scanned_at": "9999-12-31T23:59:59Z"},
    "a month that is none": {"scanned_at": "2025-13-01T00:00:00Z"},
    "a zone beyond the day": {"scanned_at": "2025-06-14T15:00:00+99:00"},
    "control characters in a reason": {"force": True, "force_reason": "\u0000\u001b[2J"},
    "a reason without end": {"force": True, "force_reason": "x" * 501},
}


def names_the_part(reply, wrong):
    """The last part that is wrong is the one that the answer names."""
    return refused(reply) and list(wrong)[-1] in reply.json["detail"]


def test_a_scan_with_a_wrong_part_is_refused_and_says_which(api):
    replies = {
        what: api.ask("POST", "/scans", json=a_scan("HELLO") | wrong)
        for what, wrong in WRONG.items()
    }

    assert [what for what in WRONG if not names_the_part(replies[what], WRONG[what])] == []


def test_one_wrong_scan_of_a_batch_refuses_the_batch(api, database):
    right = a_scan("HELLO") | {"decided": {"status": "ok", "reason": None}}
    now = text_of(datetime.now(UTC))
    bodies = {
        what: {"device_time": now, "scans": [right, right | wrong]} for what, wrong in WRONG.items()
    }

    replies = {what: api.ask("POST", "/scans/batch", json=body) for what, body in bodies.items()}

    assert [what for what in WRONG if not names_the_part(replies[what], WRONG[what])] == []
    with database.read() as session:
        assert session.execute(text("SELECT count(*) FROM scan")).scalar() == 0


@pytest.mark.parametrize("year", [1970, 2000, 2038, 2200])
def test_scans_of_a_clock_decades_off_are_accepted(year, api, database, event):
    body = a_scan(factories.a_badge(database, event), scanned_at=f"{year}-01-01T00:00:00Z")

    reply = api.ask("POST", "/scans", json=body)
    told = api.batch(body | {"decided": {"status": "ok", "reason": None}})

    assert (reply.json["status"], told[body["scan_id"]]["replayed"]) == ("ok", True)


@pytest.mark.parametrize(
    "device_time", ["1970-01-01T00:00:00Z", "2200-12-31T23:59:59Z"], ids=["1970", "2200"]
)
def test_a_device_clock_at_either_end_of_the_calendar_is_taken(device_time, api, database, event):
    scan = a_scan(factories.a_badge(database, event), scanned_at="2200-12-31T23:59:59Z")
    scan |= {"decided": {"status": "ok", "reason": None}}

    reply = api.ask("POST", "/scans/batch", json={"device_time": device_time, "scans": [scan]})

    assert reply.json["results"][0]["status"] == "ok"


@pytest.mark.parametrize(
    "name",
    [
        "'; DROP TABLE participant; --",
        "<script>alert(1)</script>",
        "Robert\\'); --",
        '"><img src=x onerror=alert(1)>',
        "{{ 7 * 7 }} %(name)s %s",
    ],
)
def test_names_with_code_in_them_are_returned_unchanged(name, api, database, event):
    body = api.scan(factories.a_badge(database, event, name))

    assert body["participant"]["name"] == name
    assert api.ask("GET", "/status").headers["X-Content-Type-Options"] == "nosniff"
    with database.read() as session:
        assert session.execute(text("SELECT count(*) FROM participant")).scalar() == 1


@pytest.mark.parametrize(
    ("method", "path", "status", "error"),
    [
        ("GET", "/nothing", 404, "not_found"),
        ("GET", "/scans", 405, "method_not_allowed"),
        ("DELETE", "/status", 405, "method_not_allowed"),
        ("PUT", "/participants", 405, "method_not_allowed"),
        ("POST", "/scans/" + "z" * 36 + "/annul", 404, "not_found"),
    ],
)
def test_an_unknown_address_gets_an_error_in_the_contract_s_format(
    method, path, status, error, api
):
    assert refused(api.ask(method, path), status, error)


def test_health_readiness_and_metrics_answer(api, database, event):
    api.scan(factories.a_badge(database, event))
    client = api.app.test_client()

    health, ready, metrics = (client.get(path) for path in ("/healthz", "/readyz", "/metrics"))

    assert (health.status_code, health.json) == (
        200,
        {"status": "ok", "version": VERSION},
    )
    assert (ready.status_code, ready.json) == (200, {"status": "ok"})
    assert 'marhaba_people{event="rabat-2025",state="arrived"} 1.0' in metrics.text
    assert "Alaoui" not in metrics.text


def test_a_database_without_its_schema_is_not_ready(api, database):
    def forget(session):
        session.execute(text("UPDATE alembic_version SET version_num = 'older'"))

    factories.write(database, forget)

    reply = api.app.test_client().get("/readyz")

    assert (reply.status_code, list(reply.json["faults"])) == (503, ["schema"])
