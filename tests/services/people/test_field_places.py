"""Exports, search and gate list have the participant's fields that the table names."""

from __future__ import annotations

import pytest

from checkin.domain.people.fields import COLUMNS, ShownIn, own_in, shown_in
from checkin.protocol.codes import parse_code
from checkin.protocol.gate_list import open_entry
from checkin.services.export.people import people_and_arrivals, people_table
from checkin.services.export.sections import participants
from checkin.services.gates.gate_list import SealedEntries, gate_list
from checkin.services.people.search import search_participants
from tests.support import factories
from tests.support.factories import KEYS, NOW

AMINA = {
    "name": "Amina Alaoui",
    "name_ar": "أمينة العلوي",
    "email": "amina@example.org",
    "phone": "+212612345678",
    "language": "ar",
    "note": "fauteuil",
    "no_mail": True,
}


@pytest.fixture
def code(database, event):
    return factories.a_badge(database, event, **AMINA)


EXPORTED = [column.name for column in people_and_arrivals(0).selected_columns]


def marked(place):
    return {field.key for field in shown_in(place)}


def known_in(place):
    return {key: AMINA.get(key) for key in own_in(place)}


def test_the_tables_of_an_export_have_these_columns_in_this_order():
    assert [
        *("participant_id", "delegation", "category", "status"),
        *own_in(ShownIn.EXPORT),
        *("arrived_at", "gate", "left_at", "consented_at", "consent_text", "bus", "unchecked_as"),
    ] == EXPORTED
    assert set(EXPORTED) & set(COLUMNS) == marked(ShownIn.EXPORT)


def test_the_whole_export_has_what_is_marked_for_it_besides(event):
    whole = {column.name for column in participants(event.id).selected_columns}

    assert whole & set(COLUMNS) == marked(ShownIn.EXPORT) | marked(ShownIn.WHOLE_EXPORT)


def test_an_export_has_every_value(database, event, code):
    with database.snapshot() as session:
        [row] = people_table(session, event, "fr").rows

    assert {key: row[key] for key in own_in(ShownIn.EXPORT)} == known_in(ShownIn.EXPORT)


def test_a_search_finds_the_values_of_what_is_marked_for_it(database, event, code):
    with database.read() as session:
        [found] = search_participants(session, event.id, "amina").people

    assert found.own == known_in(ShownIn.SEARCH)
    assert {*found.own, "delegation", "category"} == marked(ShownIn.SEARCH)


def test_an_entry_of_the_gate_list_has_what_is_marked_for_it(database, event, code):
    with database.read() as session:
        built = gate_list(session, event.id, 0, KEYS, SealedEntries(), NOW)
    told = open_entry(parse_code(code), built.entries[0])

    assert told["participant"] == {
        "id": 1,
        **known_in(ShownIn.GATE_LIST),
        "category": "Militant",
        "category_ar": None,
    }
    assert {*told, *told["participant"]} & set(COLUMNS) == marked(ShownIn.GATE_LIST)
