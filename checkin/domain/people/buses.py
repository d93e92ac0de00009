"""Validate the details of a bus."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from checkin.domain.common.contacts import normalise_phone
from checkin.domain.common.forms import Form
from checkin.domain.common.names import clean_name, clean_title
from checkin.domain.common.problems import InvalidValue, Problem

MAX_SEATS = 200
_MAX_NAME = 60


@dataclass(frozen=True, slots=True)
class BusDetails:
    """A valid bus."""

    name: str
    leader: str
    leader_phone: str | None
    seats: int


def validate_bus(raw: Mapping[str, str]) -> BusDetails | list[Problem]:
    """Return the bus that ``raw`` describes, or everything that is wrong with it.

    Args:
        raw: texts by field: bus, leader, leader_phone, seats.
    """
    form = Form(raw)
    name, leader = form.read("bus", _name), form.read("leader", _leader)
    phone, seats = form.read("leader_phone", _phone), form.read("seats", _seats)
    return form.problems or BusDetails(name, leader, phone, seats)


def _name(text: str) -> str:
    if not text:
        raise InvalidValue("missing_bus", text)
    return clean_title(text, _MAX_NAME)


def _leader(text: str) -> str:
    return clean_name(text) if text else ""


def _phone(text: str) -> str | None:
    return normalise_phone(text) if text else None


def _seats(text: str) -> int:
    digits = text if text.isascii() and text.isdigit() and len(text) < 5 else "0"
    if not 1 <= int(digits) <= MAX_SEATS:
        raise InvalidValue("invalid_seats", text, str(MAX_SEATS))
    return int(digits)
