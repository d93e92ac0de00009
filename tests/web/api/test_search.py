"""Searching people from a gate."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update

from checkin.db.models import Activity, Delegation
from tests.support import factories

PEOPLE = [
    ("Hélène Éléonore", None),
    ("Ahmed El-Fassi", "أحمد الفاسي"),
    ("", "فاطمة الزهراء بنعلي"),
    ("Fatima O'Connor", None),
    ("Driss 100% _Juste_", None),
    ('Ô"; DROP TABLE participant; --', None),
    ("<script>alert(1)</script>", None),
]


@pytest.fixture
def people(database, event):
    return [
        factories.a_participant(database, event, name, name_ar=name_ar).participant_id
        for name, name_ar in PEOPLE
    ]


def found(api, query):
    people = api.read("/participants", query_string={"q": query})["participants"]
    return [person["name"] or person["name_ar"] for person in people]


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("helene", ["Hélène Éléonore"]),
        ("ÉLÉO hél", ["Hélène Éléonore"]),
        ("احمد", ["Ahmed El-Fassi"]),
        ("أَحْمَد", ["Ahmed El-Fassi"]),
        ("الفاسى", ["Ahmed El-Fassi"]),
        ("فاطمه", ["فاطمة الزهراء بنعلي"]),
        ("el fassi", ["Ahmed El-Fassi"]),
        ("connor", ["Fatima O'Connor"]),
        ("100%", ["Driss 100% _Juste_"]),
        ("_juste_", ["Driss 100% _Juste_"]),
        ("drop table", ['Ô"; DROP TABLE participant; --']),
        ("script", ["<script>alert(1)</script>"]),
        ("%%%abc", []),
        ("nobody", []),
        ('he"l OR 1=1', []),
        ("NOT (a AND b)*", []),
    ],
)
def test_a_part_of_a_name_finds_its_people(query, names, api, people):
    assert found(api, query) == names


@pytest.mark.parametrize("query", ["", "ab", " a b ", "é", "%%%", "___", "ا", "\u0000\u0001"])
def test_fewer_than_three_letters_are_refused(query, api, people):
    reply = api.ask("GET", "/participants", query_string={"q": query})

    assert (reply.status_code, reply.json["error"]) == (400, "invalid_request")


def test_an_overlong_query_is_refused(api):
    assert api.ask("GET", "/participants?q=" + "a" * 121).status_code == 400


def test_at_most_twenty_are_shown(api, database, event):
    factories.badges(database, event, 30)

    assert len(found(api, "militant")) == 20


def test_a_found_person_is_shown_whole(api, database, event, people):
    delegation = factories.a_delegation(database, event)
    named = update(Delegation).where(Delegation.id == delegation.id).values(name_ar="الخميسات")
    factories.write(database, lambda session: session.execute(named))

    [person] = api.read("/participants?q=fassi")["participants"]

    assert person == {
        "id": people[1],
        "name": "Ahmed El-Fassi",
        "name_ar": "أحمد الفاسي",
        "category": "Militant",
        "delegation": {"id": delegation.id, "name": "Khémisset", "name_ar": "الخميسات"},
        "status": "confirmed",
        "blocked": False,
    }


def test_every_search_is_logged_without_the_name_searched_for(api, database, people):
    found(api, "fassi")

    with database.read() as session:
        line = session.scalars(
            select(Activity).where(Activity.action == "participant.search")
        ).one()
    assert (line.device_id, line.details) == (api.device_id, {"letters": 5, "found": [people[1]]})


def test_the_number_of_searches_of_a_device_is_limited(api, people):
    statuses = [api.ask("GET", "/participants?q=abc").status_code for _ in range(601)]

    assert statuses == [200] * 600 + [429]
