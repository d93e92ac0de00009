"""The list of a bus, on A4: a box to tick for each passenger, for the leader with a pen."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import typst

from badges.fonts import FONTS
from badges.spec import Language
from badges.texts import moment_text

_PAGE = Path(__file__).with_name("bus_list.typ")
_WORDS: dict[Language, dict[str, str]] = {
    "fr": {
        "list": "Liste des passagers",
        "delegation": "Délégation",
        "leader": "Responsable",
        "passengers": "Passagers / places",
        "name": "Nom",
        "name_ar": "Nom en arabe",
        "phone": "Téléphone",
        "out": "Aller",
        "back": "Retour",
        "private": "Données personnelles : gardez cette liste sur vous et détruisez-la au retour.",
        "page": "Page",
    },
    "ar": {
        "list": "لائحة الركاب",
        "delegation": "الوفد",
        "leader": "المسؤول",
        "passengers": "الركاب / المقاعد",
        "name": "الاسم بالفرنسية",
        "name_ar": "الاسم",
        "phone": "الهاتف",
        "out": "الذهاب",
        "back": "العودة",
        "private": "معطيات شخصية: احتفظوا بهذه اللائحة معكم وأتلفوها عند العودة.",
        "page": "صفحة",
    },
    "en": {
        "list": "Passenger list",
        "delegation": "Delegation",
        "leader": "Leader",
        "passengers": "Passengers / seats",
        "name": "Name",
        "name_ar": "Name in Arabic",
        "phone": "Phone",
        "out": "Out",
        "back": "Back",
        "private": "Personal data: keep this list with you and destroy it after the return.",
        "page": "Page",
    },
}


@dataclass(frozen=True, slots=True)
class Passenger:
    """One line: the name in one script or in both, and how to reach them."""

    name: str
    name_ar: str
    phone: str


@dataclass(frozen=True, slots=True)
class BusList:
    """A bus and its passengers, in the order of the list.

    Attributes:
        sensitive: keep the event's name off the paper.
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
    language: Language
    passengers: tuple[Passenger, ...]


def bus_list_pdf(bus: BusList) -> bytes:
    """Return A4 pages with a numbered line for each passenger; Arabic reads from the right."""
    pdf: bytes = typst.compile(
        str(_PAGE),
        font_paths=_fonts(),
        ignore_system_fonts=True,
        format="pdf",
        sys_inputs={"data": json.dumps(_data(bus), ensure_ascii=False)},
        timestamp=0,
    )
    return pdf


def _data(bus: BusList) -> dict[str, Any]:
    arabic = bus.language == "ar"
    return {
        "lang": bus.language,
        "rtl": arabic,
        "words": _WORDS[bus.language],
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


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(FONTS)]
    )
