"""A selection among the people of an event: what a list is filtered by, how it is ordered. Pure.

It stands in the address of a page, so that a list can be kept, sent to a colleague, and chosen
once more by a change of all its people. The text alone is sealed there
(`checkin.services.selection.sought`): it is most often a name.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TypeVar

Choice = TypeVar("Choice", bound=StrEnum)

#: of what somebody searches for; longer than any name
LONGEST_TEXT = 200


class Standing(StrEnum):
    """What the registrations of a selection are."""

    CONFIRMED = "confirmed"
    RESERVE = "reserve"
    CANCELED = "canceled"
    BLOCKED = "blocked"
    #: they have to be checked by an organiser
    TO_CHECK = "to_check"


class Sort(StrEnum):
    """What a list of people is ordered by."""

    NAME = "name"
    DELEGATION = "delegation"
    CATEGORY = "category"
    NUMBER = "number"
    ARRIVED = "arrived"


class Column(StrEnum):
    """The columns of a list of people besides the name."""

    NUMBER = "number"
    DELEGATION = "delegation"
    CATEGORY = "category"
    STANDING = "standing"
    ARRIVED = "arrived"
    PHONE = "phone"
    EMAIL = "email"
    DELIVERY = "delivery"
    BUS = "bus"
    FLAGS = "flags"


#: what a list shows until somebody chooses otherwise
USUAL_COLUMNS = (Column.DELEGATION, Column.CATEGORY, Column.STANDING, Column.ARRIVED)
#: the same of one delegation, whose coordinator calls people
USUAL_COLUMNS_OF_ONE = (Column.PHONE, Column.CATEGORY, Column.STANDING, Column.ARRIVED)
#: in place of the number of a bus: those who ride in none, or in any
NO_BUS, ANY_BUS = "none", "any"


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Whom a list shows, and in which order.

    Attributes:
        text: a name, an e-mail, a telephone, the number on a badge, or its code; "" for all.
        delegation, category: the number of the only one; None for all.
        arrived: whether they have come in; None for both.
        delivered: what became of the e-mail with their badge: a delivery, or "unreached"; "": any.
        bus: the number of one bus, `NO_BUS` or `ANY_BUS`; "" for all.
        flagged: whether they have a flag; None for both.
        down: the order is turned round.
    """

    text: str = ""
    delegation: int | None = None
    category: int | None = None
    standing: Standing | None = None
    arrived: bool | None = None
    delivered: str = ""
    bus: str = ""
    flagged: bool | None = None
    sort: Sort = Sort.NAME
    down: bool = False

    @property
    def is_everybody(self) -> bool:
        """Whether nobody is left out."""
        return self.unordered() == Selection()

    def unordered(self) -> Selection:
        """Return the same selection in the usual order."""
        return replace(self, sort=Sort.NAME, down=False)

    def sorted_by(self, sort: Sort) -> Selection:
        """Return the same selection in another order; in the same one it is turned round."""
        return replace(self, sort=sort, down=self.sort is sort and not self.down)

    def address(self) -> dict[str, str]:
        """Return it as the parameters of an address, without what is usual."""
        told = {
            "q": self.text,
            "delegation": _text(self.delegation),
            "category": _text(self.category),
            "status": _text(self.standing),
            "arrived": _answer(self.arrived),
            "delivered": self.delivered,
            "bus": self.bus,
            "flagged": _answer(self.flagged),
            "sort": "" if self.sort is Sort.NAME else str(self.sort),
            "order": "down" if self.down else "",
        }
        return {name: text for name, text in told.items() if text}


_ANSWERS = {"yes": True, "no": False}


def selection_in(given: Mapping[str, str]) -> Selection:
    """Return the selection that the parameters of an address describe.

    What is no choice of ours leaves nobody out: addresses are kept, and buses are removed.
    """

    def told(name: str) -> str:
        return given.get(name, "")

    bus = told("bus")
    return Selection(
        text=told("q")[:LONGEST_TEXT].strip(),
        delegation=_number(told("delegation")),
        category=_number(told("category")),
        standing=_one_of(Standing, told("status")),
        arrived=_ANSWERS.get(told("arrived")),
        delivered=told("delivered")[:20],
        bus=bus if bus in (NO_BUS, ANY_BUS) or _number(bus) is not None else "",
        flagged=_ANSWERS.get(told("flagged")),
        sort=_one_of(Sort, told("sort")) or Sort.NAME,
        down=told("order") == "down",
    )


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def _one_of(choices: type[Choice], text: str) -> Choice | None:
    return choices(text) if text in set(choices) else None


def _text(value: object) -> str:
    return "" if value is None else str(value)


def _answer(value: bool | None) -> str:
    return "" if value is None else "yes" if value else "no"
