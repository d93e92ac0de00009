"""People are found by other spellings of their names, the likeliest first, on both databases."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sqlalchemy import select, update

from checkin.db.models import Participant
from checkin.domain.people.registration import Registration
from checkin.domain.people.selection import Selection
from checkin.domain.people.sought import sought
from checkin.services.common.list_version import next_list_version
from checkin.services.lifecycle.demo_names import FAMILY_NAMES, GIVEN_NAMES
from checkin.services.people import names
from checkin.services.people.names import fill_name_terms
from checkin.services.people.registering.enrolment import Enrolment, enrol
from checkin.services.people.registering.registration import RegistrationSource, edit
from checkin.services.people.search import search_participants
from checkin.services.selection.people import Asked, people_page
from tests.support import factories
from tests.support.factories import KEYS, NOW, write
from tests.support.name_pairs import ONE_NAME
from tests.support.racing import race

FOUND = 0.97
#: what a help desk finds without the network
DESK = json.loads((Path(__file__).parents[2] / "vectors" / "desk_search.json").read_text("utf-8"))


def registered(database, event, people):
    """Register people by their names at once."""
    delegation, category = factories.a_delegation(database, event), factories.a_category
    number = category(database, event).id

    def work(session):
        enrol(
            session,
            event,
            [
                Enrolment(
                    Registration(name=name, name_ar=name_ar, delegation=""), delegation.id, number
                )
                for name, name_ar in people
            ],
            source=RegistrationSource.IMPORT,
            keys=KEYS,
            version=next_list_version(session, event.id),
            now=NOW,
        )

    write(database, work)


def found(database, event, query, **more):
    """Return the names that a search shows, and how many more there are."""
    with database.read() as session:
        people = search_participants(session, event.id, query, **more)
    return [one.own["name"] or one.own["name_ar"] for one in people.people], people.more


def test_whoever_is_spelt_otherwise_is_found(database, event):
    asked = {
        "mohamed benali": "Mohammed Ben Ali",
        "Elkhattabi": "Salma El Khattabi",
        "benani": "Hind Bennani",
        "elamrani": "Karim El Amrani",
        "Zemouri": "Youssef Zemmouri",
        "oneill": "Siham O'Neill",
        "عبدالقادر": "عبد القادر الراضي",
        "خديجة": "Khadija Lazrak",
        "Btissam": "Ibtissam Kadiri",
    }
    registered(
        database,
        event,
        [(name, None) if name.isascii() else ("", name) for name in asked.values()],
    )

    assert {query: found(database, event, query) for query in asked} == {
        query: ([name], 0) for query, name in asked.items()
    }


def test_the_name_as_it_was_typed_comes_first_and_what_only_sounds_like_it_not_at_all(
    database, event
):
    registered(
        database,
        event,
        [
            (name, None)
            for name in (
                *("Mohammed Omrani Alaoui", "Karim El Amrani", "Mohammed Omrany"),
                *("Mohamed Omrani", "Omrani Mohamed Ali", "Mohammed El Omrani"),
            )
        ],
    )

    assert found(database, event, "mohamed omrani", most=2) == (
        ["Mohamed Omrani", "Mohammed El Omrani"],
        3,
    )
    assert found(database, event, "amrani") == (["Karim El Amrani"], 0)


def test_where_nobody_has_the_name_those_are_found_who_sound_like_it(database, event):
    registered(database, event, [("Jamal Haddad", None), ("Samir Tazi", None)])

    assert found(database, event, "jamil") == (["Jamal Haddad"], 0)
    assert found(database, event, "djamelos") == ([], 0)


def test_whoever_is_renamed_is_found_by_the_new_name_alone(database, event):
    person = factories.a_participant(database, event, "Mohammed Bennani")
    wanted = Registration(name="Youssef Zemmouri", delegation="")
    category = factories.a_category(database, event).id

    write(
        database,
        lambda s: edit(s, event, person.participant_id, wanted, category_id=category, now=NOW),
    )

    assert found(database, event, "yousef zemouri") == (["Youssef Zemmouri"], 0)
    assert found(database, event, "mohamed benani") == ([], 0)


def test_the_list_of_participants_is_searched_by_other_spellings_too(database, event):
    registered(database, event, [("Mohammed Bennani", None), ("Samir Tazi", None)])

    with database.read() as session:
        page = people_page(session, event, Asked(selection=Selection(text="benani mohamed")))

    assert [one.participant.name for one in page.people] == ["Mohammed Bennani"]


def test_a_help_desk_without_the_network_finds_the_same_people_in_the_same_order(database, event):
    people = [one["participant"] for one in DESK["people"] if not one["names"]]
    registered(database, event, [(one["name"], one["name_ar"]) for one in people])
    name_of = {one["id"]: one["name"] or one["name_ar"] for one in people}
    typed = {
        case["typed"]: [name_of[one] for one in case["found"] if one in name_of]
        for case in DESK["cases"]
        if sought(case["typed"]).words and not case["too_short"]
    }

    assert {text: found(database, event, text, most=20)[0] for text in typed} == typed


def terms(database):
    with database.read() as session:
        return session.scalars(select(Participant.name_terms).order_by(Participant.id)).all()


def test_people_of_an_earlier_version_get_their_terms_once(database, event, monkeypatch):
    registered(database, event, [(f"Mohammed Bennani {n}", None) for n in "abcde"])
    before = terms(database)
    write(database, lambda s: s.execute(update(Participant).values(name_terms=None)))
    monkeypatch.setattr(names, "BATCH", 2)
    assert found(database, event, "benani") == ([], 0)

    race(4, lambda _: fill_name_terms(database))

    assert (terms(database), fill_name_terms(database)) == (before, 0)
    assert found(database, event, "benani", most=1)[1] == 4


@pytest.mark.parametrize("people", [1_500, pytest.param(100_000, marks=pytest.mark.proof)])
def test_other_spellings_are_among_the_first_five_of_many_people(database, event, people):
    wanted = [name for _, name in ONE_NAME]
    many = [(f"{given} {family}", None) for given, _ in GIVEN_NAMES for family, _ in FAMILY_NAMES]
    many = [name for name in many if name[0] not in wanted]
    for start in range(0, people, len(many)):
        registered(database, event, many[: people - start])
    registered(database, event, [(name, None) for name in dict.fromkeys(wanted)])

    lost = [pair for pair in ONE_NAME if pair[1] not in found(database, event, pair[0])[0]]

    assert len(lost) <= (1 - FOUND) * len(ONE_NAME), lost
