"""What a read token of another program may read of an event, and for how long."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from enum import StrEnum

LONGEST_NAME = 80
#: what a page offers; none is good for ever
LIFETIMES = {
    "day": timedelta(days=1),
    "week": timedelta(days=7),
    "month": timedelta(days=31),
    "quarter": timedelta(days=92),
    "year": timedelta(days=366),
}
USUAL_LIFETIME = "month"
#: of an event, those that have ended among them
MOST_TOKENS = 50


class Scope(StrEnum):
    """What may be read."""

    #: figures, and no people
    COUNTS = "counts"
    #: arrivals by number: when, at which gate, of which delegation
    ARRIVALS = "arrivals"
    #: names, delegation, category and status
    PEOPLE = "people"
    #: e-mail and telephone of people, too
    CONTACTS = "contacts"


def chosen_scopes(names: Iterable[str]) -> tuple[Scope, ...]:
    """Return the scopes that a form has chosen, in their order; whoever reads contacts has people.

    Other names are left out.
    """
    given = set(names)
    if Scope.CONTACTS in given:
        given.add(Scope.PEOPLE)
    return tuple(scope for scope in Scope if scope in given)


def written_scopes(scopes: Iterable[Scope]) -> str:
    """Return scopes as they are stored, with a space between two."""
    return " ".join(scopes)


def read_scopes(text: str) -> frozenset[Scope]:
    """Return the scopes that are stored; those that there are no more are left out."""
    return frozenset(chosen_scopes(text.split()))
