"""What people have written, as a message shows it: paragraphs of lines, addresses as links."""

from __future__ import annotations

import re
from dataclasses import dataclass

_ADDRESS = re.compile(r"https?://[^\s<>\"']+")
#: ends a sentence, or closes what the address stands in, rather than belonging to it
_AFTER = ".,;:!?،؛؟)]}»”"


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a line: text, or the address of a link."""

    text: str
    is_link: bool = False


Line = list[Piece]


def paragraphs_of(text: str) -> list[list[Line]]:
    """Return a text's paragraphs, which empty lines part, as lines of pieces."""
    blocks = re.split(r"\n[^\S\n]*\n\s*", text.strip())
    return [[_pieces(line.rstrip()) for line in block.split("\n")] for block in blocks]


def _pieces(line: str) -> Line:
    pieces: Line = []
    at = 0
    for match in _ADDRESS.finditer(line):
        address = match.group().rstrip(_AFTER)
        pieces += [Piece(line[at : match.start()]), Piece(address, is_link=True)]
        at = match.start() + len(address)
    return [piece for piece in (*pieces, Piece(line[at:])) if piece.text]
