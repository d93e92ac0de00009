"""Blocking somebody from their page: who may, what it says, and what the gates do then."""

from __future__ import annotations

import pytest

from checkin.db.models import Participant, Role
from tests.support import factories

LIST = "/events/rabat-2025/participants"


@pytest.fixture
def amina(database, event, delegation):
    return factories.a_participant(database, event, delegation=delegation)


@pytest.fixture
def page(amina):
    return f"{LIST}/{amina.participant_id}"


def is_blocked(database, amina):
    with database.read() as session:
        return session.get_one(Participant, amina.participant_id).blocked


@pytest.mark.parametrize("role", [Role.ORGANISER, Role.ADMINISTRATOR])
def test_the_page_blocks_says_what_follows_and_who_did_it_and_unblocks(
    role, signed_in, database, amina, page
):
    browsing = signed_in(role)
    before = browsing.read(page)

    answer = browsing.send(page, f"{page}/block", reason="Menaces envers <l’accueil>")
    blocked = browsing.read(answer.headers["Location"])
    answer = browsing.send(page, f"{page}/unblock")
    after = browsing.read(answer.headers["Location"])

    assert "Le prochain scan de cette personne sera refusé" in before
    assert "son prochain scan sera refusé" in blocked
    assert "■ Entrée bloquée" in blocked
    assert "Menaces envers &lt;l’accueil&gt;" in blocked
    assert f"Poste {role}" in blocked
    assert f'action="{page}/block"' not in blocked
    assert "n’est plus bloquée" in after
    assert f'action="{page}/block"' in after
    assert not is_blocked(database, amina)


def test_a_block_without_a_reason_is_refused(organiser, database, amina, page):
    assert organiser.send(page, f"{page}/block", reason=" ").status_code == 400
    assert not is_blocked(database, amina)


@pytest.mark.parametrize("role", [Role.SUPERVISOR, Role.COORDINATOR])
def test_others_who_see_the_page_read_why_and_can_change_nothing(
    role, signed_in, organiser, database, amina, page
):
    reader = signed_in(role)
    offered = reader.read(page)
    organiser.send(page, f"{page}/block", reason="Menaces")

    shown = reader.read(page)
    refused = [reader.send(page, f"{page}/{act}", reason="x") for act in ("block", "unblock")]

    assert f"{page}/block" not in offered
    assert "Menaces" in shown
    assert f"{page}/unblock" not in shown
    assert [one.status_code for one in refused] == [403, 403]
    assert is_blocked(database, amina)


def test_the_participants_list_says_in_words_who_is_blocked(organiser, page):
    organiser.send(page, f"{page}/block", reason="Menaces")

    assert "■ Entrée bloquée" in organiser.read(LIST)


def test_a_canceled_persons_page_says_that_the_block_stays(organiser, page):
    organiser.send(page, f"{page}/cancel")
    organiser.send(page, f"{page}/block", reason="Menaces")

    assert "restera bloquée en cas de réinscription" in organiser.read(page)


def test_the_gates_refuse_at_once_and_a_search_there_says_so(organiser, api, event, amina, page):
    code = factories.code_of(event, amina.badge_id)
    organiser.send(page, f"{page}/block", reason="Menaces")

    verdict = api.scan(code)
    [found] = api.read("/participants?q=alaoui")["participants"]
    organiser.send(page, f"{page}/unblock")

    assert (verdict["status"], verdict["reason"]) == ("error", "blocked")
    assert (found["status"], found["blocked"]) == ("confirmed", True)
    assert api.scan(code)["status"] == "ok"


def test_the_activity_log_says_it_in_the_readers_language_without_the_reason(organiser, page):
    organiser.send(page, f"{page}/block", reason="Menaces")
    organiser.send(page, f"{page}/unblock")

    log = organiser.read("/activity")
    assert ("entrée bloquée" in log, "entrée débloquée" in log) == (True, True)
    assert ("Poste organiser" in log, "Menaces" in log) == (True, False)
