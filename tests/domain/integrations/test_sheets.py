"""A sheet at an address: how often it is looked at, and what of it waits for a word."""

from __future__ import annotations

from datetime import timedelta

import pytest

from checkin.domain.common.problems import Problem
from checkin.domain.integrations.sheets import (
    USUAL,
    Waits,
    accepted,
    found_in,
    gone,
    interval,
    is_web_page,
    lost_columns,
    may_be_accepted,
    settled,
    shortened,
)
from checkin.domain.people.importing.importing import Action, PlannedRow, Row
from checkin.domain.people.importing.sheets import RawRow, RawSheet, SheetChoices


@pytest.mark.parametrize(
    ("minutes", "between"), [(1, 5), (5, 5), (6, 6), (USUAL, 15), (1_440, 1_440), (1_441, 1_440)]
)
def test_a_sheet_is_looked_at_every_five_minutes_to_once_a_day(minutes, between):
    assert interval(minutes) == timedelta(minutes=between)


@pytest.mark.parametrize(
    ("kind", "content", "is_page"),
    [
        ("text/html; charset=utf-8", b"x", True),
        (" Text/HTML", b"x", True),
        ("application/xhtml+xml", b"x", True),
        ("text/csv", b"\xef\xbb\xbf \r\n<!DOCTYPE html>", True),
        ("text/csv", b"<html>", True),
        ("text/csv", b"<head>", True),
        ("", b"<!-- x -->", True),
        ("text/csv", b"Nom,<html>", False),
        ("text/csv", b" " * 200 + b"<html>", False),
        ("text/csv", b"", False),
    ],
)
def test_a_page_for_signing_in_is_no_sheet(kind, content, is_page):
    assert is_web_page(kind, content) is is_page


def test_of_an_address_the_machine_alone_is_shown():
    assert shortened("sheets.example.org") == "sheets.example.org/…"
    assert shortened("x" * 61) == "x" * 60 + "/…"


def sheet(*headings, name=""):
    return RawSheet(name, [RawRow(1, list(headings)), RawRow(2, ["x"] * len(headings))])


def test_what_columns_mean_is_written_down_at_the_first_look_and_rows_are_forgotten():
    choices = SheetChoices(
        sheets=(0, 1),
        columns={"age": "note", "former": "phone"},
        entries=frozenset({3}),
        with_hidden=True,
    )

    kept = settled([sheet("Nom", "Âge"), sheet("Nom", "Ville")], choices)

    assert kept == SheetChoices(
        sheets=(0, 1),
        columns={"nom": "name", "age": "note", "ville": ""},
        with_hidden=True,
    )


def test_columns_that_meant_something_and_are_gone_are_told():
    choices = SheetChoices(columns={"nom": "name", "tel": "phone", "age": "", "e mail": "email"})

    assert lost_columns([sheet("Nom", "Ville")], choices) == ["e mail", "tel"]
    assert lost_columns([sheet("E-mail", "Nom", "Tel")], choices) == []


def a_row(number, name="Amina", **more):
    return Row(number, {"name": name, **more})


WOULD_CHANGE = (Problem("row", "would_change"),)
TAKEN = (Problem("phone", "taken"),)


def test_questions_and_changes_wait_each_once():
    rows = [a_row(2), a_row(3), a_row(4, "Bahia"), a_row(5, "Chafik"), a_row(6)]
    plans = [
        PlannedRow(2, Action.REFUSE, TAKEN),
        PlannedRow(3, Action.REFUSE, TAKEN),
        PlannedRow(4, Action.REFUSE, WOULD_CHANGE, participant_id=7),
        PlannedRow(5, Action.ADD),
        PlannedRow(6, Action.REFUSE, WOULD_CHANGE, participant_id=8),
    ]

    found = found_in(rows, plans)

    assert [(plan.row_number, one.kind, one.row, one.why) for plan, one in found] == [
        (2, Waits.QUESTION, rows[0], TAKEN),
        (4, Waits.CHANGE, rows[2], WOULD_CHANGE),
        (6, Waits.CHANGE, rows[4], WOULD_CHANGE),
    ]
    assert [one.participant_id for _plan, one in found] == [None, 7, 8]
    assert len({one.mark for _plan, one in found}) == 3


def test_a_row_is_known_again_by_what_it_says_in_whatever_order():
    one, other = (
        Row(2, {"name": "Amina", "note": "x"}),
        Row(9, {"note": "x", "name": "Amina"}),
    )

    marks = [
        found_in([row], [PlannedRow(row.number, Action.REFUSE, TAKEN)])[0][1].mark
        for row in (one, other)
    ]

    assert marks[0] == marks[1]


def test_whoever_is_in_no_row_has_gone_unless_something_is_asked_about_their_name():
    people = [(1, "amina alaoui"), (2, "bahia idrissi"), (3, "كريم")]
    asked = [a_row(2, "BAHIA Idrissi"), Row(3, {"name_ar": "كريم"})]

    [amina] = gone(people, asked)

    assert (amina.kind, amina.participant_id) == (Waits.GONE, 1)
    assert len({one.mark for one in gone(people, ())}) == 3


@pytest.mark.parametrize(
    ("kind", "codes", "is_enough"),
    [
        (Waits.CHANGE, (), True),
        (Waits.GONE, ("invalid_phone",), True),
        (Waits.QUESTION, ("taken", "likely_mistyped"), True),
        (Waits.QUESTION, ("taken", "invalid_phone"), False),
        (Waits.QUESTION, (), False),
        *((Waits.QUESTION, (code,), True) for code in ("taken_in_file", "same_name_in_file")),
        *((Waits.QUESTION, (f"spelt_like_{of}",), True) for of in ("registered", "in_file")),
    ],
)
def test_a_word_is_enough_for_what_a_person_can_answer(kind, codes, is_enough):
    assert may_be_accepted(kind, codes) is is_enough


def test_an_accepted_row_is_read_as_right_and_may_be_a_namesake_where_it_was_asked():
    row = Row(2, {"name": "Amina"}, TAKEN)

    mistyped, namesake = accepted(row, ["likely_mistyped"]), accepted(row, ["taken"])

    assert mistyped == Row(2, {"name": "Amina"}, is_right=True, overwrites=True)
    assert namesake == Row(
        2, {"name": "Amina", "allow_duplicate": "oui"}, is_right=True, overwrites=True
    )
