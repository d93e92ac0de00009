"""A person without a badge whom this gate admits offline, on a place that was lent to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import uuid4

from checkin.protocol.walk_ins import seal_walk_in
from scanner.core.scan import Scan


@dataclass(frozen=True, slots=True)
class Newcomer:
    """A person without a badge, as a volunteer typed their details.

    Attributes:
        id: the same for every try, so that a lost answer registers nobody twice.
        delegation: {id, name, name_ar}.
        name_ar: the name in Arabic, where both were typed.
        phone: as it was typed.
        category: its name; "" for the event's usual one.
    """

    name: str
    delegation: Mapping[str, Any]
    id: str = ""
    name_ar: str = ""
    phone: str = ""
    category: str = ""

    @classmethod
    def named(cls, name: str, delegation: Mapping[str, Any], **more: str) -> Newcomer:
        """Return a newcomer with a new id."""
        return cls(name, delegation, str(uuid4()), **more)

    @property
    def names(self) -> dict[str, str]:
        """Return the names as `name` and `name_ar`; one that was typed alone by its script."""
        if self.name_ar:
            return {"name": self.name, "name_ar": self.name_ar}
        arabic = any("\u0600" <= letter <= "\u06ff" for letter in self.name)
        return {"name_ar" if arabic else "name": self.name}

    @property
    def told(self) -> dict[str, str]:
        """Return the person's fields of `POST /participants` that were typed."""
        more = {"phone": self.phone, "category": self.category}
        return self.names | {key: value for key, value in more.items() if value}

    def is_same(self, other: Newcomer) -> bool:
        """Say whether nothing but the id differs."""
        return replace(self, id="") == replace(other, id="")


@dataclass(frozen=True, slots=True)
class WalkIn:
    """A walk-in who was admitted, as stored on disk: the name is sealed for the server.

    Attributes:
        scan: of their entry; it names no badge until the server has made them one.
    """

    id: str
    delegation_id: int
    sealed: str
    scan: Scan

    def body(self) -> dict[str, Any]:
        """Return the JSON object of `POST /participants`."""
        return {"id": self.id, "delegation_id": self.delegation_id, "sealed": self.sealed}


def sealed_walk_in(newcomer: Newcomer, scan: Scan, key: str) -> WalkIn:
    """Return the walk-in with the name sealed by the key of a lease."""
    told = {**newcomer.told, "allow_duplicate": True}
    delegation_id = int(newcomer.delegation["id"])
    return WalkIn(newcomer.id, delegation_id, seal_walk_in(key, newcomer.id, told), scan)
