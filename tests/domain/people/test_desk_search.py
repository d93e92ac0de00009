"""A help desk without the network finds the people of the vectors, in their order."""

from __future__ import annotations

import json
from pathlib import Path

from checkin.domain.people.desk_search import DeskPeople, findable, is_too_short
from checkin.domain.people.sought import sought

VECTORS = json.loads(
    (Path(__file__).parents[2] / "vectors" / "desk_search.json").read_text("utf-8")
)


def test_what_is_typed_finds_those_who_are_meant_the_likeliest_first():
    people = DeskPeople()
    for person in VECTORS["people"]:
        people.put(person)

    found = {one["typed"]: people.find(one["typed"], most=20).ids for one in VECTORS["cases"]}

    assert found == {one["typed"]: one["found"] for one in VECTORS["cases"]}


def test_what_is_too_short_is_what_the_server_finds_too_short():
    short = {one["typed"]: is_too_short(one["typed"]) for one in VECTORS["cases"]}

    assert short == {one["typed"]: one["too_short"] for one in VECTORS["cases"]}
    assert short == {typed: sought(typed).is_nothing for typed in short}


def desk_of(*names):
    people = DeskPeople()
    for number, name in enumerate(names, start=1):
        people.put(listed(number, name))
    return people


def listed(number, name, phone=None, names=()):
    participant = {"id": number, "name": name, "name_ar": None}
    return {"participant": participant, "names": names, "email": None, "phone": phone, "refs": []}


def test_whoever_is_renamed_is_found_by_the_new_name_and_whoever_left_by_none():
    people = desk_of("Mohammed Bennani", "Samir Tazi")

    people.put(listed(1, "Youssef Zemmouri"))
    people.keep_only({1})

    assert [people.find(name, 5).ids for name in ("yousef zemouri", "benani", "tazi")] == [
        [1],
        [],
        [],
    ]
    assert (people.listed(1), people.listed(2)) == (listed(1, "Youssef Zemmouri"), None)


def test_of_a_name_that_very_many_have_the_likeliest_are_first_and_all_are_counted():
    people = desk_of(*(f"Mohamed Tazi {chr(97 + n % 26)}{n}" for n in range(250)), "Mohammed Tazi")

    found = people.find("mohamed tazi", 5)

    assert (found.ids[0], len(found.ids), found.more) == (251, 5, 246)


def test_of_people_of_one_name_a_hundred_are_compared_and_all_are_counted():
    people = desk_of(*(f"Mohammed Bennani {n}" for n in range(101)))

    for typed in ("mohammed bennani", "mohamed benani"):
        assert len(people.find(typed, 200).ids) == 100
        assert people.find(typed, 5).more == 96


def test_who_is_compared_and_not_meant_is_not_counted():
    people = desk_of("Mohamed Tazi", *(f"Mohamed Mohamed {n}" for n in range(99)))

    found = people.find("muhamed muhamed", 5)

    assert (len(found.ids), found.more) == (5, 94)


def test_those_who_are_not_shown_are_counted_and_nobody_else():
    people = DeskPeople()
    for number in (1, 2, 3):
        people.put(listed(number, "Amina Tazi", "+212612341234"))

    more = {
        typed: [people.find(typed, most).more for most in (1, 3, 5)] for typed in ("1234", "amina")
    }

    assert more == {"1234": [2, 0, 0], "amina": [2, 0, 0]}


def test_a_number_with_its_sign_is_the_end_of_no_telephone():
    people = DeskPeople()
    people.put(listed(1, "Amina Tazi", "+212612341234"))

    assert [people.find(typed, 5).ids for typed in ("1234", "#1234", "234")] == [[1], [], []]


def test_among_those_who_are_as_near_the_shortest_name_is_first_then_the_alphabet():
    assert findable(listed(5, "Samir Tazi", names=("Samir Karim Tazi",))).place == (
        *(2, "samir tazi samir karim tazi", 5),
    )
    assert findable(listed(3, "")).place == (0, "", 3)


def test_nothing_of_a_former_name_stays_behind():
    people = desk_of("Mohammed Bennani")
    people.put(listed(1, "Youssef Zemmouri"))

    people.keep_only(())

    assert people.find("benani", 5).ids == []
