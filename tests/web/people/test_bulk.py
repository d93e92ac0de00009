"""All people of a list are changed at once, after a question that says how many they are."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from checkin.db.models import Job, Message, Operator, Participant
from checkin.services.limits.rules import SHEETS
from checkin.web.jobs import asking
from checkin.web.site.state import EXTENSION
from tests.support import factories
from tests.support.servers.inline_worker import keep_jobs_waiting
from tests.web.browsing import follow

LIST = "/events/rabat-2025/participants"
CHANGE = f"{LIST}/change"


@pytest.fixture
def people(database, event, delegation):
    """Amina and Bahia of Khémisset, Zineb of Salé."""
    sale = factories.a_delegation(database, event, "Salé", quota=0)
    return {
        "Amina": factories.a_participant(
            database, event, "Amina", delegation=delegation, email="amina@example.org"
        ).participant_id,
        "Bahia": factories.a_participant(
            database, event, "Bahia", delegation=delegation
        ).participant_id,
        "Zineb": factories.a_participant(database, event, "Zineb", delegation=sale).participant_id,
    }


def standings(database):
    with database.read() as session:
        rows = session.execute(select(Participant.name, Participant.standing))
        return dict(rows.all())


def confirm(browsing, address, **more):
    """Open the question at an address, and confirm what it asks."""
    page = browsing.read(address)
    mark = re.search(r'name="mark" value="(\w+)"', page)[1]
    return browsing.send(address, address, mark=mark, **more)


def test_the_list_offers_to_change_all_whom_it_shows(organiser, people):
    page = organiser.read(f"{LIST}?q=amina&lang=fr")

    assert "Modifier toutes ces personnes" in page
    assert re.search(r'<input type="hidden" name="sought" value="[^"]{40,}">', page)
    assert 'type="hidden" name="q"' not in page


def test_the_question_says_how_many_and_who(organiser, people, delegation):
    page = organiser.read(f"{CHANGE}?change=cancel&delegation={delegation.id}&lang=fr")

    assert "Annuler l’inscription de 2 personnes\u00a0?" in page
    assert "Prévenir 1 personne par e-mail" in page
    assert "Sans e-mail\u00a0: 1." in page
    assert "Amina" in page
    assert "Zineb" not in page


def test_all_of_them_are_canceled_and_told_if_that_is_chosen(
    organiser, database, event, people, delegation
):
    factories.postponed(database, event)
    asked = confirm(organiser, f"{CHANGE}?change=cancel&delegation={delegation.id}", tell="yes")
    page = follow(organiser, asked).text

    assert standings(database) == {
        "Amina": "canceled",
        "Bahia": "canceled",
        "Zineb": "reserve",
    }
    with database.read() as session:
        kinds = session.scalars(select(Message.kind).order_by(Message.id)).all()
    assert kinds == ["badge", "canceled"]
    assert 'big-figure">2<' in page
    log = organiser.read("/activity")
    assert "inscriptions d’une liste annulées" in log


def test_nobody_is_changed_if_the_list_has_other_people_meanwhile(organiser, database, people):
    address = f"{CHANGE}?change=cancel"
    mark = re.search(r'name="mark" value="(\w+)"', organiser.read(address))[1]
    organiser.send(LIST, f"{LIST}/{people['Amina']}/cancel")

    answer = organiser.send(address, address, mark=mark)

    assert answer.status_code == 409
    assert "Rien n’a été modifié" in answer.text
    assert standings(database) == {"Amina": "canceled", "Bahia": "confirmed", "Zineb": "reserve"}


def test_who_cannot_be_moved_is_listed_with_the_reason(
    organiser, database, event, people, delegation
):
    rabat = factories.a_delegation(database, event, "Rabat", quota=5)
    factories.a_participant(database, event, "Amina", delegation=rabat)
    address = f"{CHANGE}?change=move&target={rabat.id}&delegation={delegation.id}"

    page = follow(organiser, confirm(organiser, address)).text

    with database.read() as session:
        bahia = session.get_one(Participant, people["Bahia"])
        amina = session.get_one(Participant, people["Amina"])
    assert (bahia.delegation_id, amina.delegation_id) == (rabat.id, delegation.id)
    assert "Fiches laissées telles quelles\u00a0: 1" in page
    assert "Quelqu’un y est peut-être la même personne." in page
    assert f'href="{LIST}/{people["Amina"]}"' in page


def test_somebody_who_has_arrived_and_finds_no_place_is_told_with_the_sentence_of_single_moves(
    organiser, database, event, people, delegation
):
    device = factories.a_device(database, event)
    code = factories.a_badge(database, event, "Chafik", delegation=_another(database, event))
    factories.scan(database, device, code)
    full = factories.a_delegation(database, event, "Fès", quota=0)
    address = f"{CHANGE}?change=move&target={full.id}&q=chafik"

    page = organiser.read(address)
    assert "Déjà sur place\u00a0: 1." in page
    result = follow(organiser, confirm(organiser, address)).text

    assert "Fès" in result.partition('id="left"')[2]


def _another(database, event):
    return factories.a_delegation(database, event, "Tiflet", quota=9)


def test_a_category_needs_to_be_chosen_first(organiser, database, event, people):
    official = factories.a_category(database, event, "Élu")

    page = organiser.read(f"{CHANGE}?change=category")
    assert 'name="mark"' not in page
    assert "Élu" in page
    confirm(organiser, f"{CHANGE}?change=category&target={official.id}")

    with database.read() as session:
        assert set(session.scalars(select(Participant.category_id))) == {official.id}


def test_badges_of_the_list_are_printed_and_no_others(organiser, database, people):
    answer = confirm(organiser, f"{CHANGE}?change=print&q=amina", design="card")
    page = follow(organiser, answer).text

    assert len(set(re.findall(r"/jobs/\d+/files/\d+", page))) == 1
    with database.read() as session:
        job = session.scalars(select(Job).order_by(Job.id.desc())).first()
    assert (job.kind, job.state, job.done) == ("badge_sheets", "done", 1)


def test_badges_of_a_list_count_as_sheets_do_and_a_list_that_has_changed_does_not(
    organiser, app, people, monkeypatch
):
    monkeypatch.setattr(asking, "WAIT_S", 0)
    keep_jobs_waiting(app, monkeypatch)
    address, limits = f"{CHANGE}?change=print", app.extensions[EXTENSION].limits
    with app.extensions[EXTENSION].database.read() as session:
        asker = session.scalars(select(Operator.id)).one()

    overtaken = organiser.send(address, address, mark="another").status_code
    printed = confirm(organiser, address, design="card").status_code
    for _ in range(SHEETS.budgets[0].most - 1):
        limits.reserve((SHEETS, str(asker)))
    refused = confirm(organiser, address, design="card").status_code

    assert (overtaken, printed, refused) == (409, 303, 429)
    assert confirm(organiser, f"{CHANGE}?change=cancel").status_code == 303


def test_a_coordinator_changes_their_own_people_only_and_moves_nobody(
    coordinator, database, people, delegation
):
    assert coordinator.open(f"{CHANGE}?change=move").status_code == 400
    page = coordinator.read(f"{CHANGE}?change=cancel&delegation=2")
    assert "Zineb" not in page

    confirm(coordinator, f"{CHANGE}?change=cancel&delegation=2")

    assert standings(database) == {"Amina": "canceled", "Bahia": "canceled", "Zineb": "reserve"}


def test_a_change_that_goes_on_may_be_ended(organiser, app, database, people, monkeypatch):
    keep_jobs_waiting(app, monkeypatch)

    page = follow(organiser, confirm(organiser, f"{CHANGE}?change=cancel")).text
    [end] = set(re.findall(r'action="([^"]+/jobs/\d+/cancel)"', page))
    organiser.send(LIST, end)

    assert standings(database) == {"Amina": "confirmed", "Bahia": "confirmed", "Zineb": "reserve"}
    with database.read() as session:
        assert session.scalars(select(Job.state)).all() == ["canceled"]


@pytest.mark.parametrize("change", ["", "delete", "move"])
def test_an_unknown_change_or_target_is_refused(organiser, people, change):
    answer = organiser.send(LIST, f"{CHANGE}?change={change}", mark="x")

    assert answer.status_code == 400


def test_nobody_sees_the_result_of_somebody_else_s_change(organiser, coordinator, people):
    asked = confirm(coordinator, f"{CHANGE}?change=cancel&q=amina")

    assert coordinator.open(asked.location).status_code == 200
    assert organiser.open(asked.location).status_code == 404
