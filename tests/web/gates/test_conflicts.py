"""The page of conflicts: shown, decided, and logged."""

from __future__ import annotations

from uuid import uuid4

import pytest
from sqlalchemy import select

from checkin.db.models import Activity, Conflict
from checkin.protocol.walk_ins import seal_walk_in
from tests.support import factories
from tests.support.api_client import Api, a_scan
from tests.web.api.scans.test_batch import offline

CONFLICTS = "/events/rabat-2025/conflicts"


@pytest.fixture
def twice(app, database, event):
    """One badge, let in at two gates that could not ask the server."""
    code = factories.a_badge(database, event, "Amina Alaoui")
    one, other = (Api.enrolled(app, database, event, gate=f"Porte {n}") for n in (1, 2))
    one.batch(offline(code, minutes_ago=9))
    other.batch(offline(code, minutes_ago=8))
    return one


def conflict_row(database):
    with database.read() as session:
        [row] = session.scalars(select(Conflict)).all()
    return row


def test_a_conflict_is_shown_with_both_readings_and_counted_on_the_overview(organiser, twice):
    page = organiser.read(CONFLICTS)

    shown = ["Amina Alaoui", "Le même badge est entré deux fois", "Porte 1", "Porte 2"]
    assert [text in page for text in shown] == [True] * 4
    assert "1 conflit attend une décision" in organiser.read("/")
    assert "Conflits à trancher\u00a0: 1" in organiser.read("/events/rabat-2025/board")


def test_who_was_counted_and_turned_away_is_not_said_to_be_let_in(app, organiser, database, event):
    device = Api.enrolled(app, database, event, gate="Porte 1")
    scan = a_scan(factories.a_badge(database, event, "Amina Alaoui"))
    device.ask("POST", "/scans", json=scan)  # the answer is lost
    refused = {"status": "error", "reason": "quota_exceeded"}

    told = device.batch(scan | {"decided": refused})[scan["scan_id"]]

    page = organiser.read(CONFLICTS)
    assert (told["status"], told["conflict"], told["replayed"]) == ("ok", True, True)
    assert "renvoyée à la porte" in page
    assert "au-delà" not in page


@pytest.mark.parametrize(("decision", "shown"), [("keep", "Gardé"), ("annul", "Annulé")])
def test_a_decision_is_kept_with_its_reason_and_who_took_it(
    decision, shown, organiser, database, twice
):
    path = f"{CONFLICTS}/{conflict_row(database).id}"
    reply = organiser.send(CONFLICTS, path, decision=decision, note="jumelles", confirmed="yes")

    row, page = conflict_row(database), organiser.read(CONFLICTS)
    with database.read() as session:
        logged = session.scalars(select(Activity).where(Activity.action == "conflict.decide")).one()
    assert (reply.status_code, row.decision, row.note) == (302, decision, "jumelles")
    assert logged.details == {"conflict_id": row.id, "decision": decision, "note": "jumelles"}
    assert logged.operator_id == row.decided_by
    assert shown in page
    assert "jumelles" in page
    assert "conflit attend" not in organiser.read("/")
    assert twice.read("/status")["totals"]["arrived"] == 1


def test_annulling_asks_first_and_says_what_it_does(organiser, database, twice):
    path = f"{CONFLICTS}/{conflict_row(database).id}"

    asked = organiser.send(CONFLICTS, path, decision="annul", note="jumelles")

    shown = [text in asked.text for text in ("Ce scan sera annulé", "jumelles", "Revenir")]
    assert (asked.status_code, shown) == (200, [True] * 3)
    assert conflict_row(database).decision is None
    sent = organiser.send(CONFLICTS, path, decision="annul", note="jumelles", confirmed="yes")
    assert (sent.status_code, conflict_row(database).decision) == (302, "annul")


def test_an_exception_that_names_no_supervisor_says_so_and_why(app, organiser, database, event):
    full = factories.a_delegation(database, event, "Tiflet", quota=0)
    device = Api.enrolled(app, database, event, gate="Porte 1")
    forced = {"force": True, "force_reason": "envoyée par le comité"}

    device.batch(offline(factories.a_badge(database, event, delegation=full), **forced))

    page = organiser.read(CONFLICTS)
    assert "sans superviseur identifié" in page
    assert "envoyée par le comité" in page


