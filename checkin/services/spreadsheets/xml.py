"""Parse the XML parts of a workbook by expat, within limits."""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator
from typing import Protocol

# expat itself is safe once DTDs are refused, which `parse` does before anything else.
from xml.parsers import expat

from checkin.domain.people.importing.unreadable import UnreadableFile
from checkin.services.spreadsheets.limits import MAX_CELL

_CHUNK = 1 << 16
_MAX_TOKEN = 1 << 20
_MAX_DEPTH = 64
_MAX_DISTINCT_NAMES = 5_000
#: a spreadsheet's own limit is half of it
_MAX_SHEET_NAME = 62
_MAX_TEXTS = 1_000_000
_MAX_TEXT_CHARACTERS = 30_000_000
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")


class Part(Protocol):
    """A handler of the elements of an XML part; names come without their prefix."""

    def start(self, tag: str, attributes: dict[str, str], /) -> None:
        """Handle the start of an element."""

    def end(self, tag: str, /) -> None:
        """Handle the end of an element."""

    def text(self, text: str, /) -> None:
        """Handle some of the text of an element."""


def _refuse_dtd(*_: object) -> None:
    raise UnreadableFile("dangerous_xml", "DTD")


def _parser(part: Part) -> expat.XMLParserType:
    # No encoding is forced: a part in UTF-16 is legal, and entities cannot hide in it.
    parser = expat.ParserCreate()
    parser.buffer_text = True
    depth = 0

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > _MAX_DEPTH:
            raise UnreadableFile("dangerous_xml", f"> {_MAX_DEPTH}")
        part.start(tag.rpartition(":")[2], attributes)

    def end(tag: str) -> None:
        nonlocal depth
        depth -= 1
        part.end(tag.rpartition(":")[2])

    parser.StartDoctypeDeclHandler = _refuse_dtd
    parser.EntityDeclHandler = _refuse_dtd
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = part.text
    return parser


def _refuse_growth(parser: expat.XMLParserType, fed: int) -> None:
    # What expat keeps between two chunks: an unfinished tag, and every distinct name.
    if fed - parser.CurrentByteIndex > _MAX_TOKEN or len(parser.intern) > _MAX_DISTINCT_NAMES:
        raise UnreadableFile("dangerous_xml", "XML")


def parse(archive: zipfile.ZipFile, name: str, part: Part) -> Iterator[None]:
    """Parse a part of the workbook with the handler ``part``; yield after every 64 KB.

    Raises:
        UnreadableFile: ``dangerous_xml`` (a DTD, deep or huge elements), ``damaged``.
    """
    parser = _parser(part)
    fed = 0
    try:
        with archive.open(name) as stream:
            while chunk := stream.read(_CHUNK):
                parser.Parse(chunk)
                fed += len(chunk)
                _refuse_growth(parser, fed)
                yield
        parser.Parse(b"", True)
    except (expat.ExpatError, zlib.error) as error:
        raise UnreadableFile("damaged", name) from error


class WorkbookParts:
    """Which parts hold the sheets and the shared texts."""

    def __init__(self) -> None:
        #: (name, relation's id, whether it is hidden) of each sheet, in their order
        self.named: list[tuple[str, str, bool]] = []
        self.sheets: dict[str, str] = {}
        self.shared_texts: str | None = None

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Note a sheet of the workbook, or where a part is."""
        if tag == "sheet":
            ids = (value for key, value in attributes.items() if key.rpartition(":")[2] == "id")
            is_hidden = attributes.get("state", "visible") != "visible"
            name = attributes.get("name", "")[:_MAX_SHEET_NAME]
            self.named.extend((name, value, is_hidden) for value in ids)
        elif tag == "Relationship":
            self._note(attributes)
        if len(self.named) > _MAX_DISTINCT_NAMES or len(self.sheets) > _MAX_DISTINCT_NAMES:
            raise UnreadableFile("dangerous_xml", "XML")

    def _note(self, attributes: dict[str, str]) -> None:
        kind, target = attributes.get("Type", ""), attributes.get("Target", "")
        if kind.endswith("/worksheet"):
            self.sheets[attributes.get("Id", "")] = target
        elif kind.endswith("/sharedStrings"):
            self.shared_texts = target

    def end(self, tag: str) -> None:
        """Ignore the ends of elements."""

    def text(self, text: str) -> None:
        """Ignore text."""


def unescaped(text: str) -> str:
    """Undo Office's _xHHHH_, which stands for what XML cannot hold and for a literal "_x"."""
    return _ESCAPED.sub(lambda match: chr(int(match[1], 16)), text) if "_x" in text else text


class CellText:
    """The text of a cell, which is cut one character after the longest allowed length."""

    def __init__(self) -> None:
        self.pieces: list[str] = []
        self.room = MAX_CELL + 1

    def add(self, text: str) -> None:
        """Add a piece of text."""
        if self.room > 0:
            self.pieces.append(text[: self.room])
            self.room -= len(text)

    def take(self) -> str:
        """Return the whole text, and begin an empty one."""
        text = "".join(self.pieces)
        self.pieces.clear()
        self.room = MAX_CELL + 1
        return text


class SharedTexts:
    """The texts that cells refer to by number."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self._characters = 0
        self._text = CellText()
        self._inside = False
        self._phonetic = False

    def start(self, tag: str, _attributes: dict[str, str], /) -> None:
        """Note the start of a text or a part of it; phonetic readings are left out."""
        if tag == "t":
            self._inside = not self._phonetic
        elif tag == "rPh":
            self._phonetic = True

    def end(self, tag: str) -> None:
        """Store a text when it ends."""
        if tag == "t":
            self._inside = False
        elif tag == "rPh":
            self._phonetic = False
        elif tag == "si":
            self._keep(unescaped(self._text.take()))

    def _keep(self, text: str) -> None:
        self.texts.append(text)
        self._characters += len(text)
        if len(self.texts) > _MAX_TEXTS or self._characters > _MAX_TEXT_CHARACTERS:
            raise UnreadableFile("unpacked_too_large", _MAX_TEXT_CHARACTERS // 1_000_000)

    def text(self, text: str) -> None:
        """Add to the text that is being read."""
        if self._inside:
            self._text.add(text)
