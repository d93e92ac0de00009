"""Isolate what runs from the left inside a sentence that runs from the right.

A code, a telephone number, an address, an option or a name in Latin letters takes the marks beside
it along: `+33612345678` is shown as `33612345678+`, `--source 1` as `source 1--`, and a date with
its time is turned round. Unicode's isolates keep the two apart. They are put into every sentence of
such a language when its catalogue is compiled, around each place that is filled in and around each
text in Latin letters, so that translators neither write nor see them. Isolates that somebody
wrote, where several words are to stay together, are left as they are.
"""

from __future__ import annotations

import re

LEFT_TO_RIGHT, FIRST_STRONG, END = "\u2066", "\u2068", "\u2069"
#: the context of what is written in letters and signs, and is no sentence
PATTERN = "pattern"

_PLACE = r"%\(\w+\)s|\{\w*\}"
_LETTERS = r"A-Za-z\u00C0-\u00D6\u00D8-\u00F6\u00F8-\u024F"
_LATIN = rf"[{_LETTERS}]"
_INNER = rf"[{_LETTERS}0-9.:/@#=+~_%?&<>\-]"
_LAST = rf"[{_LETTERS}0-9/>%]"
_WORD = rf"{_INNER}*{_LAST}"
#: words in Latin letters with what is joined to them, options, paths, colours, signed numbers, and
#: dates with a time: a number alone keeps its order by itself
_RUN = (
    rf"(?<![{_LETTERS}\d%])(?:\d{{4}}-\d{{2}}-\d{{2}} \d{{2}}:\d{{2}}|[+#]\d[\dA-Fa-f]+"
    rf"|(?=[^\s{{}}]*{_LATIN}){_WORD}(?: (?=[^\s{{}}]*{_LATIN}|\d+\b){_WORD})*)"
)
_PART = re.compile(
    rf"(?P<written>[{LEFT_TO_RIGHT}\u2067{FIRST_STRONG}][^{END}]*{END})"
    rf"|(?P<place>{_PLACE})|(?P<percent>%%)|(?P<run>{_RUN})"
)
_ISOLATE = f"{FIRST_STRONG}[^{FIRST_STRONG}{END}]*{END}"
#: isolates around nothing but isolates: what stands in those has no say in the direction of these
_TWICE = re.compile(rf"{FIRST_STRONG}({_ISOLATE}(?:[^\w{FIRST_STRONG}{END}]*{_ISOLATE})*){END}")
_ARABIC = re.compile("[\u0600-\u06ff]")


def isolated(sentence: str) -> str:
    """Return a sentence of a language that runs from the right with what it isolates.

    A text without a letter of that language is returned as it is: one word alone has nothing beside
    it that it could turn, and `{reason}: {act}` puts whole sentences together.
    """
    return _PART.sub(_around, sentence) if _ARABIC.search(sentence) else sentence


def _around(part: re.Match[str]) -> str:
    text = part[0]
    if part["place"]:
        return f"{FIRST_STRONG}{text}{END}"
    return f"{LEFT_TO_RIGHT}{text}{END}" if part["run"] else text


def isolated_once(text: str) -> str:
    """Return a sentence whose values were isolated already, each with one pair of isolates.

    Several values in one place, such as the names of gates, run as the sentence does.
    """
    return _TWICE.sub(r"\1", text)


def without_isolates(text: str) -> str:
    """Return a text without its isolates, for files that are read cell by cell."""
    return re.sub(f"[{LEFT_TO_RIGHT}\u2067{FIRST_STRONG}{END}]", "", text)
