"""Notice that somebody else has changed what a form shows before it is sent.

A form carries a mark of each value that it shows. When it is sent, the values as they are now are
compared with the mark, and nothing of either person's work is lost. Pure.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

_DIGEST_BYTES = 6
#: says in the mark of rows that it is one, as a form without any row has a mark, too
_ROWS = "rows"
#: the fields of a row, in the form's order
Row = tuple[str, ...]


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
    return _mark_of({name: _digest(text) for name, text in values.items()})


def overtaken(mark: str, typed: Mapping[str, str], now: Mapping[str, str]) -> Overtaken | None:
    """Return what has changed since a form was shown, None if nothing has.

    Fields that the mark does not name are not compared: an older page has no mark.
    """
    shown, changed = _digests(mark), changed_since(mark, now)
    if all(typed.get(name, "") == text for name, text in changed.items()):
        return None  # both want the same
    untouched = {
        name: text for name, text in changed.items() if _digest(typed.get(name, "")) == shown[name]
    }
    return Overtaken({**typed, **untouched}, changed)


def changed_since(mark: str, now: Mapping[str, str]) -> dict[str, str]:
    """Return those values of now that are others than a form has shown by its mark.

    Fields that the mark does not name are not compared.
    """
    shown = _digests(mark)
    return {
        name: text for name, text in now.items() if shown.get(name, _digest(text)) != _digest(text)
    }


@dataclass(frozen=True, slots=True)
class OvertakenRows:
    """A form of rows, to which others may be added, that somebody else has changed meanwhile.

    Attributes:
        rows: what to show now: each person's rows, whole. Rows that only the other has changed or
            removed are as the other has left them.
        mark: of what these rows show.
        added: the numbers, from 1, of the rows that the other has added or written anew.
        gone: the numbers of rows that both have changed: the typed one stands there.
    """

    rows: Sequence[Row]
    mark: str
    added: frozenset[int]
    gone: frozenset[int]


def rows_mark(rows: Sequence[Row]) -> str:
    """Return the mark of a form's rows: a digest for each of them, by its number from 1."""
    return form_mark(
        {_ROWS: ""} | {str(number): _row_text(row) for number, row in enumerate(rows, 1)}
    )


def overtaken_rows(mark: str, typed: Sequence[Row], now: Sequence[Row]) -> OvertakenRows | None:
    """Return what to show if rows have changed since a form of them was shown, None if none has.

    A row that is typed is known by the number at which it was shown. In which order the rows are
    stored does not matter.

    Args:
        typed: the form's rows by number, with the empty ones.
    """
    shown = _digests(mark)
    if shown.pop(_ROWS, None) is None:
        return None
    theirs = Counter(_digest(_row_text(row)) for row in now)
    mine = Counter(_digest(_row_text(row)) for row in typed if any(row))
    if theirs in (Counter(shown.values()), mine):
        return None
    merged: list[tuple[Row, str | None]] = []
    gone = set()
    for number, row in enumerate(typed, 1):
        digest, base = _digest(_row_text(row)), shown.get(str(number))
        known = base or digest
        if theirs[known]:
            theirs[known] -= 1
            merged.append((row, known))
        elif any(row) and digest != base:
            merged.append((row, None))
            if base:
                gone.add(len(merged))
    own = len(merged)
    for row in now:
        digest = _digest(_row_text(row))
        if theirs[digest]:
            theirs[digest] -= 1
            merged.append((row, digest))
    bases = {str(number): base for number, (_row, base) in enumerate(merged, 1) if base}
    return OvertakenRows(
        [row for row, _base in merged],
        _mark_of({_ROWS: _digest("")} | bases),
        frozenset(range(own + 1, len(merged) + 1)),
        frozenset(gone),
    )


def _row_text(row: Row) -> str:
    return "\x1f".join(text.strip() for text in row)


def _mark_of(digests: Mapping[str, str]) -> str:
    return " ".join(f"{name}:{digest}" for name, digest in sorted(digests.items()))


def _digests(mark: str) -> dict[str, str]:
    return dict(part.split(":", 1) for part in mark.split() if ":" in part)


def _digest(text: str) -> str:
    plain = text.replace("\r\n", "\n").strip().encode()
    return hashlib.blake2b(plain, digest_size=_DIGEST_BYTES).hexdigest()
