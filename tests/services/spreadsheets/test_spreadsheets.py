"""Participants' files: every honest form is read, every hostile one is refused cheaply."""

from __future__ import annotations

import openpyxl
import pytest

from checkin.domain.common.problems import Problem
from checkin.domain.people.importing.importing import Row
from checkin.domain.people.importing.unreadable import UnreadableFile
from checkin.services.spreadsheets.reading import read_table
from checkin.words.unreadable import unreadable_sentence
from tests.services.spreadsheets.workbooks import refusal, saved, sheet_with, workbook, zip_of

FRENCH = "Nom;Prénom;Délégation\nÉLÉONORE;Hélène;Khémisset\n"
ARABIC = "الاسم العائلي;الاسم الشخصي;الوفد\nالفاسي;أمينة;الخميسات\n"


@pytest.mark.parametrize(
    ("text", "encoding", "said"),
    [
        (FRENCH, "utf-8", "utf-8"),
        (FRENCH, "utf-8-sig", "utf-8-sig"),
        (FRENCH, "utf-16", "utf-16"),
        (FRENCH, "cp1252", "cp1252"),
        (ARABIC, "utf-8", "utf-8"),
        (ARABIC, "utf-16", "utf-16"),
        (ARABIC, "cp1256", "cp1256"),
    ],
)
def test_each_encoding_gives_the_same_list(text, encoding, said):
    table = read_table(text.encode(encoding))

    names = {
        FRENCH: {"name": "Hélène ÉLÉONORE", "delegation": "Khémisset"},
        ARABIC: {"name_ar": "أمينة الفاسي", "delegation": "الخميسات"},
    }
    assert (table.rows, table.encoding, table.delimiter) == ([Row(2, names[text])], said, ";")


def test_capitals_of_old_french_files_are_not_taken_for_arabic():
    text = "NOM;DÉLÉGATION\nÉLÉONORE ÀÇÉ;KHÉMISSET\nZOÉ;SALÉ\nAÏCHA BEN HÂCHÈM;KÉNITRA\n"

    assert read_table(text.encode("cp1252")).encoding == "cp1252"


def test_arabic_and_french_in_one_old_file_are_both_read():
    text = "Nom;الاسم;Délégation\nHélène;أمينة الفاسي;Khémisset\n"

    table = read_table(text.encode("cp1256"))

    assert table.rows == [
        Row(2, {"name": "Hélène", "name_ar": "أمينة الفاسي", "delegation": "Khémisset"})
    ]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_delimiters_and_line_ends_are_found(delimiter, newline):
    lines = ["Nom complet|Délégation|GSM", '"Tazi, Omar; dit ""O"""|Rabat|0612345678', ""]

    table = read_table(newline.join(lines).replace("|", delimiter).encode())

    assert (table.delimiter, table.rows) == (
        delimiter,
        [Row(2, {"name": 'Tazi, Omar; dit "O"', "delegation": "Rabat", "phone": "0612345678"})],
    )


def test_excel_s_separator_line_above_the_headings_is_ignored():
    table = read_table(b"sep=;\nNom;Province\nOmar;Rabat\n")

    assert (table.headers, table.rows) == (
        ("Nom", "Province"),
        [Row(2, {"name": "Omar", "delegation": "Rabat"})],
    )


def test_row_numbers_are_those_of_the_spreadsheet_despite_titles_and_blank_lines():
    text = "Liste de Rabat,,\n,,\nN°,Nom,Délégation\n\n1,Omar,Rabat\n,,\n2,Zineb,Salé\n"

    table = read_table(text.encode())

    assert (table.headers, table.unknown_columns, table.rows) == (
        ("N°", "Nom", "Délégation"),
        ("N°",),
        [
            Row(5, {"name": "Omar", "delegation": "Rabat"}),
            Row(7, {"name": "Zineb", "delegation": "Salé"}),
        ],
    )


@pytest.mark.parametrize(
    ("headings", "cells"),
    [
        ("Nom,Prénom,Délégation", {"name": "B A", "delegation": "C"}),
        ("First name,Last name,Delegation", {"name": "A B", "delegation": "C"}),
        ("Nom et prénom,E-mail *,Province", {"name": "A", "email": "B", "delegation": "C"}),
        ("Full Name,Phone number,delegation", {"name": "A", "phone": "B", "delegation": "C"}),
        ("الاسم,النسب,الإقليم", {"name_ar": "A B", "delegation": "C"}),
        ("الإسم الكامل,الصفة,الوفد", {"name_ar": "A", "category": "B", "delegation": "C"}),
        ("Nom / الاسم,Tél. (GSM),Délégation", {"name": "A", "phone": "B", "delegation": "C"}),
        ("Nom,Nom en arabe,Délégation", {"name": "A", "name_ar": "B", "delegation": "C"}),
        ("NOM,OBSERVATIONS,PROVINCE", {"name": "A", "note": "B", "delegation": "C"}),
        ("Nom,تكرار مقبول,Délégation", {"name": "A", "allow_duplicate": "B", "delegation": "C"}),
        ("اللغة,name,الوفد", {"language": "A", "name": "B", "delegation": "C"}),
    ],
)
def test_headings_are_understood_in_three_languages(headings, cells):
    assert read_table(f"{headings}\nA,B,C\n".encode()).rows == [Row(2, cells)]


