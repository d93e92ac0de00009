"""Notice that somebody else has changed what a form shows before it is sent.

A form carries a mark of each value that it shows. When it is sent, the values as they are now are
compared with the mark, and nothing of either person's work is lost. Pure.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

_DIGEST_BYTES = 6


@dataclass(frozen=True, slots=True)
class Overtaken:
    """A form whose values somebody else has changed since it was shown.

    Attributes:
        values: what to show now: what was typed, and the other's value where nothing was typed.
        changed: what the other person made of the fields that they changed.
    """

    values: Mapping[str, str]
    changed: Mapping[str, str]


def form_mark(values: Mapping[str, str]) -> str:
    """Return the mark of the values that a form shows: a digest for each field."""
    return " ".join(f"{name}:{_digest(text)}" for name, text in sorted(values.items()))


def overtaken(mark: str, typed: Mapping[str, str], now: Mapping[str, str]) -> Overtaken | None:
    """Return what has changed since a form was shown, None if nothing has.

    Fields that the mark does not name are not compared: an older page has no mark.
    """
    shown = dict(part.split(":", 1) for part in mark.split() if ":" in part)
    changed = {
        name: text for name, text in now.items() if shown.get(name, _digest(text)) != _digest(text)
    }
    if all(typed.get(name, "") == text for name, text in changed.items()):
        return None  # both want the same
    untouched = {
        name: text for name, text in changed.items() if _digest(typed.get(name, "")) == shown[name]
    }
    return Overtaken({**typed, **untouched}, changed)


def _digest(text: str) -> str:
    plain = text.replace("\r\n", "\n").strip().encode()
    return hashlib.blake2b(plain, digest_size=_DIGEST_BYTES).hexdigest()
