"""The rows of one sheet of a workbook, as its XML gives them."""

from __future__ import annotations

from checkin.domain.people.unreadable import UnreadableFile
from checkin.services.spreadsheets.limits import MAX_COLUMNS, MAX_ROW_NUMBER, NumberedRow
from checkin.services.spreadsheets.xml import CellText, unescaped

_MAX_LETTERS = 3


def column_of(reference: str) -> int:
    """Return the position of a cell, from 0: "A7" is 0, "AB7" is 27; -1 if it names no column."""
    letters = reference.rstrip("0123456789").upper()
    if not (0 < len(letters) <= _MAX_LETTERS and letters.isascii() and letters.isalpha()):
        return -1
    position = 0
    for letter in letters:
        position = position * 26 + ord(letter) - ord("A") + 1
    return position - 1


class SheetRows:
    """Collects rows; ``take`` gives those that are complete, so few are held at a time."""

    def __init__(self, shared_texts: list[str]) -> None:
        self._shared = shared_texts
        self._columns: dict[str, int] = {}
        self._done: list[NumberedRow] = []
        self._number = 0
        self._cells: list[str] = []
        self._at = -1
        self._kind = ""
        self._open = ""
        self._phonetic = False
        self._value = CellText()
        self._formula = CellText()

    def take(self) -> list[NumberedRow]:
        """Return the rows completed since the last call."""
        done, self._done = self._done, []
        return done

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Follow rows and cells."""
        if tag == "c":
            self._at = self._position(attributes.get("r"))
            self._kind = attributes.get("t", "n")
        elif tag in ("v", "t", "f"):
            self._open = "" if self._phonetic else tag
        elif tag == "row":
            self._start_row(attributes.get("r"))
        elif tag == "rPh":
            self._phonetic = True

    def end(self, tag: str) -> None:
        """Keep a cell, and a row, when it ends."""
        if tag in ("v", "t", "f"):
            self._open = ""
        elif tag == "c":
            self._end_cell()
        elif tag == "row":
            self._end_row()
        elif tag == "rPh":
            self._phonetic = False

    def text(self, text: str) -> None:
        """Add to the value or to the formula that is open."""
        if self._open == "f":
            self._formula.add(text)
        elif self._open:
            self._value.add(text)

    def _position(self, reference: str | None) -> int:
        if reference is None:
            return self._at + 1
        letters = reference.rstrip("0123456789")
        known = self._columns.get(letters)
        if known is None:
            known = column_of(letters)
            if known < 0:
                raise UnreadableFile("damaged", reference)
            self._columns[letters] = known
        return known

    def _start_row(self, reference: str | None) -> None:
        self._at = -1
        self._cells = []
        if reference is None:
            self._number += 1
            return
        number = int(reference) if reference.isdecimal() and len(reference) <= 7 else 0
        if not self._number < number <= MAX_ROW_NUMBER:
            raise UnreadableFile("damaged", reference)
        self._number = number

    def _end_cell(self) -> None:
        value, formula = self._value.take(), self._formula.take()
        if not value and not formula:
            return
        if self._at >= MAX_COLUMNS:
            raise UnreadableFile("too_many_columns", MAX_COLUMNS, self._number)
        missing = self._at + 1 - len(self._cells)
        if missing > 0:
            self._cells.extend([""] * missing)
        self._cells[self._at] = self._meant(value, formula)

    def _meant(self, value: str, formula: str) -> str:
        if self._kind == "s":
            return self._shared_text(value)
        # An error (#REF!) and a formula that was never calculated both need a person.
        if self._kind == "e" or not value:
            return "=" + (formula or value)
        return unescaped(value) if self._kind in ("str", "inlineStr") else value

    def _shared_text(self, index: str) -> str:
        at = int(index) if index.isdecimal() and len(index) <= 9 else -1
        if not 0 <= at < len(self._shared):
            raise UnreadableFile("damaged", "sharedStrings")
        return self._shared[at]

    def _end_row(self) -> None:
        if any(self._cells):
            self._done.append((self._number, self._cells))