def test_a_row_longer_than_the_headings_is_kept_with_its_problem():
    table = read_table(b"Nom,Province\nOmar,Rabat,,\nZineb,Rabat,x\n")

    assert table.rows == [
        Row(2, {"name": "Omar", "delegation": "Rabat"}),
        Row(
            3,
            {"name": "Zineb", "delegation": "Rabat"},
            (Problem("row", "extra_cells", "x"),),
        ),
    ]


def test_a_workbook_is_read_from_its_first_visible_sheet(tmp_path):
    book = openpyxl.Workbook()
    book.active.sheet_state = "hidden"
    sheet = book.create_sheet("Liste")
    sheet.append(["Nom complet", "الاسم", "Délégation", "GSM", "Total"])
    sheet.append(["Hélène <b>&", "أمينة", "Khémisset", 612345678, 3.5])
    sheet["C5"] = "Rabat"
    path = tmp_path / "liste.xlsx"
    path.write_bytes(saved(book))

    table = read_table(path.read_bytes(), path.name)

    assert (table.encoding, table.delimiter, table.unknown_columns, table.rows) == (
        "xlsx",
        "",
        ("Total",),
        [
            Row(
                2,
                {
                    "name": "Hélène <b>&",
                    "name_ar": "أمينة",
                    "delegation": "Khémisset",
                    "phone": "612345678",
                },
            ),
            Row(5, {"delegation": "Rabat"}),
        ],
    )


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (b'<c r="A2" t="str"><f>B1&amp;C1</f><v>Omar Tazi</v></c>', "Omar Tazi"),
        (b'<c r="A2"><f>1+1</f></c>', "=1+1"),
        (b'<c r="A2" t="e"><v>#REF!</v></c>', "=#REF!"),
        (b'<c t="inlineStr"><is><r><t>Om</t></r><r><t>ar</t></r></is></c>', "Omar"),
        (b'<c r="A2" t="inlineStr"><is><t>Om_x0041_r</t><rPh><t>no</t></rPh></is></c>', "OmAr"),
    ],
)
def test_formulas_count_as_their_result_and_are_shown_when_they_have_none(cell, text):
    headings = (
        b'<row r="1"><c r="A1" t="inlineStr"><is><t>Nom</t></is></c></row>'
        b'<row r="2">' + cell + b"</row>"
    )

    table = read_table(sheet_with(headings), delegation_required=False)

    assert table.rows == [Row(2, {"name": text})]


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_a_long_cell_is_cut_one_character_beyond_the_limit(form):
    long = "x" * 90_000
    data = f"Nom\n{long}\n".encode() if form == "csv" else workbook(["Nom"], [long[:32_000]])

    table = read_table(data, delegation_required=False)

    assert table.rows == [Row(2, {"name": "x" * 1_001})]


def test_shared_texts_prefixes_and_parts_with_other_names_are_understood():
    relation = '<Relationship Id="r%d" Type="http://x/%s" Target="%s"/>'
    data = zip_of(
        **{
            "xl/workbook.xml": '<x:workbook xmlns:x="a" xmlns:r="b">'
            '<x:sheets><x:sheet name="L" r:id="r1"/></x:sheets></x:workbook>',
            "xl/_rels/workbook.xml.rels": "<Relationships>"
            + relation % (1, "worksheet", "/xl/liste.xml")
            + relation % (2, "sharedStrings", "./textes.xml")
            + "</Relationships>",
            "xl/textes.xml": "<sst><si><t>Nom</t></si>"
            '<si><r><t xml:space="preserve">Omar </t></r><r><t>Tazi</t></r></si></sst>',
            "xl/liste.xml": '<x:worksheet xmlns:x="a"><x:sheetData>'
            '<x:row><x:c t="s"><x:v>0</x:v></x:c></x:row>'
            '<x:row><x:c t="s"><x:v>1</x:v></x:c></x:row></x:sheetData></x:worksheet>',
        }
    )

    assert read_table(data, delegation_required=False).rows == [Row(2, {"name": "Omar Tazi"})]


@pytest.mark.parametrize(
    ("headings", "reason"),
    [
        (
            "Ville;Délégation",
            ("missing_columns", "Nom / الاسم / Name", "Ville, Délégation"),
        ),
        (
            "Nom;Ville",
            ("missing_columns", "Délégation / الوفد / Delegation", "Nom, Ville"),
        ),
        ("GSM;Nom;Délégation;Téléphone", ("duplicated_columns", "GSM", "Téléphone")),
        ("Nom;Délégation;nom", ("duplicated_columns", "Nom", "nom")),
    ],
)
def test_missing_or_unusable_headings_are_named(headings, reason):
    assert refusal(f"{headings}\na;b;c;d\n".encode()) == reason


def test_a_chosen_delegation_stands_for_the_column():
    table = read_table(b"Nom\nOmar\n", delegation_required=False)

    assert table.rows == [Row(2, {"name": "Omar"})]


def test_a_refusal_is_told_in_the_readers_language():
    problem = UnreadableFile("missing_columns", "Nom / الاسم / Name", "Ville")

    assert (unreadable_sentence(problem, "fr"), problem.detail) == (
        "Il manque la colonne \u2068Nom / الاسم / Name\u2069. "
        "Titres trouvés\u00a0: \u2068Ville\u2069.",
        "The column \u2068Nom / الاسم / Name\u2069 is missing. Headings found: \u2068Ville\u2069.",
    )
