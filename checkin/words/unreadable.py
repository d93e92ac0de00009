"""The sentences for files that cannot be read at all, which say what to do about them.

Its translations are in the catalogue `import`. ``{0}``, ``{1}`` are a limit, a line, a heading.
"""

from __future__ import annotations

from typing import Protocol

from checkin.words.catalogues import msgid, translated
from checkin.words.isolates import isolated_once
from checkin.words.problems import shown

SENTENCES = {
    "no_file": msgid("No file was chosen; choose a list as CSV or XLSX."),
    "empty_file": msgid("The file is empty; save it again with a line of headings."),
    "file_too_large": msgid("The file is larger than {0} MB; split it into several files."),
    "unpacked_too_large": msgid(
        "The workbook is larger than {0} MB once unpacked; keep only the list of "
        "participants, or save it as CSV."
    ),
    "too_many_rows": msgid("Too many rows (at most: {0}); split the list into several files."),
    "too_many_columns": msgid(
        "Too many columns in row {1} (at most: {0}); keep the columns that are needed."
    ),
    "line_too_long": msgid(
        "Line {0} is too long for a list; check that this is the participants' file."
    ),
    "open_quote": msgid("A quotation mark opened near line {0} is never closed; correct it."),
    "nul_bytes": msgid(
        "The file is not text (NUL byte in line {0}); save it as “CSV UTF-8” or XLSX."
    ),
    "wrong_encoding": msgid(
        "The letters of the file cannot be read ({0}); save it as “CSV UTF-8”."
    ),
    "damaged_letter": msgid(
        "A letter in line {0} cannot be read, although the rest is UTF-8; correct it and "
        "save the file as “CSV UTF-8”."
    ),
    "old_excel": msgid("Old Excel format (.xls); open it and save it as XLSX or CSV."),
    "open_document": msgid("OpenDocument format (.ods); open it and save it as XLSX or CSV."),
    "password_protected": msgid("The workbook is protected by a password; save it without one."),
    "not_a_table": msgid(
        "This is neither a CSV nor an XLSX workbook ({0}); export the list as CSV or XLSX."
    ),
    "damaged": msgid("The workbook is damaged ({0}); open it and save it again."),
    "dangerous_xml": msgid(
        "The workbook contains dangerous XML ({0}); do not use this file, ask its author "
        "for the list as CSV."
    ),
    "takes_too_much": msgid(
        "To read this file takes too much memory or time; keep only the list of participants, "
        "without empty rows below it, and save it as CSV."
    ),
    "unreadable": msgid("The file cannot be read; open it and save it again as “CSV UTF-8”."),
    "missing_columns": msgid("The column {0} is missing. Headings found: {1}."),
    "no_such_sheet": msgid("No sheet is called {0}. Sheets of the file: {1}."),
    "duplicated_columns": msgid("Two columns mean the same: {0}, {1}; keep one."),
}


class UnreadableFile(Protocol):
    """A file that cannot be read: `checkin.domain.people.importing.unreadable` has the fault.

    Attributes:
        reason: a key of `SENTENCES`.
    """

    reason: str
    facts: tuple[str, ...]


def unreadable_sentence(fault: UnreadableFile, language: str) -> str:
    """Return what is wrong and what to do; see `translated` for the language."""
    sentence = translated("import", language, SENTENCES[fault.reason])
    return isolated_once(sentence.format(*(shown(fact, 400) for fact in fault.facts)))
