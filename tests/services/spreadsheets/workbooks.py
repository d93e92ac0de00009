"""Participants' files to read: workbooks, whole and spoiled."""

from __future__ import annotations

import io
import re
import zipfile

import openpyxl
import pytest

from checkin.domain.people.importing.unreadable import UnreadableFile
from checkin.services.spreadsheets.reading import read_table


def workbook(*rows, title="Liste"):
    book = openpyxl.Workbook()
    book.active.title = title
    for row in rows:
        book.active.append(row)
    return saved(book)


def saved(book):
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def rewritten(data, part, change):
    """The same workbook with the bytes of one part changed."""
    result = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(result, "w", 8) as new:
        for name in old.namelist():
            content = old.read(name)
            new.writestr(name, change(content) if name == part else content)
    return result.getvalue()


def sheet_with(xml):
    """A small workbook whose first sheet holds these rows of XML."""
    return rewritten(
        workbook(["Nom", "Délégation"]),
        "xl/worksheets/sheet1.xml",
        lambda old: re.sub(
            rb"<sheetData>.*</sheetData>", b"<sheetData>" + xml + b"</sheetData>", old
        ),
    )


def refusal(data, **options):
    with pytest.raises(UnreadableFile) as refused:
        read_table(data, "liste.csv", **options)
    return refused.value.reason, *refused.value.facts


def zip_of(**parts):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return file.getvalue()
