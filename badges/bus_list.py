"""The passenger list of a bus on A4, with a box for the leader to tick for each passenger."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from badges.documents import document_pdf
from badges.texts import moment_text
from checkin.words.catalogues import msgid, say
from checkin.words.languages import spoken

_PAGE = Path(__file__).with_name("bus_list.typ")
_WORDS = {
    "list": msgid("Passenger list"),
    "delegation": msgid("Delegation"),
    "leader": msgid("Leader"),
    "passengers": msgid("Passengers / seats"),
    "name": msgid("Name in Latin letters"),
    "name_ar": msgid("Name in Arabic"),
    "phone": msgid("Phone"),
    "out": msgid("Out"),
    "back": msgid("Back"),
    "private": msgid("Personal data: keep this list with you and destroy it after the return."),
    "page": msgid("Page"),
}


@dataclass(frozen=True, slots=True)
class Passenger:
    """One line of the list: the name in one script or in both, and the phone number or address."""

    name: str
    name_ar: str
    phone: str


@dataclass(frozen=True, slots=True)
class BusList:
    """A bus and its passengers, in the order of the list.

    Attributes:
        sensitive: do not print the event's name.
        starts_at: on the event's clock.
    """

    event: str
    event_ar: str | None
    sensitive: bool
    starts_at: datetime
    delegation: str
    delegation_ar: str | None
    bus: str
    leader: str
    leader_phone: str
    seats: int
    language: str
    passengers: tuple[Passenger, ...]


def bus_list_pdf(bus: BusList) -> bytes:
    """Return A4 pages with a numbered line for each passenger; Arabic reads from the right."""
    return document_pdf(_PAGE, _data(bus))


def _data(bus: BusList) -> dict[str, Any]:
    arabic = bus.language == "ar"
    return {
        "lang": bus.language,
        "rtl": spoken(bus.language).is_from_right,
        "words": {name: say("letters", bus.language, text) for name, text in _WORDS.items()},
        "event": "" if bus.sensitive else (arabic and bus.event_ar) or bus.event,
        "when": moment_text(bus.starts_at, bus.language),
        "delegation": (arabic and bus.delegation_ar) or bus.delegation,
        "bus": bus.bus,
        "leader": bus.leader,
        "leader_phone": bus.leader_phone,
        "seats": bus.seats,
        "passengers": [
            {"name": one.name, "name_ar": one.name_ar, "phone": one.phone} for one in bus.passengers
        ],
    }
