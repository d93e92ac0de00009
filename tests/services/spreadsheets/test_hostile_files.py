"""Hostile files are refused with their reason, within a fixed memory."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checkin.domain.people.importing.unreadable import UnreadableFile
from checkin.services.spreadsheets.limits import MAX_ROWS
from checkin.services.spreadsheets.reading import read_table
from checkin.words import unreadable
from tests.services.spreadsheets.workbooks import refusal, rewritten, sheet_with, workbook, zip_of

HEAD = b"Nom,Province\n"


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", ("empty_file",)),
        (b" \n\r\n", ("empty_file",)),
        (b",,\n,,\n", ("empty_file",)),
        (b"\xef\xbb\xbf", ("empty_file",)),
        (HEAD + b"Om\0ar,Rabat\n", ("nul_bytes", "2")),
        ("Nom\0;Province\n".encode("utf-16"), ("nul_bytes", "1")),
        ("Nom;Province\n".encode("utf-16-le"), ("nul_bytes", "1")),
        (b"\xff\xfe" + b"N\0o", ("wrong_encoding", "UTF-16")),
        (b"\xef\xbb\xbf" + HEAD + b"\xff\n", ("wrong_encoding", "UTF-8")),
        (
            HEAD + b"Om\x81r\x9dx,Rabat\n",
            ("wrong_encoding", "UTF-8, Windows-1252, Windows-1256"),
        ),
        # One line of a list in UTF-8 was pasted in Windows' letters.
        (HEAD + "Élodie,Salé\nHélène,".encode() + b"Sal\xe9\n", ("damaged_letter", "3")),
        ("الاسم,الوفد\nأحمد,سلا\n".encode() + b"Sal\xe9,Rabat\n", ("damaged_letter", "3")),
        (b"%PDF-1.7\n", ("not_a_table", "PDF")),
        (b"<html><table>", ("not_a_table", "HTML/XML: liste.csv")),
        (bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 600, ("old_excel",)),
        (
            bytes.fromhex("d0cf11e0a1b11ae1") + "EncryptedPackage".encode("utf-16-le"),
            ("password_protected",),
        ),
        (HEAD + b'"Omar,Rabat\n' + b"x,y\n" * 60_000, ("open_quote", "2")),
        (HEAD + b"x," * 250 + b"y\n", ("too_many_columns", "200", "2")),
        (b"x," * 1_000_000 + b"y\n", ("line_too_long", "1")),
        (b"PK\x03\x04" + b"\0" * 100, ("damaged", "zip")),
    ],
)
def test_a_file_that_is_no_spreadsheet_is_refused_with_the_reason(data, reason):
    assert refusal(data) == reason


def test_more_rows_than_the_limit_are_refused():
    assert refusal(HEAD + b"a,b\n" * (MAX_ROWS + 1)) == ("too_many_rows", str(MAX_ROWS))


def lying_about_its_size():
    data = bytearray(workbook(["Nom", "Délégation"], ["x" * 50_000, "Rabat"]))
    entry = data.rfind(b"xl/worksheets/sheet1.xml") - 46
    assert data[entry : entry + 4] == b"PK\x01\x02"
    data[entry + 24 : entry + 28] = (500).to_bytes(4, "little")
    return bytes(data)


def with_doctype(old):
    entities = b"".join(
        b'<!ENTITY l%d "%s">' % (level, b"&l%d;" % (level - 1) * 10) for level in range(1, 10)
    )
    doctype = b'<!DOCTYPE z [<!ENTITY l0 "lol">' + entities + b"]>"
    return old.replace(b"<worksheet", doctype + b"<worksheet", 1)


def in_sheet(change):
    return rewritten(workbook(["Nom", "Délégation"]), "xl/worksheets/sheet1.xml", change)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (in_sheet(with_doctype), ("dangerous_xml", "DTD")),
        (
            in_sheet(lambda old: with_doctype(old).decode().encode("utf-16")),
            ("dangerous_xml", "DTD"),
        ),
        (in_sheet(lambda old: old[:-20]), ("damaged", "xl/worksheets/sheet1.xml")),
        (sheet_with(b"<a>" * 100 + b"</a>" * 100), ("dangerous_xml", "> 64")),
        (
            sheet_with(b'<row r="1"><c r="A1" t="s"><v>9</v></c></row>'),
            ("damaged", "sharedStrings"),
        ),
        (sheet_with(b'<row r="0"/>'), ("damaged", "0")),
        (sheet_with(b'<row r="99999999"/>'), ("damaged", "99999999")),
        (sheet_with(b'<row r="2"/><row r="1"/>'), ("damaged", "1")),
        (sheet_with(b'<row r="1"><c r="ABCDE1"><v>1</v></c></row>'), ("damaged", "ABCDE1")),
        (
            sheet_with(b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'),
            ("too_many_columns", "200", "1048576"),
        ),
        (lying_about_its_size(), ("damaged", "zip")),
        (zip_of(**{"content.xml": "<x/>", "mimetype": "x"}), ("open_document",)),
        (zip_of(**{"word/document.xml": "<x/>"}), ("not_a_table", "ZIP")),
        (zip_of(**{"xl/workbook.xml": "<x/>"}), ("damaged", "xl/_rels/workbook.xml.rels")),
        (zip_of(**{f"x{n}": "" for n in range(1_001)}), ("damaged", "zip: 1001")),
        (zip_of(**{f"x{n}": "" for n in range(20_000)}), ("damaged", "zip index")),
        (workbook(), ("empty_file",)),
    ],
)
def test_a_hostile_or_damaged_workbook_is_refused_with_its_reason(data, reason):
    assert refusal(data) == reason


def test_an_empty_cell_in_the_last_row_and_column_takes_no_memory():
    corner = b'<row r="1"><c r="A1" t="inlineStr"><is><t>Nom</t></is></c><c r="XFD1"/></row>'

    table = read_table(sheet_with(corner), delegation_required=False)

    assert (table.headers, table.rows) == (("Nom",), [])


def outcome(data):
    """The rows, or the reason why there are none."""
    try:
        return read_table(data).rows
    except UnreadableFile as refused:
        return refused.reason


@given(st.binary(max_size=300), st.sampled_from([b"", b"Nom;Province\n", b"\xff\xfe", b"PK"]))
@settings(deadline=None)
def test_any_bytes_are_a_table_or_a_clear_refusal(data, start):
    result = outcome(start + data)

    if isinstance(result, list):
        assert {column for row in result for column in row.cells} <= {"name", "delegation"}
    else:
        assert result in unreadable.SENTENCES


@given(st.binary(min_size=1, max_size=8), st.integers(min_value=0))
@settings(deadline=None)
def test_a_workbook_with_damaged_bytes_is_a_table_or_a_clear_refusal(noise, at):
    data = workbook(["Nom", "Délégation"], ["Omar", "Rabat"])
    at %= len(data)
    damaged = data[:at] + noise + data[at + len(noise) :]

    result = outcome(damaged)

    if isinstance(result, list):
        assert len(result) <= 1
    else:
        assert result in unreadable.SENTENCES


@given(
    st.lists(
        st.text(alphabet=st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=9)
        .map(str.strip)
        .filter(lambda text: text and not text.startswith("=")),
        min_size=1,
        max_size=5,
    )
)
@settings(deadline=None)
def test_the_cells_read_equal_those_written_into_a_workbook(names):
    data = workbook(["Nom", "Délégation"], *([name, "Rabat"] for name in names))

    assert [row.cells["name"] for row in read_table(data).rows] == names
