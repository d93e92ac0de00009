"""Flags: what a volunteer should know when somebody comes in, such as “VIP” or “wheelchair”.

An event defines its flags: of each a symbol and a sentence, which gates show at the verdict. Whose
they are is written with the participant, as names parted by semicolons: ``VIP; Row 12``. What
follows a flag's name is its detail and is shown after the sentence.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from checkin.domain.common.choices import Choices
from checkin.domain.common.forms import Form
from checkin.domain.common.names import clean_name, clean_text, clean_title, fold_name
from checkin.domain.common.problems import InvalidValue, Problem

#: more than these nobody reads while a person walks past
MOST_FLAGS = 4
MAX_NAME_LENGTH, MAX_SENTENCE_LENGTH = 40, 60
#: French writes a space before these, at which no line may break
_SPACE_BEFORE = re.compile(r" (?=[:;!?»])")
_BETWEEN = re.compile(r"[;؛,،\n]")


class FlagSymbol(StrEnum):
    """The symbols of flags; page and window draw the same."""

    STAR = "star"
    WHEELCHAIR = "wheelchair"
    CALL = "call"
    SEAT = "seat"
    MARK = "mark"


#: the symbols as characters, for pages
SIGNS: Mapping[FlagSymbol, str] = {
    FlagSymbol.STAR: "★",
    FlagSymbol.WHEELCHAIR: "♿",
    FlagSymbol.CALL: "☎",
    FlagSymbol.SEAT: "▦",
    FlagSymbol.MARK: "⚑",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class FlagDetails:
    """A valid flag of an event.

    Attributes:
        name: what lists and forms call it.
        sentence, sentence_ar: what gates say; where there is none, its name.
        page: the open page that is told when somebody with it comes in; None: no page is.
    """

    name: str
    symbol: FlagSymbol = FlagSymbol.MARK
    sentence: str = ""
    sentence_ar: str | None = None
    page: str | None = None


@dataclass(frozen=True, slots=True)
class ShownFlag:
    """A flag of one person as gates show it."""

    symbol: FlagSymbol
    sentence: str
    sentence_ar: str | None = None
    page: str | None = None

    def body(self) -> dict[str, str | None]:
        """Return it as devices are told it."""
        return {
            "symbol": self.symbol,
            "sentence": self.sentence,
            "sentence_ar": self.sentence_ar,
        }


def validate_flag(raw: Mapping[str, str]) -> FlagDetails | list[Problem]:
    """Return the flag that ``raw`` describes, or everything that is wrong with it."""
    form = Form(raw)
    name = form.read("name", _name)
    symbol = form.read("symbol", _symbol)
    sentence = form.read("sentence", _sentence)
    sentence_ar = form.read("sentence_ar", lambda text: _sentence(text) or None)
    page = form.read("page", lambda text: clean_name(text) if text else None)
    return form.problems or FlagDetails(
        name=name, symbol=symbol, sentence=sentence, sentence_ar=sentence_ar, page=page
    )


def flags_text(text: str) -> str:
    """Return a participant's flags as they are stored: each once, parted by semicolons; may be "".

    Raises:
        InvalidValue: as `clean_title`, or ``too_many_flags``.
    """
    written = [clean_title(part, MAX_SENTENCE_LENGTH) for part in _BETWEEN.split(text)]
    once = {fold_name(part): part for part in written if part}
    if len(once) > MOST_FLAGS:
        raise InvalidValue("too_many_flags", text, str(MOST_FLAGS))
    return "; ".join(once.values())


def flags_in(text: str | None) -> list[str]:
    """Return the flags of a stored text as they are written, with their details."""
    return text.split("; ") if text else []


def with_flag(text: str | None, name: str, detail: str, defined: Sequence[FlagDetails]) -> str:
    """Return a stored text with a flag, instead of what it had of the same name.

    Raises:
        InvalidValue: as `flags_text`.
    """
    return flags_text("; ".join([without_flag(text, name, defined), f"{name} {detail}"]))


def without_flag(text: str | None, name: str, defined: Sequence[FlagDetails]) -> str:
    """Return a stored text without the flag of a name, whatever its detail; may be ""."""
    meant = [(one, definition_of(one, defined)) for one in flags_in(text)]
    return "; ".join(one for one, flag in meant if flag is None or flag.name != name)


def definition_of(written: str, defined: Iterable[FlagDetails]) -> FlagDetails | None:
    """Return the flag that somebody has written, which may be followed by a detail; else None."""
    folded = fold_name(written) + " "
    meant = [one for one in defined if folded.startswith(fold_name(one.name) + " ")]
    return max(meant, key=lambda one: len(one.name), default=None)


def shown_flags(text: str | None, defined: Sequence[FlagDetails]) -> list[ShownFlag]:
    """Return a person's flags as gates show them; one that is not defined as it is written."""
    return [_shown(written, definition_of(written, defined)) for written in flags_in(text)]


def unknown_flag(text: str | None, defined: Sequence[FlagDetails]) -> Problem | None:
    """Return the problem of the first flag that the event has not defined; None: all are."""
    for written in flags_in(text):
        if definition_of(written, defined) is None:
            names = Choices((at, (one.name,)) for at, one in enumerate(defined))
            code = "unknown_flag" if defined else "no_flags"
            return Problem("flags", code, written, names.nearest(written) or ("–",))
    return None


def _shown(written: str, flag: FlagDetails | None) -> ShownFlag:
    if flag is None:
        return ShownFlag(FlagSymbol.MARK, written)
    detail = " ".join(written.split()[len(flag.name.split()) :])
    said, said_ar = (
        f"{sentence} {detail}".strip() if sentence else None
        for sentence in (flag.sentence or flag.name, flag.sentence_ar)
    )
    return ShownFlag(flag.symbol, said or written, said_ar, flag.page)


def _name(text: str) -> str:
    name = clean_name(clean_text(text, MAX_NAME_LENGTH))
    if _BETWEEN.search(name):
        raise InvalidValue("flag_with_separator", name)
    return name


def _sentence(text: str) -> str:
    return _SPACE_BEFORE.sub("\u00a0", clean_title(text, MAX_SENTENCE_LENGTH))


def _symbol(text: str) -> FlagSymbol:
    try:
        return FlagSymbol(text)
    except ValueError:
        raise InvalidValue("unknown_choice", text) from None
