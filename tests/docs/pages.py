"""The pages of the documentation: their fenced blocks, commands and code spans."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from tests.support.servers.server_process import ROOT

_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_SPAN = re.compile(r"`([^`\n]+)`")


@dataclass(frozen=True)
class Block:
    """A fenced block.

    Attributes:
        page: its page, from the repository's root.
        line: where its first line is on the page, from 1.
        language: what the fence says: sh, nginx, json, or nothing.
    """

    page: str
    line: int
    language: str
    text: str


@dataclass(frozen=True)
class Command:
    """A command line of an `sh` block, without its comment and with its continuations joined."""

    page: str
    line: int
    text: str

    def __str__(self) -> str:
        return f"{self.page}:{self.line}: {self.text}"


@cache
def pages() -> dict[str, str]:
    """Return the text of every page by its path from the repository's root."""
    found = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
    return {file.relative_to(ROOT).as_posix(): file.read_text("utf-8") for file in found}


def blocks_of(page: str, language: str) -> list[Block]:
    """Return the fenced blocks of a page that are of one language."""
    text = pages()[page]
    return [
        Block(page, text.count("\n", 0, found.start(2)) + 1, found[1], found[2])
        for found in _FENCE.finditer(text)
        if found[1] == language
    ]


def commands_of(page: str) -> list[Command]:
    """Return the command lines of a page, in its order."""
    return [command for block in blocks_of(page, "sh") for command in commands_in(block)]


def commands_in(block: Block) -> Iterator[Command]:
    """Yield the command lines of one block."""
    begun, whole = 0, ""
    for number, line in enumerate(block.text.splitlines(), block.line):
        text = without_comment(line).rstrip()
        begun = begun if whole else number
        whole = f"{whole} {text.strip()}".strip()
        if whole.endswith("\\"):
            whole = whole[:-1].rstrip()
        elif whole:
            yield Command(block.page, begun, whole)
            whole = ""


def without_comment(line: str) -> str:
    """Return a line of a shell without the comment at its end; quoted hashes stay."""
    quote = ""
    for place, letter in enumerate(line):
        if quote:
            quote = "" if letter == quote else quote
        elif letter in "'\"":
            quote = letter
        elif letter == "#" and (place == 0 or line[place - 1].isspace()):
            return line[:place]
    return line


def code_spans(page: str) -> list[str]:
    """Return what stands between backticks in the sentences and tables of a page."""
    return _SPAN.findall(_FENCE.sub("", pages()[page]))


def tables_of(page: str) -> list[list[dict[str, str]]]:
    """Return the tables of a page in order: a row is its cells by the heading of their column."""
    found = re.findall(r"(?:^\|.*\|\n)+", pages()[page], re.MULTILINE)
    return [_rows(table.splitlines()) for table in found]


def _rows(lines: list[str]) -> list[dict[str, str]]:
    head, _rule, *body = ([cell.strip() for cell in line.split("|")[1:-1]] for line in lines)
    return [dict(zip(head, cells, strict=True)) for cells in body]
