"""What a check finds, and the checks in their order."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy.exc import SQLAlchemyError

from checkin.cli.office import Office, sentence_of
from checkin.errors import MarhabaError


class State(StrEnum):
    """How something stands."""

    WELL = "well"
    MISSING = "missing"
    #: not used, not known yet, or only worth a look
    ASIDE = "aside"


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check found.

    Attributes:
        detail: a sentence; empty where the name of the check says all.
        to_type: the command line that mends it; empty where none does by itself.
    """

    state: State
    detail: str = ""
    to_type: str = ""


@dataclass(frozen=True, slots=True)
class Check:
    """A check, and what it cannot look at.

    Attributes:
        needs: the checks without which it finds nothing; they stand before it.
    """

    name: str
    look: Callable[[Office], Finding]
    needs: tuple[str, ...] = ()


def well(detail: str = "") -> Finding:
    """Return that nothing is wrong."""
    return Finding(State.WELL, detail)


def missing(detail: str, to_type: str = "") -> Finding:
    """Return what is wrong, and the line that mends it."""
    return Finding(State.MISSING, detail, to_type)


def aside(detail: str, to_type: str = "") -> Finding:
    """Return what is neither right nor wrong."""
    return Finding(State.ASIDE, detail, to_type)


def unless(fault: str, to_type: str = "") -> Finding:
    """Return that all is well unless there is a fault."""
    return missing(fault, to_type) if fault else well()


def findings(checks: Sequence[Check], office: Office) -> Iterator[tuple[str, Finding]]:
    """Look at everything in its order; what needs something that is missing is put aside."""
    lacking: set[str] = set()
    for check in checks:
        needed = next((name for name in check.needs if name in lacking), "")
        found = aside(f"looked at once this is well: {needed}") if needed else _look(check, office)
        if needed or found.state is State.MISSING:
            lacking.add(check.name)
        yield check.name, found


def _look(check: Check, office: Office) -> Finding:
    try:
        return check.look(office)
    except (MarhabaError, OSError, SQLAlchemyError) as fault:
        return missing(sentence_of(fault))
