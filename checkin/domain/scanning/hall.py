"""How full the hall is. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from checkin.words.languages import DEFAULT_LANGUAGE

#: shares of the capacity, in percent, from which a person should look; 100 is full
LEVELS = (80, 90, 100)


@dataclass(frozen=True, slots=True)
class Hall:
    """People inside, beside what the hall holds.

    Attributes:
        level: the highest of `LEVELS` that is reached; 0 below all of them.
    """

    inside: int
    capacity: int
    percent: int
    level: int


def hall_of(inside: int, capacity: int) -> Hall:
    """Say how full a hall is; a part of a percent is left out, so that 100 means full."""
    percent = 100 * max(inside, 0) // capacity
    return Hall(inside, capacity, percent, max((x for x in LEVELS if percent >= x), default=0))


@dataclass(frozen=True, slots=True)
class Stop:
    """Nobody is admitted at any gate, and this is what people are told."""

    since: datetime
    #: by language
    messages: Mapping[str, str]

    def message(self, language: str) -> str:
        """Return what people are told; an unknown language reads the default."""
        return self.messages.get(language) or self.messages[DEFAULT_LANGUAGE]
