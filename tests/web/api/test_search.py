"""Searching people from a gate."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update

from checkin.db.models import Activity, Delegation, Event
from checkin.protocol.headers import SUPERVISOR_PIN
from checkin.services.limits.rules import SEARCHES
from checkin.services.people.buses import assign_people
from checkin.web.site.state import EXTENSION
from tests.support import factories
from tests.support.api_client import Api

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


def searched(api, query, **more):
    return api.ask("POST", "/participants/search", json={"q": query}, **more)


def searched_as_earlier(api, query, **more):
    """Search as devices of earlier versions do: by the address."""
    return api.ask("GET", "/participants", query_string={"q": query}, **more)


def found(api, query):
    people = searched(api, query).json["participants"]
    return [person["name"] or person["name_ar"] for person in people]


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("helene", ["Hélène Éléonore"]),
        ("ÉLÉO hél", ["Hélène Éléonore"]),
        ("احمد", ["Ahmed El-Fassi"]),
        ("أَحْمَد", ["Ahmed El-Fassi"]),
        ("الفاسى", ["Ahmed El-Fassi"]),
        ("فاطمه", ["Fatima O'Connor", "فاطمة الزهراء بنعلي"]),
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
    for reply in (searched(api, query), searched_as_earlier(api, query)):
        assert (reply.status_code, reply.json["error"]) == (400, "invalid_request")


@pytest.mark.parametrize("query", ["fassi", "فاطمه", "100%", "nobody"])
def test_devices_of_earlier_versions_get_the_same_answer(query, api, people):
    assert searched_as_earlier(api, query).json == searched(api, query).json


def test_an_overlong_query_is_refused(api):
    replies = [ask(api, "a" * 121) for ask in (searched, searched_as_earlier)]
    assert [reply.status_code for reply in replies] == [400, 400]


@pytest.mark.parametrize("body", [{}, {"q": 7}, {"q": None}, []])
def test_a_body_that_asks_for_nothing_is_refused(body, api):
    reply = api.ask("POST", "/participants/search", json=body)

    assert (reply.status_code, reply.json["error"]) == (400, "invalid_request")


def test_the_number_on_a_badge_may_have_one_digit(api, people):
    assert len(found(api, f"#{people[0]}")) == 1


def test_five_are_shown_and_how_many_more_there_are(api, database, event):
    factories.badges(database, event, 30)

    reply = api.read("/participants?q=militant")

    assert (len(reply["participants"]), reply["more"]) == (5, 25)


def test_beyond_the_budget_a_supervisors_pin_in_a_header_gives_as_many_again(api, database, event):
    factories.write(database, lambda s: s.execute(update(Event).values(search_budget_gate=5)))
    factories.badges(database, event, 30)
    factories.a_supervisor(database)

    def ask(query, pin=None):
        headers = {"Accept-Language": "fr"} | ({SUPERVISOR_PIN: pin} if pin else {})
        return searched(api, query, headers=headers)

    first, beyond, wrong = ask("militant 1"), ask("militant 2"), ask("militant 2", "135791")
    granted, used_again = ask("militant 2", factories.PIN), ask("nobody")

    assert [reply.status_code for reply in (first, beyond, wrong, granted, used_again)] == [
        *(200, 429, 403, 200, 429)
    ]
    assert (beyond.json["error"], beyond.json["detail"]) == (
        "search_budget",
        "Cet appareil a montré autant de personnes que permis en une heure. Attendez 60 min, ou "
        "faites taper son code PIN à un superviseur.",
    )
    assert 3_500 < int(beyond.headers["Retry-After"]) <= 3_600
    assert "participants" not in beyond.json
    assert factories.noted(database, "device") == [
        *("device.add", "device.search_granted", "device.search_unusual")
    ]


def test_a_device_that_may_not_search_is_refused(app, database, event, people):
    device = factories.a_new_device(database, event, may_search=False)

    for ask in (searched, searched_as_earlier):
        reply = ask(Api(app, device.token, device.id), "fassi")
        assert (reply.status_code, reply.json["error"]) == (403, "search_not_allowed")


def test_while_the_doors_are_closed_nobody_searches(app, database):
    closed = factories.an_event(database, "casablanca-2025", search_while_closed=False)
    device = factories.a_new_device(database, closed)

    for ask in (searched, searched_as_earlier):
        reply = ask(Api(app, device.token, device.id), "fassi")
        assert (reply.status_code, reply.json["error"]) == (403, "search_closed")


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
        "category_ar": None,
        "bus": None,
        "phone_ending": None,
        "arrived_at": None,
        "delegation": {"id": delegation.id, "name": "Khémisset", "name_ar": "الخميسات"},
        "status": "confirmed",
        "blocked": False,
    }


def test_people_of_one_name_are_told_apart(api, database, event):
    delegation = factories.a_delegation(database, event)
    bus = factories.a_bus(database, delegation, "Car 2")
    rider, arrived = (
        factories.a_participant(database, event, "Ahmed Alami", phone=phone, allow_duplicate=True)
        for phone in ("+212612000777", None)
    )
    riders = [rider.participant_id]
    factories.write(database, lambda s: assign_people(s, s.merge(bus), riders, now=factories.NOW))
    at = api.scan(factories.code_of(event, arrived.badge_id))["server_time"]

    people = api.read("/participants?q=alami")["participants"]

    assert [(one["bus"], one["phone_ending"], one["arrived_at"]) for one in people] == [
        *(("Car 2", "77", None), (None, None, at)),
    ]


@pytest.fixture
def karim(database, event):
    contacts = {"email": "karim@example.org", "phone": "+212612000777"}
    return factories.a_participant(database, event, "Karim Tazi", **contacts)


def test_a_person_is_found_by_whatever_they_can_say(api, event, karim):
    code, number = factories.code_of(event, karim.badge_id), karim.participant_id
    said = ["karim@example.org", "+212612000777", "06 12 00 07 77", "0777", "٠٧٧٧"]
    said += [code, f"{code[:9].lower()}-{code[9:]}", f"n° {number}", f"#{number}", "tazi karim"]

    assert [found(api, query) for query in said] == [["Karim Tazi"]] * len(said)


def test_another_telephone_number_or_code_finds_nobody(api, database, event, karim):
    other = factories.an_event(database, "casablanca-2025")
    stranger = factories.a_participant(database, other, "Omar Tazi", phone="+212612000778")
    code = factories.code_of(other, stranger.badge_id)
    said = ["other@example.org", "0612000778", "0778", "7771", code, f"#{stranger.participant_id}"]

    assert [found(api, query) for query in said] == [[]] * len(said)


def test_every_search_is_logged_without_the_name_searched_for(api, database, people):
    found(api, "fassi")

    with database.read() as session:
        line = session.scalars(
            select(Activity).where(Activity.action == "participant.search")
        ).one()
    assert (line.device_id, line.details) == (api.device_id, {"letters": 5, "found": [people[1]]})


def test_the_number_of_searches_of_a_device_is_limited(app, api, people):
    limits = app.extensions[EXTENSION].limits
    for _ in range(599):
        limits.reserve((SEARCHES, str(api.device_id)))

    ways = (searched, searched_as_earlier, searched)
    statuses = [ask(api, "abc").status_code for ask in ways]

    assert statuses == [200, 429, 429]
