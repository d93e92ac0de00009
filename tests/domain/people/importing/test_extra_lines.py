"""Which lines of a list are proposed to be left out, because they name nobody."""

from __future__ import annotations

import pytest

from checkin.domain.people.importing.extra_lines import ExtraLine, extra_lines, is_sum

HEADINGS = ["Nom", "Délégation", "Téléphone"]
PEOPLE = [["Amina Alaoui", "Salé", "0612345678"], ["Bahia Idrissi", "Salé", "0612345679"]]
SUMS = """
total totaux total_général sous-total sous_total grand_total somme sommes sum subtotal
effectif_total nombre_total ensemble cumul
المجموع مجموع المجموع_العام المجموع_الكلي الإجمالي إجمالي الحاصل العدد_الإجمالي العدد_الكلي
"""
REMARKS = """
nb n.b. note notes nota remarque remarques observation signature signatures signé cachet visa
fait_à fait_le arrêté_la arrêtée_la le_président la_présidente le_secrétaire le_responsable
le_coordinateur la_présente_liste signed source légende
ملاحظة ملاحظات توقيع التوقيع الإمضاء إمضاء حرر ختم الخاتم
الرئيس رئيس الكاتب المسؤول المنسق حصرت_هذه_اللائحة
"""


def words(text):
    return [word.replace("_", " ") for word in text.split()]


def at_end(*cells, headings=HEADINGS, people=PEOPLE):
    """What the last line of a list is taken for."""
    return extra_lines(headings, [*people, list(cells)]).get(len(people))


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        (["TOTAL", "", "2500"], ExtraLine.SUM),
        (["", "Somme", "12"], ExtraLine.SUM),
        (["المجموع", "", "3"], ExtraLine.SUM),
        (["Total : 25", "", ""], ExtraLine.SUM),
        (["Total. =", "", "25 %"], ExtraLine.SUM),
        (HEADINGS, ExtraLine.HEADINGS),
        (["Signature du président", "", ""], ExtraLine.REMARK),
        (["NB : liste arrêtée le 3 juin", "", ""], ExtraLine.REMARK),
        (["Fait à Rabat", "le 3 juin", ""], ExtraLine.REMARK),
        (["حرر بالرباط في 3 يونيو", "", ""], ExtraLine.REMARK),
        (["* sous réserve", "", ""], ExtraLine.REMARK),
        (["(1) absent", "", ""], ExtraLine.REMARK),
    ],
)
def test_lines_that_are_no_entries_are_proposed_to_be_left_out(cells, reason):
    assert extra_lines(HEADINGS, [*PEOPLE, cells]) == {2: reason}


@pytest.mark.parametrize(
    "cells",
    [
        ["Total Mohamed", "Salé", "0612345678"],
        ["Total", "Salé", "0612345678"],
        ["Note Karim", "Salé", "0612345678"],
        ["Total : Mohamed", "", ""],
        ["Nom", "Salé", "0612345678"],
        ["Bahia Idrissi", "", ""],
    ],
)
def test_people_are_entries_whatever_they_are_called(cells):
    assert extra_lines(HEADINGS, [*PEOPLE, cells]) == {}


@pytest.mark.parametrize("word", words(SUMS))
def test_a_sum_is_called_by_each_of_these_words(word):
    assert is_sum([word.capitalize(), "", "12"])


@pytest.mark.parametrize("word", words(REMARKS))
def test_what_stands_under_a_list_begins_with_each_of_these_words(word):
    assert at_end(f"{word.capitalize()} : 3 juin", "", "") is ExtraLine.REMARK


def test_a_line_of_numbers_alone_is_no_sum():
    assert not is_sum(["1", "0612345678"])
    assert not is_sum(["", ""])


def test_a_sentence_under_a_list_of_several_columns_is_longer_than_a_name():
    assert at_end("x" * 40, "", "") is None
    assert at_end("x" * 41, "", "") is ExtraLine.REMARK
    assert at_end("x" * 41, "x", "") is None


def test_in_a_list_of_two_columns_who_has_both_is_an_entry_and_one_long_sentence_none():
    two = {"headings": ["Nom", "Délégation"], "people": [["Amina", "Salé"]] * 2}

    assert at_end("Note Karim", "Salé", **two) is None
    assert at_end("x" * 41, "", **two) is ExtraLine.REMARK
    assert at_end("Nom", "Délégation", **two) is ExtraLine.HEADINGS


def test_in_a_list_of_one_column_nobody_is_told_from_a_sentence_or_a_heading():
    one = {"headings": ["Nom"], "people": [["Amina"]] * 2}

    assert at_end("x" * 41, **one) is None
    assert at_end("Nom", **one) is None
    assert at_end("Note : 3 juin", **one) is ExtraLine.REMARK


def test_of_many_lines_under_a_list_the_last_fifteen_are_remarks():
    remarks = [["Note", "", ""]] * 16

    assert list(extra_lines(HEADINGS, [*PEOPLE, *remarks])) == list(range(3, 18))


def test_a_list_of_remarks_alone_has_no_entries():
    assert extra_lines(HEADINGS, [["Note", "", ""]]) == {0: ExtraLine.REMARK}


def test_a_blank_line_under_a_list_names_nobody():
    assert at_end("", " ", "") == ExtraLine.REMARK


def test_of_a_long_cell_its_beginning_is_looked_at(monkeypatch):
    looked_at = []
    monkeypatch.setattr(
        "checkin.domain.people.importing.extra_lines.fold_name",
        lambda text: looked_at.append(len(text)) or text,
    )

    at_end("n" * 30_000, "", "")

    assert looked_at
    assert max(looked_at) <= 60
