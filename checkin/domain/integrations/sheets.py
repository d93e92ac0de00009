"""A sheet at an address: how often it is fetched, what may be wrong with it, what waits for a word.

New people are registered by the rules of lists; whatever else a sheet says waits for a person.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum

from checkin.domain.common.mail_domains import LIKELY_MISTYPED
from checkin.domain.common.names import fold_name
from checkin.domain.common.problems import Problem
from checkin.domain.people.importing.importing import Action, PlannedRow, Row
from checkin.domain.people.importing.sheets import (
    RawSheet,
    SheetChoices,
    chosen_sheets,
    heading_keys,
    meanings_of,
)

#: minutes between two looks
SHORTEST, LONGEST, USUAL = 5, 1_440, 15
#: problems that the word of a person answers, as `allow_duplicate` and `Row.is_right` do
_ANSWERED = frozenset(
    {
        *("taken", "taken_in_file", "same_name_in_file"),
        *("spelt_like_registered", "spelt_like_in_file"),
        LIKELY_MISTYPED,
    }
)
_YES = "oui"
_HTML = (b"<!doctype html", b"<html", b"<head", b"<!--")
_SHOWN_OF_HOST = 60


class SheetProblem(StrEnum):
    """Why a sheet was not read the last time."""

    #: nobody answers there, or the connection broke off
    UNREACHABLE = "unreachable"
    #: it took longer than it may
    SLOW = "slow"
    #: it is larger than a list may be
    LARGE = "large"
    #: the certificate does not prove that it is the machine of that name
    CERTIFICATE = "certificate"
    #: what answers there is no web server, or leads on and on
    NOT_WEB = "not_web"
    #: the address may not be called (any more)
    NOT_ALLOWED = "not_allowed"
    #: there is nothing at this address (404, 410)
    MISSING = "missing"
    #: it wants a sign-in (401, 403)
    FORBIDDEN = "forbidden"
    #: another answer than the sheet; the detail is its status
    STATUS = "status"
    #: a web page came instead of the sheet, as where one has to sign in first
    WEB_PAGE = "web_page"
    #: it is no list; the details are the reason and the facts of `UnreadableFile`
    UNREADABLE = "unreadable"
    #: columns that were there at the first look are not; the details are their headings
    COLUMNS = "columns"
    #: the address was kept with another key
    KEY = "key"


class Waits(StrEnum):
    """What waits for the word of a person."""

    #: a row about which something has to be asked
    QUESTION = "question"
    #: a row that would change somebody
    CHANGE = "change"
    #: somebody who was in the sheet, and is not any more
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Found:
    """Something that waits for a word.

    Attributes:
        mark: tells it from others, and again when the sheet says the same another time.
        row, why, before: of a row; `before` is (column, value now, value then).
        participant_id: of somebody who has gone, or would be changed.
    """

    kind: Waits
    mark: bytes
    row: Row | None = None
    why: tuple[Problem, ...] = ()
    before: tuple[tuple[str, str, str], ...] = ()
    participant_id: int | None = None


def interval(minutes: int) -> timedelta:
    """Return how long it is between two looks."""
    return timedelta(minutes=min(max(minutes, SHORTEST), LONGEST))


def is_web_page(content_type: str, content: bytes) -> bool:
    """Say whether an answer is a web page, as a sign-in is, whatever address was asked for."""
    kind = content_type.partition(";")[0].strip().lower()
    begins = content[:200].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    return kind in ("text/html", "application/xhtml+xml") or begins.startswith(_HTML)


def shortened(host: str) -> str:
    """Return what is shown of an address: its path and its query may hold a secret."""
    return f"{host[:_SHOWN_OF_HOST]}/…"


def settled(sheets: Sequence[RawSheet], choices: SheetChoices) -> SheetChoices:
    """Return the choices of the first look as all later ones read the sheet.

    What each column that is there means is written down, also where it was guessed; numbers of
    rows are forgotten, because rows move.
    """
    present: dict[str, str] = {}
    for at in chosen_sheets(sheets, choices):
        headings = sheets[at].headings
        keys, meanings = heading_keys(headings), meanings_of(headings, choices.columns)
        present.update(zip(keys, meanings, strict=True))
    return replace(choices, columns=present, entries=frozenset())


def lost_columns(sheets: Sequence[RawSheet], choices: SheetChoices) -> list[str]:
    """Return the columns with a meaning that a sheet has no longer."""
    there = {
        key for at in chosen_sheets(sheets, choices) for key in heading_keys(sheets[at].headings)
    }
    return sorted(key for key, meaning in choices.columns.items() if meaning and key not in there)


def found_in(rows: Sequence[Row], plans: Sequence[PlannedRow]) -> list[tuple[PlannedRow, Found]]:
    """Return what of a sheet's rows waits for a word, each with its plan; the same but once."""
    by_number = {row.number: row for row in rows}
    found: dict[bytes, tuple[PlannedRow, Found]] = {}
    for plan in plans:
        if plan.action == Action.REFUSE:
            kind = Waits.CHANGE if plan.asks_to_overwrite else Waits.QUESTION
            row = by_number[plan.row_number]
            mark = _mark(kind, dict(sorted(row.cells.items())))
            one = Found(kind, mark, row, plan.why, participant_id=plan.participant_id)
            found.setdefault(mark, (plan, one))
    return list(found.values())


def gone(people: Iterable[tuple[int, str]], rows: Iterable[Row]) -> list[Found]:
    """Return those of a sheet's people who have gone from it.

    Args:
        people: id and `folded_name` of those whom no row means any more.
        rows: those about which something is asked: who has the name of one is still there.
    """
    names = {fold_name(row.cells.get(column, "")) for row in rows for column in ("name", "name_ar")}
    return [
        Found(Waits.GONE, _mark(Waits.GONE, one), participant_id=one)
        for one, name in people
        if name not in names
    ]


def may_be_accepted(kind: str, codes: Collection[str]) -> bool:
    """Say whether a word is enough; else the row has to be corrected in the sheet."""
    return kind != Waits.QUESTION or (bool(codes) and set(codes) <= _ANSWERED)


def accepted(row: Row, codes: Collection[str]) -> Row:
    """Return a row as it is read once somebody has accepted it."""
    cells = dict(row.cells)
    if set(codes) & (_ANSWERED - {LIKELY_MISTYPED}):
        cells["allow_duplicate"] = _YES
    return replace(row, cells=cells, problems=(), is_right=True, overwrites=True)


def _mark(kind: Waits, of: Mapping[str, str] | int) -> bytes:
    return hashlib.sha256(json.dumps([kind, of]).encode()).digest()
