"""Scans over HTTP: answers, repetitions, overrides, languages."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest
from sqlalchemy import event as sqlalchemy_event
from sqlalchemy import func, select

from checkin.db.models import Scan
from checkin.services.people.registering.blocking import block
from checkin.web.site.state import EXTENSION
from tests.support import factories
from tests.support.api_client import Api, a_scan


def test_an_admission_says_who_and_how_many(api, database, event):
    person = factories.a_participant(database, event, "Amina Alaoui", name_ar="أمينة العلوي")
    body = api.scan(factories.code_of(event, person.badge_id))

    asked, at = UUID(body.pop("scan_id")), body.pop("server_time")
    first = body.pop("first_admission")
    delegation = factories.a_delegation(database, event)
    assert asked.version == 4
    assert at.endswith("Z")
    assert first == {"at": at, "gate": "Porte 1", "gate_ar": None}
    assert body == {
        "status": "ok",
        "reason": None,
        "message": "Bienvenue",
        "participant": {
            "id": person.participant_id,
            "name": "Amina Alaoui",
            "name_ar": "أمينة العلوي",
            "category": "Militant",
            "category_ar": None,
        },
        "delegation": {
            "id": delegation.id,
            "name": "Khémisset",
            "name_ar": None,
            "arrived": 1,
            "quota": 1000,
        },
        "next_step": None,
        "opens_at": None,
        "flags": [],
        "replayed": False,
    }


def test_a_gates_list_changes_nothing_at_a_server_that_is_no_hub(api, event):
    assert api.verdict(factories.code_of(event, uuid4()), listed=True) == ("error", "invalid")


def test_a_second_scan_says_when_and_where_the_first_was(app, api, database, event):
    code = factories.a_badge(database, event)
    first = api.scan(code)

    again = Api.enrolled(app, database, event, gate="Porte 2").scan(code)

    assert (again["status"], again["reason"]) == ("error", "already_redeemed")
    assert again["first_admission"] == first["first_admission"]
    assert again["delegation"] == first["delegation"]


@pytest.mark.parametrize("code", ["", "HELLO", "M" * 29, "https://example.org/", "\u0000\u001b[2J"])
def test_an_invalid_code_is_refused_and_logged_without_its_text(code, api, database):
    body = api.scan(code)

    with database.read() as session:
        [scan] = session.scalars(select(Scan)).all()
    assert (body["status"], body["reason"]) == ("error", "invalid")
    assert (body["participant"], body["delegation"], body["first_admission"]) == (None, None, None)
    assert scan.code_hash == factories.KEYS.code_hash(code)


def test_another_event_s_badge_is_refused_without_a_word_about_its_owner(api, database):
    code = factories.a_badge(database, factories.an_event(database, "other"))

    body = api.scan(code)

    assert (body["reason"], body["participant"], body["delegation"]) == ("wrong_event", None, None)


@pytest.mark.parametrize("source", ["camera", "typed", "paper", "wedge"])
def test_codes_may_have_hyphens_and_small_letters(source, api, database, event):
    code = factories.a_badge(database, event)
    written = "-".join([code[:5], code[5:]]).lower()

    assert api.verdict(written, source=source) == ("ok", None)


def test_null_override_fields_are_no_override(api, database, event):
    body = a_scan(factories.a_badge(database, event))

    first = api.ask("POST", "/scans", json=body | {"force": None, "force_reason": None}).json

    assert first["status"] == "ok"
    assert api.ask("POST", "/scans", json=body).json["replayed"] is True


def test_the_same_scan_id_gets_the_same_answer(api, database, event):
    body = a_scan(factories.a_badge(database, event))

    first, again = (api.ask("POST", "/scans", json=body).json for _ in range(2))

    del first["server_time"], again["server_time"]
    assert again == first | {"replayed": True}


def test_the_same_scan_id_with_another_body_is_a_conflict(api, database, event):
    body = a_scan(factories.a_badge(database, event))
    api.ask("POST", "/scans", json=body)

    reply = api.ask("POST", "/scans", json=body | {"type": "exit"})

    assert (reply.status_code, reply.json["error"]) == (409, "scan_id_conflict")


def test_another_device_s_scan_id_is_a_conflict(app, api, database, event):
    body = a_scan(factories.a_badge(database, event))
    api.ask("POST", "/scans", json=body)

    reply = Api.enrolled(app, database, event, gate="Porte 2").ask("POST", "/scans", json=body)

    assert (reply.status_code, reply.json["error"]) == (409, "scan_id_conflict")


@pytest.mark.parametrize(
    ("asked", "spoken"),
    [("ar", "مرحبا"), ("en-GB,en;q=0.9", "Welcome"), ("de", "Bienvenue"), ("fr-MA", "Bienvenue")],
)
def test_the_message_is_in_the_operator_s_language(asked, spoken, api, database, event):
    code = factories.a_badge(database, event)

    assert api.scan(code, headers={"Accept-Language": asked})["message"] == spoken


def test_an_override_needs_a_reason_and_lets_in(api, database, event):
    person = factories.a_participant(database, event)
    factories.write(
        database, lambda s: block(s, event, person.participant_id, reason="test", now=factories.NOW)
    )
    code = factories.code_of(event, person.badge_id)

    without = api.ask("POST", "/scans", json=a_scan(code, force=True))

    assert (without.status_code, without.json["error"]) == (400, "invalid_request")
    factories.a_supervisor(database)
    forced = {"force": True, "force_reason": "son frère répond", "supervisor_pin": "246810"}
    assert api.verdict(code, **forced) == ("ok", None)


def test_a_check_in_costs_at_most_six_statements(app, api, database, event):
    code, counted = factories.a_badge(database, event), []
    api.read("/status")  # the device's last contact is written once in a while
    state = app.extensions[EXTENSION]
    for engine in {state.database._reader, state.database._writer}:
        sqlalchemy_event.listen(
            engine, "before_cursor_execute", lambda *given: counted.append(given[2])
        )

    api.scan(code)

    statements = [s for s in counted if not s.startswith(("BEGIN", "PRAGMA"))]
    # On SQLite the badge, the scan, the admission and the count; PostgreSQL writes at once.
    assert len(statements) == {"sqlite": 4, "postgresql": 2}[database.dialect], statements


def test_a_refusal_is_logged_too(api, database, event):
    code = factories.a_badge(database, event)
    for _ in range(3):
        api.scan(code, scan_id=str(uuid4()))

    with database.read() as session:
        by_status = dict(
            session.execute(select(Scan.status, func.count()).group_by(Scan.status)).all()
        )
    assert by_status == {"ok": 1, "error": 2}


def by_ref(body):
    """Return the same scan from a device that names the badge without its code."""
    ref = factories.ref_of(body["code"]).hex()
    return {key: value for key, value in body.items() if key != "code"} | {"badge_ref": ref}


def test_the_answer_to_a_badge_ref_names_nobody(api, database, event):
    code = factories.a_badge(database, event, "Amina Alaoui")
    live, again = a_scan(code), a_scan(code)

    answers = [api.ask("POST", "/scans", json=by_ref(body)).json for body in (live, again)]

    unnamed = {"participant": None, "delegation": None, "first_admission": None}
    assert [one | unnamed for one in answers] == answers
    assert [(one["status"], one["reason"]) for one in answers] == [
        *(("ok", None), ("error", "already_redeemed")),
    ]
    assert "Amina" not in repr(answers)
    known = api.ask("POST", "/scans", json=live).json  # who holds the badge may know whose it is
    assert (known["replayed"], known["participant"]["name"]) == (True, "Amina Alaoui")


def test_a_scan_sent_live_by_its_code_is_the_same_in_a_batch_by_its_ref(api, database, event):
    body = a_scan(factories.a_badge(database, event))
    api.ask("POST", "/scans", json=body)

    uploaded = by_ref(body) | {"decided": {"status": "ok"}}
    batch = {"device_time": body["scanned_at"], "scans": [uploaded]}
    [result] = api.ask("POST", "/scans/batch", json=batch).json["results"]

    assert (result["status"], result["replayed"], result["conflict"]) == ("ok", True, False)


@pytest.mark.parametrize("both", [True, False])
def test_a_scan_is_named_in_exactly_one_way(both, api, database, event):
    code = factories.a_badge(database, event)
    body = by_ref(a_scan(code)) | {"code": code} if both else a_scan(code) | {"code": None}

    answer = api.ask("POST", "/scans", json=body)

    assert (answer.status_code, answer.json["error"]) == (400, "invalid_request")
    assert "exactly one of code, participant_id, badge_ref" in answer.json["detail"]


@pytest.mark.parametrize("ref", ["", "2F" * 16, "2f" * 15, "2f" * 17, "zz" * 16])
def test_a_badge_ref_has_one_spelling(ref, api, database, event):
    body = by_ref(a_scan(factories.a_badge(database, event))) | {"badge_ref": ref}

    answer = api.ask("POST", "/scans", json=body)

    assert (answer.status_code, answer.json["detail"].split(":")[0]) == (400, "badge_ref")


@pytest.mark.parametrize("source", ["camera", "typed"])
@pytest.mark.parametrize("spelled", [str, str.upper, " {} ".format])
def test_a_ref_that_is_sent_as_a_code_is_another_scan_and_names_nobody(
    spelled, source, api, database, event
):
    body = by_ref(a_scan(factories.a_badge(database, event))) | {"source": source}
    api.ask("POST", "/scans", json=body)

    as_code = {key: value for key, value in body.items() if key != "badge_ref"}
    answer = api.ask("POST", "/scans", json=as_code | {"code": spelled(body["badge_ref"])})

    assert (answer.status_code, answer.json["error"]) == (409, "scan_id_conflict")
