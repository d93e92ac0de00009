"""A form that somebody else has overtaken shows both people's work."""

from __future__ import annotations

from checkin.domain.common.form_marks import Overtaken, form_mark, overtaken

SHOWN = {"name": "Amina", "phone": "+212612345678", "note": ""}
MARK = form_mark(SHOWN)


def test_a_form_that_nobody_has_overtaken_is_saved():
    assert overtaken(MARK, SHOWN | {"note": "fauteuil"}, SHOWN) is None


def test_a_field_that_both_have_changed_keeps_what_was_typed_and_tells_the_other_value():
    typed, now = SHOWN | {"phone": "0698765432"}, SHOWN | {"phone": "+212600000000"}

    assert overtaken(MARK, typed, now) == Overtaken(typed, {"phone": "+212600000000"})


def test_a_field_that_only_the_other_person_has_changed_is_taken_over():
    typed, now = SHOWN | {"note": "fauteuil"}, SHOWN | {"name": "Amina Alaoui"}

    assert overtaken(MARK, typed, now) == Overtaken(
        {**SHOWN, "name": "Amina Alaoui", "note": "fauteuil"}, {"name": "Amina Alaoui"}
    )


def test_a_field_that_was_emptied_is_told():
    assert overtaken(MARK, SHOWN, SHOWN | {"phone": ""}) == Overtaken(
        SHOWN | {"phone": ""}, {"phone": ""}
    )


def test_two_people_who_want_the_same_do_not_overtake_one_another():
    both = SHOWN | {"note": "fauteuil"}

    assert overtaken(MARK, both, both) is None


def test_what_a_form_shows_again_is_saved_the_second_time():
    now = SHOWN | {"phone": "+212600000000"}
    again = overtaken(MARK, SHOWN | {"note": "fauteuil"}, now)
    assert again is not None

    assert overtaken(form_mark(now), again.values, now) is None


def test_a_form_without_a_mark_is_not_compared():
    assert overtaken("", {"name": "X"}, SHOWN) is None


def test_a_mark_tells_nothing_of_the_values():
    assert "Amina" not in MARK
    assert "212" not in form_mark({"phone": "+212612345678"}).split(":")[0]


def test_another_spelling_of_line_ends_and_spaces_around_are_no_change():
    mark = form_mark({"note": "one\ntwo"})

    assert overtaken(mark, {"note": " one\r\ntwo "}, {"note": "one\ntwo"}) is None
