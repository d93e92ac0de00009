"""The part of an event's participants that a message is for, as it is chosen and kept."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from checkin.domain.scanning.facts import RegistrationStatus

_STANDINGS = (RegistrationStatus.CONFIRMED, RegistrationStatus.RESERVE)


@dataclass(frozen=True, slots=True)
class Audience:
    """A choice among participants who are not canceled; what is empty or None does not limit it.

    Attributes:
        delegations, categories, buses: ids; whoever is in one of each.
        standing: confirmed, or on the reserve list.
        has_badge: whether their badge has reached them: mailed, or printed at a desk.
        has_arrived: whether they were counted in.
    """

    delegations: tuple[int, ...] = ()
    categories: tuple[int, ...] = ()
    buses: tuple[int, ...] = ()
    standing: RegistrationStatus | None = None
    has_badge: bool | None = None
    has_arrived: bool | None = None

    @property
    def standings(self) -> tuple[RegistrationStatus, ...]:
        """The registrations that are chosen."""
        return (self.standing,) if self.standing else _STANDINGS

    def as_json(self) -> dict[str, Any]:
        """Return this as a JSON object."""
        return {
            "delegations": list(self.delegations),
            "categories": list(self.categories),
            "buses": list(self.buses),
            "standing": self.standing,
            "has_badge": self.has_badge,
            "has_arrived": self.has_arrived,
        }

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> Audience:
        """Return what `as_json` has returned."""
        return cls(
            delegations=tuple(stored["delegations"]),
            categories=tuple(stored["categories"]),
            buses=tuple(stored["buses"]),
            standing=RegistrationStatus(stored["standing"]) if stored["standing"] else None,
            has_badge=stored["has_badge"],
            has_arrived=stored["has_arrived"],
        )


def audience_from_form(lists: Mapping[str, Iterable[str]]) -> Audience:
    """Return the audience that a form describes; what is none of its choices limits nothing.

    Args:
        lists: the texts sent for each name of a field.
    """

    def one(name: str) -> str:
        return next(iter(lists.get(name, ())), "")

    def numbers(name: str) -> tuple[int, ...]:
        texts = lists.get(name, ())
        return tuple(sorted({int(one) for one in texts if one.isascii() and one.isdigit()}))

    answers = {"yes": True, "no": False}
    standing = one("standing")
    return Audience(
        delegations=numbers("delegation"),
        categories=numbers("category"),
        buses=numbers("bus"),
        standing=RegistrationStatus(standing) if standing in _STANDINGS else None,
        has_badge=answers.get(one("has_badge")),
        has_arrived=answers.get(one("has_arrived")),
    )
