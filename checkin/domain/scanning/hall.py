"""How full the hall is, and the message of a stop of all entries. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from checkin.words.languages import DEFAULT_LANGUAGE

#: shares of the capacity, in percent, from which a person should look; 100 is full
LEVELS = (80, 90, 100)


@dataclass(frozen=True, slots=True)
class Hall:
    """The number of people inside, compared with the hall's capacity.

    Attributes:
        level: the highest of `LEVELS` that is reached; 0 below all levels.
    """

    inside: int
    capacity: int
    percent: int
    level: int


def hall_of(inside: int, capacity: int) -> Hall:
    """Return how full a hall is; percentages are rounded down, so that 100 means full."""
    percent = 100 * max(inside, 0) // capacity
    return Hall(inside, capacity, percent, max((x for x in LEVELS if percent >= x), default=0))


@dataclass(frozen=True, slots=True)
class Stop:
    """A stop of all entries, with the message for people in each language."""

    since: datetime
    #: by language
    messages: Mapping[str, str]

    def message(self, language: str) -> str:
        """Return the stop's message in a language; in the default one for an unknown language."""
        return self.messages.get(language) or self.messages[DEFAULT_LANGUAGE]
