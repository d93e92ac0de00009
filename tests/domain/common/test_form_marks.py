"""A form that somebody else has overtaken shows both people's work."""

from __future__ import annotations

from checkin.domain.common.form_marks import (
    Overtaken,
    form_mark,
    overtaken,
    overtaken_rows,
    rows_mark,
)

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


GATE, MEMBERS, ELECTED = ("gate-1", "14"), ("category-1", "10"), ("category-2", "08")
LINES = rows_mark([MEMBERS, GATE])
EMPTY = ("", "")


def test_rows_that_nobody_else_has_changed_are_saved_in_whatever_order_they_are_stored():
    assert overtaken_rows(LINES, [ELECTED], [GATE, MEMBERS]) is None


def test_two_people_who_want_the_same_rows_do_not_overtake_one_another():
    assert overtaken_rows(LINES, [MEMBERS, EMPTY, ELECTED], [ELECTED, MEMBERS]) is None


def test_rows_without_a_mark_are_not_compared_but_a_form_without_rows_has_one():
    assert overtaken_rows("", [MEMBERS], [GATE]) is None
    found = overtaken_rows(rows_mark([]), [MEMBERS], [GATE])

    assert found is not None
    assert (found.rows, found.added, found.gone) == ([MEMBERS, GATE], {2}, set())


def test_each_persons_rows_stay_whole_and_the_others_are_added():
    changed, theirs = ("category-1", "11"), ("gate-1", "15")

    found = overtaken_rows(LINES, [changed, GATE, EMPTY], [ELECTED, MEMBERS, theirs])

    assert found is not None
    assert (found.rows, found.added, found.gone) == ([changed, ELECTED, theirs], {2, 3}, set())
    assert overtaken_rows(found.mark, found.rows, [ELECTED, MEMBERS, theirs]) is None


def test_a_row_that_both_have_changed_stands_there_twice():
    mine, theirs = ("gate-1", "13"), ("gate-1", "15")

    found = overtaken_rows(LINES, [MEMBERS, mine], [MEMBERS, theirs])

    assert found is not None
    assert (found.rows, found.added, found.gone) == ([MEMBERS, mine, theirs], {3}, {2})


def test_a_row_that_was_removed_stays_removed_when_the_form_is_shown_again():
    found = overtaken_rows(LINES, [MEMBERS, EMPTY], [MEMBERS, GATE, ELECTED])

    assert found is not None
    assert (found.rows, found.added) == ([MEMBERS, EMPTY, ELECTED], {3})
    assert overtaken_rows(found.mark, found.rows, [MEMBERS, GATE, ELECTED]) is None
