"""People of an event are found again by name or contact, and the right one of several."""

from __future__ import annotations

from dataclasses import replace

import pytest

from checkin.domain.people.importing.roster import Person, Roster

RABAT, SALE = 1, 2
PHONE, OTHER_PHONE = "+212612345678", "+212611111111"


def person(id, name="Amina Alaoui", delegation=RABAT, **more):
    return Person(id=id, delegation_id=delegation, name=name, **more)


def found(people, wanted, **more):
    one = Roster(people).same_person(wanted, **more)
    return one and one.id


def test_a_person_is_compared_by_the_names_in_both_scripts():
    both = person(1, name_ar="أمينة العلوي")
    arabic = person(2, "", name_ar="أمينة العلوي")

    assert both.folded_names == ("amina alaoui", "امينه العلوي")
    assert person(3, folded_names=("known",)).folded_names == ("known",)
    assert person(3, folded_names=("known",)) == person(3) == person(3, name_terms=("known",))
    assert [one.shown_name for one in (both, arabic, person(4, ""))] == [
        *("Amina Alaoui", "أمينة العلوي", ""),
    ]


def test_changes_are_what_the_other_tells_besides_or_differently():
    known = person(1, email="a@example.ma", phone=PHONE)
    other = person(2, "AMINA ALAOUI", category_id=7, phone=OTHER_PHONE)

    assert known.changes_to(other) == {
        "name": "AMINA ALAOUI",
        "category_id": 7,
        "phone": OTHER_PHONE,
    }
    assert known.changes_to(person(3)) == {}
    assert known.changes_to(person(3, delegation=SALE)) == {"delegation_id": SALE}


@pytest.mark.parametrize(
    ("other", "told"),
    [
        (person(2), True),
        (person(2, "AMINA alaoui"), True),
        (person(2, "", name_ar="أمينة العلوي"), True),
        (person(2, phone=OTHER_PHONE), False),
        (person(2, "Amina Alaoui", name_ar="أمينة"), False),
        (person(2, "Amina Tazi"), False),
    ],
)
def test_a_person_tells_all_of_one_who_has_no_more_values_or_names(other, told):
    assert person(1, name_ar="أمينة العلوي", phone=PHONE).tells_all_of(other) is told


def test_namesakes_are_of_one_delegation_and_the_first_counts():
    roster = Roster([person(1, delegation=SALE), person(2), person(3), person(4, "Omar Tazi")])

    assert roster.same_name(person(9, "AMINA ALAOUI")).id == 2
    assert roster.same_name(person(9, "Salma")) is None


def test_a_contact_is_held_by_the_first_who_is_not_canceled():
    people = [
        person(1, "Omar", phone=PHONE, canceled=True),
        person(2, "Salma", phone=PHONE),
        person(3, "Driss", phone=PHONE),
        person(4, "Zineb", email="z@example.ma", canceled=True),
    ]
    roster = Roster(people)

    assert roster.holder("phone", PHONE).id == 2
    assert roster.holder("phone", OTHER_PHONE) is None
    assert roster.holder("email", "z@example.ma") is None


@pytest.mark.parametrize(
    ("people", "wanted", "id"),
    [
        ([person(1), person(2, "Omar")], person(9), 1),
        ([person(1, delegation=SALE)], person(9), None),
        ([person(1, delegation=SALE, phone=PHONE)], person(9, phone=PHONE), 1),
        ([person(1, "Omar", delegation=SALE, phone=PHONE)], person(9, phone=PHONE), None),
        # of several the one with the fewest differences, one who is not canceled before all
        ([person(1, phone=OTHER_PHONE), person(2, phone=PHONE)], person(9, phone=PHONE), 2),
        ([person(1, canceled=True), person(2, phone=OTHER_PHONE)], person(9), 2),
        (
            [person(1, phone=OTHER_PHONE, email="a@b.ma"), person(2, phone=OTHER_PHONE)],
            person(9),
            2,
        ),
        ([person(1), person(2)], person(9), 1),
        (
            [person(1), person(2, phone=PHONE, email="other@b.ma", note="bus 3")],
            person(9, phone=PHONE, email="a@b.ma"),
            2,
        ),
    ],
)
def test_the_same_person_is_a_namesake_here_or_one_with_the_same_contact(people, wanted, id):
    assert found(people, wanted) == id


def test_who_was_matched_already_is_not_matched_again():
    people = [person(1), person(2)]

    assert found(people, person(9), excluding={1}) == 2
    assert found(people, person(9), excluding={1, 2}) is None


@pytest.mark.parametrize(
    ("known", "wanted", "id"),
    [
        ({"phone": PHONE}, {"phone": OTHER_PHONE}, None),
        ({"phone": PHONE}, {}, 1),
        ({"phone": PHONE}, {"email": "a@example.ma"}, 1),
        (
            {"phone": PHONE, "email": "a@example.ma"},
            {"phone": OTHER_PHONE, "email": "a@example.ma"},
            1,
        ),
    ],
)
def test_a_confirmed_namesake_whose_contacts_all_differ_is_somebody_else(known, wanted, id):
    people = [person(1, **known)]

    assert found(people, person(9, **wanted)) == 1
    assert found(people, person(9, **wanted), allowed=True) == id


def spelt_alike(people, wanted, **more):
    one = Roster(people).spelt_alike(wanted, **more)
    return one and one.id


def test_another_spelling_is_one_persons_only_where_no_contact_tells_them_apart():
    known = person(1, "Mohammed Ben Ali", phone=PHONE)

    assert spelt_alike([known], person(9, "Benali Mohamed")) == 1
    assert spelt_alike([known], person(9, "", name_ar="محمد بنعلي")) == 1
    assert spelt_alike([known], person(9, "Benali Mohamed", phone=OTHER_PHONE)) is None
    assert spelt_alike([known], person(9, "Benali Mohamed", delegation=SALE)) is None
    assert spelt_alike([known], person(9, "Benalia Mohamed")) is None
    assert spelt_alike([known], person(9, "Benali Mohamed"), excluding={1}) is None
    assert spelt_alike([replace(known, canceled=True)], person(9, "Benali Mohamed")) is None


def test_one_of_the_names_of_a_person_is_enough():
    known = person(1, "Mohammed Ben Ali", SALE, name_ar="محمد", phone=PHONE)

    assert found([known], person(9, "Benali Mohamed", name_ar="كريم", phone=PHONE)) == 1


def test_another_spelling_with_the_same_phone_is_the_same_person():
    known = person(1, "Mohammed Ben Ali", SALE, phone=PHONE)

    assert found([known], person(9, "BENALI Mohamed", phone=PHONE)) == 1
    assert found([known], person(9, "BENALI Mohamed")) is None