@pytest.mark.parametrize("fields", [{"decision": "keep", "note": " "}, {"note": "oui"}])
def test_without_a_reason_or_a_choice_nothing_is_decided(fields, organiser, database, twice):
    reply = organiser.send(CONFLICTS, f"{CONFLICTS}/{conflict_row(database).id}", **fields)

    assert reply.status_code == 400
    assert "quelques mots" in reply.text
    assert conflict_row(database).decision is None


def test_a_conflict_of_another_event_is_not_found(organiser, database, event, twice):
    factories.an_event(database, "other")
    path = f"/events/other/conflicts/{conflict_row(database).id}"

    assert organiser.send(CONFLICTS, path, decision="keep", note="oui").status_code == 404


@pytest.fixture
def namesake(app, database, event):
    """Somebody let in without the network, who has the name of somebody registered."""
    delegation = factories.a_delegation(database, event)
    factories.a_participant(database, event, "Amina Alaoui", name_ar="أمينة العلوي")
    device = Api.enrolled(app, database, event, gate="Porte 2")
    walk_in = str(uuid4())
    sealed = seal_walk_in(device.lease()["walk_in_key"], walk_in, {"name": "Amina Alaoui"})
    asked = {"id": walk_in, "delegation_id": delegation.id, "sealed": sealed}
    told = device.ask("POST", "/participants", json=asked).json
    device.batch(offline(told["code"]))
    return told["participant_id"]


def test_a_namesake_is_shown_beside_whom_they_resemble_and_waits_like_a_conflict(
    organiser, namesake
):
    page = organiser.read(CONFLICTS)

    shown = ["Peut-être inscrits deux fois (1)", "أمينة العلوي", "Le même nom dans la délégation"]
    assert [text in page for text in [*shown, "Porte 2", "Pas d’entrée"]] == [True] * 5
    assert page.count("Amina Alaoui") == 2
    assert "1 conflit attend une décision" in organiser.read("/")
    assert "Conflits à trancher\u00a0: 1" in organiser.read("/events/rabat-2025/board")
    assert "ربما سُجّلوا مرتين" in organiser.read(f"{CONFLICTS}?lang=ar")
    assert "Perhaps registered twice" in organiser.read(f"{CONFLICTS}?lang=en")


@pytest.mark.parametrize(
    ("decision", "shown"), [("keep", "✓ Deux personnes"), ("annul", "✗ Une seule personne")]
)
def test_whether_they_are_one_person_is_decided_with_a_reason_and_logged(
    decision, shown, organiser, namesake
):
    path = f"{CONFLICTS}/duplicates/{namesake}"
    without = organiser.send(CONFLICTS, path, decision=decision, note=" ")
    told = {"decision": decision, "note": "pièce d’identité vue", "confirmed": "yes"}
    reply = organiser.send(CONFLICTS, path, **told)

    page = organiser.read(CONFLICTS)
    assert (without.status_code, reply.status_code) == (400, 302)
    assert "quelques mots" in without.text
    assert [text in page for text in (shown, "pièce d’identité vue")] == [True, True]
    assert "conflit attend" not in organiser.read("/")
    assert "a tranché si deux inscriptions sont d’une même personne" in organiser.read("/activity")


def test_a_possible_duplicate_of_another_event_is_not_found(organiser, database, namesake):
    factories.an_event(database, "other")
    path = f"/events/other/conflicts/duplicates/{namesake}"

    assert organiser.send(CONFLICTS, path, decision="keep", note="oui").status_code == 404


def test_where_there_is_none_the_page_says_so(organiser, event):
    assert "Rien n’attend de décision" in organiser.read(CONFLICTS)


def test_the_page_speaks_arabic(organiser, twice):
    assert "دخلت الشارة نفسها مرتين" in organiser.read(f"{CONFLICTS}?lang=ar")
