"""People whom a gate's list knows, and its hub not yet: the gate decides, and brings it later."""

from __future__ import annotations

from uuid import uuid4

import pytest
from sqlalchemy import func, select, update

from checkin.db.models import Admission, Badge, Scan
from checkin.protocol.codes import parse_code, token_hash
from tests.support import factories
from tests.support.api_client import a_scan

OK = {"status": "ok", "reason": None}


@pytest.fixture
def app(as_hub, app):
    return app


@pytest.fixture
def stranger(event):
    """Return the code of a badge that the central server has just issued."""
    return factories.code_of(event, uuid4())


def bring(database, event, code):
    """Do what an exchange does that brings the person with this badge."""
    person = factories.a_participant(database, event, "Omar Tazi")
    names = {"token_hash": token_hash(parse_code(code)), "ref": factories.ref_of(code)}
    work = update(Badge).where(Badge.id == person.badge_id).values(**names)
    factories.write(database, lambda session: session.execute(work))


def count(database, model):
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(model))


@pytest.mark.parametrize("direction", ["entry", "exit"])
def test_whom_the_gates_list_has_and_the_hub_not_yet_is_left_to_the_gate(
    database, api, stranger, direction
):
    answer = api.ask("POST", "/scans", json=a_scan(stranger, listed=True, type=direction))

    assert (answer.status_code, answer.json["error"]) == (503, "not_known_yet")
    assert answer.headers["Retry-After"] == "15"
    assert count(database, Scan) == 0


def test_somebody_of_a_bus_whom_the_hub_does_not_know_is_left_to_the_gate(api):
    body = a_scan("", participant_id=4711, source="bus", listed=True)
    del body["code"]

    answer = api.ask("POST", "/scans", json=body)

    assert (answer.status_code, answer.json["error"]) == (503, "not_known_yet")


def test_whom_neither_the_list_nor_the_hub_knows_is_refused(api, stranger):
    assert api.verdict(stranger) == ("error", "invalid")


def test_whom_the_hub_knows_it_decides_itself(database, event, api):
    assert api.verdict(factories.a_badge(database, event), listed=True) == ("ok", None)


def test_a_scan_that_the_hub_has_answered_gets_the_same_answer_again(api, stranger):
    scan = a_scan(stranger)
    first = api.ask("POST", "/scans", json=scan).json

    again = api.ask("POST", "/scans", json=scan | {"listed": True}).json

    assert (first["reason"], again["reason"], again["replayed"]) == ("invalid", "invalid", True)


@pytest.mark.parametrize("named_by", ["badge_ref", "code"])
def test_what_the_gate_has_decided_waits_there_until_the_hub_knows_whom_that_is(
    database, event, api, stranger, named_by
):
    live = a_scan(stranger)
    assert api.ask("POST", "/scans", json=live | {"listed": True}).status_code == 503
    ref = {"badge_ref": factories.ref_of(stranger).hex()}
    how = {key: value for key, value in live.items() if key != "code"} | {"decided": OK}
    decided = how | (ref if named_by == "badge_ref" else {"code": stranger})

    before = api.batch(decided)
    bring(database, event, stranger)
    after = api.batch(decided)

    assert before == {}
    assert [one["status"] for one in after.values()] == ["ok"]
    assert count(database, Admission) == 1
