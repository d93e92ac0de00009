"""The pages on which two records of one person are compared, merged and parted."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from checkin.db.models import Duplicate, MergedRecord, Participant, Role
from checkin.domain.people.registration import Registration
from checkin.services.scanning.walk_ins import Newcomer, register_walk_in
from tests.support import factories
from tests.support.factories import KEYS, NOW, write
from tests.web.browsing import follow

EVENT = "/events/rabat-2025"
PEOPLE = f"{EVENT}/participants"
COMPARE = f"{PEOPLE}/1/merge/2"


@pytest.fixture
def elsewhere(database, event):
    return factories.a_delegation(database, event, "Tiflet", quota=1)


@pytest.fixture
def amina(database, event, delegation):
    return factories.a_participant(
        database, event, "Amina Alaoui", delegation=delegation, phone="+212611111111"
    )


@pytest.fixture
def again(database, event, amina, elsewhere):
    """The same person in another delegation, where somebody waits."""
    twin = factories.a_participant(
        database, event, "Emina Allaoui", delegation=elsewhere, email="amina@example.org"
    )
    factories.a_participant(database, event, "Driss Tazi", delegation=elsewhere)
    return twin


def person(database, number):
    with database.read() as session:
        return session.get_one(Participant, number)


def merged(browsing, **more):
    return browsing.send(COMPARE, kept="1", reason="vue ensemble", **more)


def test_the_other_record_is_found_by_letters_an_address_or_a_phone(organiser, again):
    for text, shown in [
        ("emi", "Emina Allaoui"),
        ("amina@example.org", "Emina Allaoui"),
        ("al", "au moins trois lettres"),
        ("zzz", "Personne d’autre"),
    ]:
        found = organiser.send(f"{PEOPLE}/1/merge", q=text)
        assert text not in re.split("[/?&=]", found.location)  # it is sealed, in any letters
        assert shown in follow(organiser, found).text
    assert (
        "Amina Alaoui"
        in follow(organiser, organiser.send(f"{PEOPLE}/2/merge", q="0611111111")).text
    )
    assert f"{PEOPLE}/1/merge" in organiser.read(f"{PEOPLE}/1")


def test_people_alike_are_offered_without_a_search(organiser, database, event, amina, elsewhere):
    factories.a_participant(database, event, "AMINA ALAOUI", delegation=elsewhere)

    assert f"{COMPARE}" in organiser.read(f"{PEOPLE}/1/merge")


def test_the_comparison_says_what_will_happen(organiser, again):
    page = organiser.read(COMPARE)

    shown = [
        "La fiche n° 1 est gardée",
        "Le badge du n° 2 sera refusé",
        "Une place se libère",
        "Confirmé depuis la liste d’attente",
        "Driss Tazi",
    ]
    assert [text in page for text in shown] == [True] * len(shown)
    # what only the other record tells is chosen beforehand
    assert 'name="email" value="other" checked' in page
    assert 'name="phone" value="kept" checked' in page


def test_two_records_are_merged_as_chosen_and_the_result_takes_it_back(organiser, database, again):
    answer = merged(organiser, name="other", email="other", phone="kept", note="other")

    assert answer.headers["Location"].startswith(f"{PEOPLE}/2/merged")
    kept = person(database, 1)
    assert (kept.name, kept.email, kept.phone) == (
        "Emina Allaoui",
        "amina@example.org",
        "+212611111111",
    )
    assert person(database, 2).merged_into == 1
    assert "vue ensemble" in organiser.read(f"{PEOPLE}/2/merged")
    assert f"{PEOPLE}/2/merged" in organiser.read(f"{PEOPLE}/1")
    assert organiser.open(f"{PEOPLE}/2").headers["Location"].endswith(f"{PEOPLE}/2/merged")
    assert "fin de la liste d’attente" in organiser.read(f"{PEOPLE}/2/merged")

    back = organiser.send(f"{PEOPLE}/2/merged", f"{PEOPLE}/2/merged/take-back")

    assert back.status_code == 303
    assert (person(database, 2).merged_into, person(database, 2).standing) == (None, "reserve")
    assert "de nouveau deux personnes" in organiser.read(back.headers["Location"])


def test_a_merge_needs_a_reason_and_keeps_what_was_chosen(organiser, database, again):
    answer = organiser.send(COMPARE, kept="1", reason=" ", name="other")

    assert answer.status_code == 400
    assert 'name="name" value="other" checked' in answer.text
    assert person(database, 2).merged_into is None


def test_an_arrival_since_the_comparison_is_shown_before_anything_is_merged(
    organiser, database, event, device, again
):
    token = organiser.token(COMPARE)
    factories.scan(database, device, factories.code_of(event, again.badge_id))

    answer = organiser.send_without_token(COMPARE, csrf_token=token, kept="1", reason="vue")

    assert answer.status_code == 409
    assert "La fiche n° 2 est gardée" in answer.text
    assert person(database, 2).merged_into is None


def test_merging_what_is_merged_already_leads_to_the_result(organiser, again):
    token = organiser.token(COMPARE)
    merged(organiser)

    again = organiser.send_without_token(COMPARE, csrf_token=token, kept="1", reason="vue")

    assert again.headers["Location"].startswith(f"{PEOPLE}/2/merged")
    assert organiser.open(COMPARE).headers["Location"].endswith(f"{PEOPLE}/2/merged")
    assert organiser.open(f"{PEOPLE}/2/merge").headers["Location"].endswith("/2/merged")


def test_a_merge_that_cannot_be_taken_back_says_why(
    organiser, database, event, device, amina, again
):
    for badge_id in (again.badge_id, amina.badge_id):
        factories.scan(database, device, factories.code_of(event, badge_id))
    merged(organiser)

    page = organiser.read(f"{PEOPLE}/2/merged")
    answer = organiser.send("/account", f"{PEOPLE}/2/merged/take-back")

    assert "Augmentez d’abord son quota" in page
    assert (answer.status_code, person(database, 2).merged_into) == (409, 1)


def test_a_coordinator_merges_only_people_of_the_own_delegation(
    coordinator, database, event, delegation, again
):
    more = {"delegation": delegation, "allow_duplicate": True}
    factories.a_participant(database, event, "Amina El Alaoui", **more)

    assert coordinator.open(COMPARE).status_code == 404
    assert coordinator.send("/account", COMPARE, kept="1", reason="vue").status_code == 404
    for text in ("emina", "alaoui"):
        page = follow(coordinator, coordinator.send(f"{PEOPLE}/1/merge", q=text)).text
        assert ("Emina" in page, "Amina El Alaoui" in page) == (False, True)
    answer = coordinator.send(f"{PEOPLE}/1/merge/4", kept="1", reason="vue")
    assert answer.headers["Location"].startswith(f"{PEOPLE}/4/merged")


def test_a_coordinator_does_not_see_into_whom_an_organiser_merged_a_record(
    organiser, signed_in, database, event, device, delegation, again
):
    factories.scan(database, device, factories.code_of(event, again.badge_id))
    organiser.send(COMPARE, kept="2", reason="vue")
    coordinator = signed_in(Role.COORDINATOR)

    assert coordinator.open(f"{PEOPLE}/1/merged").status_code == 404
    assert coordinator.send("/account", f"{PEOPLE}/1/merged/take-back").status_code == 404


def test_a_supervisor_sees_a_merge_and_cannot_take_it_back(organiser, signed_in, again):
    merged(organiser)

    page = signed_in(Role.SUPERVISOR).read(f"{PEOPLE}/2/merged")

    assert "take-back" not in page


def test_a_possible_duplicate_is_decided_by_merging(
    organiser, database, event, device, delegation, amina
):
    newcomer = Newcomer(
        Registration(name="Amina Alaoui", delegation="Khémisset"),
        delegation.id,
        admitted_offline=True,
    )
    write(database, lambda s: register_walk_in(s, device, newcomer, keys=KEYS, now=NOW))
    conflicts = f"{EVENT}/conflicts"
    assert f"{PEOPLE}/2/merge/1" in organiser.read(conflicts)

    organiser.send(f"{PEOPLE}/2/merge/1", kept="1", reason="vue ensemble")

    with database.read() as session:
        duplicate = session.scalars(select(Duplicate)).one()
        assert session.scalars(select(MergedRecord)).one().participant_id == 2
    assert (duplicate.decision, duplicate.note) == ("merge", "vue ensemble")
    assert "fiches fusionnées" in organiser.read(conflicts)
    refused = organiser.send(conflicts, f"{conflicts}/duplicates/2", decision="merge", note="x")
    assert refused.status_code == 400
    organiser.send(f"{PEOPLE}/2/merged", f"{PEOPLE}/2/merged/take-back")
    with database.read() as session:
        assert session.scalars(select(Duplicate)).one().decided_at is None
