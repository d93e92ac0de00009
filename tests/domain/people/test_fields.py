"""The table of a participant's fields agrees with itself and with what is called by it."""

from __future__ import annotations

import dataclasses
from collections import Counter

import pytest

from badges.spec import BadgeSpec
from checkin.db.models import Application, Participant
from checkin.domain.common.names import fold_name
from checkin.domain.people.fields import (
    APPLIED,
    COLUMNS,
    CONTACTS,
    FIELDS,
    HALF_NAMES,
    KEY_OF,
    OWN,
    TELLING,
    AskedIn,
    OwnDetails,
    ShownIn,
    asked_in,
    own_in,
    shown_in,
)
from checkin.words.languages import LANGUAGES
from checkin.words.problems import COLUMN_NAMES


def keys(fields):
    return [field.key for field in fields]


def test_a_list_has_its_columns_in_this_order():
    assert (
        *("name", "name_ar", "delegation", "category", "email", "phone"),
        *("language", "note", "flags", "no_mail", "bus", "bus_leader", "allow_duplicate"),
    ) == COLUMNS


@pytest.mark.parametrize(
    ("form", "asked"),
    [
        (AskedIn.NEW, "delegation name name_ar category phone email no_mail language flags note"),
        (AskedIn.EDIT, "delegation name name_ar category phone email no_mail language flags note"),
        (AskedIn.LINK, "name name_ar phone email"),
    ],
)
def test_a_form_asks_in_its_own_order(form, asked):
    assert keys(asked_in(form)) == asked.split()


@pytest.mark.parametrize(
    ("place", "told"),
    [
        (ShownIn.EXPORT, "name name_ar email phone language"),
        (ShownIn.WHOLE_EXPORT, "note flags no_mail"),
        (ShownIn.SEARCH, "name name_ar"),
        (ShownIn.GATE_LIST, "name name_ar"),
        (ShownIn.BADGE, "name name_ar language"),
        (ShownIn.PAGE, "flags"),
    ],
)
def test_each_output_has_these_fields_of_a_person(place, told):
    assert own_in(place) == told.split()


def test_of_an_application_by_a_link_what_it_asks_for_and_the_language_are_kept():
    assert APPLIED == ("name", "name_ar", "email", "phone", "language")


def test_people_are_told_apart_by_names_and_by_what_reaches_one_person():
    assert (CONTACTS, TELLING) == (
        ("email", "phone"),
        ("name", "name_ar", "email", "phone"),
    )


def test_no_heading_means_two_columns():
    texts = [*(field.headings for field in FIELDS), *HALF_NAMES.values()]
    columns = [{fold_name(heading) for heading in text.split("|")} for text in texts]

    assert {
        heading: n for heading, n in Counter(h for one in columns for h in one).items() if n > 1
    } == {}


def test_every_own_field_of_the_table_has_its_typed_value_and_no_other_has():
    assert tuple(field.name for field in dataclasses.fields(OwnDetails)) == OWN


def test_details_tell_every_own_value_and_the_contacts_that_are_known():
    details = OwnDetails(name="Amina", email="a@example.org", note="x")

    nothing = dict.fromkeys(OWN)
    assert details.own() == nothing | {"name": "Amina", "email": "a@example.org", "note": "x"}
    assert details.contacts() == [("email", "a@example.org")]


def test_every_field_is_called_by_a_name():
    assert set(COLUMNS) - set(COLUMN_NAMES) == set()


def test_a_field_is_labelled_as_its_column_is_called_unless_it_says_otherwise():
    labels = {field.key: field.label("en") for field in asked_in(AskedIn.NEW)}

    others = {
        "name_ar": "Name in Arabic",
        "language": "Language of the person",
        "no_mail": "E-mails to this person",
    }
    assert labels == {key: others.get(key, COLUMN_NAMES[key]) for key in labels}


def test_what_stands_over_and_under_a_field_is_said_in_each_language():
    table = {field.key: field for field in FIELDS}

    assert [table["note"].label(tag) for tag in LANGUAGES] == ["Remarque", "ملاحظة", "Note"]
    assert [table["language"].label(tag) for tag in LANGUAGES] == [
        *("Langue de la personne", "لغة الشخص", "Language of the person"),
    ]
    assert table["email"].hint("fr") == "Le badge y est envoyé, s’il y en a un"
    assert table["note"].hint("fr") == ""


def test_what_is_kept_has_a_column():
    assert set(KEY_OF) <= set(Participant.__table__.columns.keys())
    assert set(APPLIED) <= set(Application.__table__.columns.keys())


def test_a_badge_gets_exactly_the_fields_marked_for_it():
    told = {field.name for field in dataclasses.fields(BadgeSpec)}

    assert {field.key for field in shown_in(ShownIn.BADGE)} == told & set(COLUMNS)
