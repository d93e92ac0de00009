"""What a hub is told of an event: the tables and columns of its mirror.

Every column of a mirrored table stands here, on one side or the other; a table that does not stand
here is not mirrored. Whoever adds a column decides with it whether it leaves the server.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

from sqlalchemy import ColumnElement, case, exists, or_, select

from checkin.db.models import (
    Badge,
    Base,
    Bus,
    BusLeader,
    BusPassenger,
    Category,
    Delegation,
    Device,
    EntryStop,
    Event,
    EventDay,
    Flag,
    Gate,
    GateCategory,
    Hub,
    HubDevice,
    OpeningHours,
    Operator,
    Participant,
)
from checkin.services.accounts.pins import HAS_PIN


class Cut(Enum):
    """How the rows of a table are cut into pages."""

    #: all of them are one page
    WHOLE = auto()
    #: by the first number of their key, so many to a page
    NUMBERS = auto()
    #: by the first byte of their key, a UUID
    UUIDS = auto()


@dataclass(frozen=True, slots=True)
class Mirrored:
    """A table of the mirror.

    Attributes:
        told: its columns that a hub is told, in the order of a page's rows.
        kept_back: the others, each with the reason why no hub is told.
        rows: which rows, given the event's number and the hub's.
        telling: what is told instead of a column's value.
        is_large: its pages are looked through now and then, and not each time that a hub asks.
    """

    model: type[Base]
    told: tuple[str, ...]
    kept_back: Mapping[str, str]
    rows: Callable[[int, int], ColumnElement[bool]]
    cut: Cut = Cut.WHOLE
    telling: Mapping[str, ColumnElement[Any]] | None = None
    is_large: bool = False

    @property
    def name(self) -> str:
        """Return the name of the table."""
        return str(self.model.__tablename__)

    @property
    def columns(self) -> list[ColumnElement[Any]]:
        """Return what is read of each row, by its column's name."""
        other = self.telling or {}
        table = self.model.__table__
        return [other[name].label(name) if name in other else table.c[name] for name in self.told]


def _of_event(model: type[Base]) -> Callable[[int, int], ColumnElement[bool]]:
    column: ColumnElement[int] = model.__table__.c.event_id

    def rows(event_id: int, _hub_id: int) -> ColumnElement[bool]:
        return column == event_id

    return rows


def _devices(event_id: int, hub_id: int) -> ColumnElement[bool]:
    """Leave out the hub's own device, and those that were paired at it: it has them itself."""
    own = exists().where(Hub.id == hub_id, Hub.device_id == Device.id)
    paired_there = exists().where(HubDevice.hub_id == hub_id, HubDevice.device_id == Device.id)
    return (Device.event_id == event_id) & ~own & ~paired_there


def _open_stop(event_id: int, _hub_id: int) -> ColumnElement[bool]:
    return (EntryStop.event_id == event_id) & EntryStop.lifted_at.is_(None)


def _who_answers(event_id: int, _hub_id: int) -> ColumnElement[bool]:
    """Choose whoever has a PIN that works, and who has stopped the entries."""
    stops = exists().where(_open_stop(event_id, 0), EntryStop.stopped_by == Operator.id)
    return or_(HAS_PIN[0] & HAS_PIN[1] & HAS_PIN[2], stops)


_CALLS = select(Event.gates_call_coordinators).where(Event.id == Delegation.event_id)
#: no hub needs a secret by which one signs in, or somebody is recognised, at the server
_SIGN_IN = "opens the server"
_OFFICE = "for the office alone: no gate shows it"
_SERVER = "the server's own, for what it does itself"
_TOLD_BY_DEVICE = "what the device said to the server; the hub hears it itself"

MIRRORED: tuple[Mirrored, ...] = (
    Mirrored(
        Event,
        told=(
            *("id", "slug", "name", "name_ar", "venue", "venue_ar", "timezone", "language"),
            *("starts_at", "ends_at", "doors_open_at", "doors_close_at", "grace_s"),
            *("reserve_from", "reserve_until", "capacity", "reentry", "without_badge"),
            *("gates_may_search", "search_while_closed", "search_budget_gate"),
            *("search_budget_desk", "gates_call_coordinators", "retention_days", "sensitive"),
            *("colour", "list_version", "rehearsal_since", "created_at", "purged_at"),
        ),
        kept_back={
            "badge_delay_s": _SERVER,
            "finds_badges": _SERVER,
            "map_point": _OFFICE,
            "organiser": _OFFICE,
            "contact": _OFFICE,
            "organiser_address": _OFFICE,
            "cndp_number": _OFFICE,
            "logo": "badges are printed by the server",
            "key_check": "of a key that the hub does not have",
        },
        rows=lambda event_id, _hub_id: Event.id == event_id,
    ),
    Mirrored(
        EventDay,
        told=(
            *("event_id", "day", "starts_at", "ends_at", "doors_open_at", "doors_close_at"),
            "reserve_from",
        ),
        kept_back={},
        rows=_of_event(EventDay),
    ),
    Mirrored(
        Category,
        told=("id", "event_id", "name", "name_ar", "folded", "colour", "shape", "position"),
        kept_back={},
        rows=_of_event(Category),
    ),
    Mirrored(
        Gate,
        told=("id", "event_id", "name", "name_ar", "folded", "help_desk"),
        kept_back={},
        rows=_of_event(Gate),
    ),
    Mirrored(
        GateCategory,
        told=("gate_id", "category_id", "event_id"),
        kept_back={},
        rows=_of_event(GateCategory),
    ),
    Mirrored(
        OpeningHours,
        told=("id", "event_id", "gate_id", "category_id", "opens_at", "closes_at"),
        kept_back={},
        rows=_of_event(OpeningHours),
    ),
    Mirrored(
        Flag,
        told=("id", "event_id", "name", "folded", "symbol", "sentence", "sentence_ar", "page"),
        kept_back={},
        rows=_of_event(Flag),
    ),
    Mirrored(
        Delegation,
        told=(
            *("id", "event_id", "name", "name_ar", "folded", "quota", "places_taken"),
            *("last_reserve_no", "kept_places", "kept_percent", "coordinator_phone"),
        ),
        kept_back={},
        rows=_of_event(Delegation),
        cut=Cut.NUMBERS,
        # Gates are told it only where the event allows it.
        telling={
            "coordinator_phone": case(
                (_CALLS.scalar_subquery(), Delegation.coordinator_phone), else_=None
            )
        },
    ),
    Mirrored(
        Participant,
        told=(
            *("id", "event_id", "delegation_id", "category_id", "name", "name_ar", "folded"),
            *("folded_name", "name_terms", "email", "phone", "language", "flags", "standing"),
            *("reserve_no", "blocked", "blocked_at", "registered_by", "registered_at"),
            *("canceled_at", "merged_into", "unchecked_as", "unchecked_no"),
        ),
        kept_back={
            "note": _OFFICE,
            "no_mail": "mail is sent by the server",
            "blocked_reason": _OFFICE,
            "blocked_by": _OFFICE,
            "registrar_id": _OFFICE,
            "badge_from": "badges are given out by the server",
        },
        rows=_of_event(Participant),
        cut=Cut.NUMBERS,
        is_large=True,
    ),
    Mirrored(
        Badge,
        told=(
            *("id", "event_id", "participant_id", "issue", "token_hash", "ref", "issued_at"),
            *("revoked_at", "list_version"),
        ),
        kept_back={
            "opened_at": "whether somebody has looked at their badge's page",
            "last_opened_at": "whether somebody has looked at their badge's page",
        },
        rows=_of_event(Badge),
        cut=Cut.UUIDS,
        is_large=True,
    ),
    Mirrored(
        Bus,
        told=("id", "event_id", "delegation_id", "name", "seats"),
        kept_back={
            "leader": "no gate is told the leader who is written with a bus",
            "leader_phone": _OFFICE,
        },
        rows=_of_event(Bus),
        cut=Cut.NUMBERS,
    ),
    Mirrored(
        BusPassenger,
        told=("participant_id", "event_id", "bus_id"),
        kept_back={},
        rows=_of_event(BusPassenger),
        cut=Cut.NUMBERS,
        is_large=True,
    ),
    Mirrored(
        BusLeader,
        told=("participant_id", "event_id", "bus_id", "list_version"),
        kept_back={},
        rows=_of_event(BusLeader),
        cut=Cut.NUMBERS,
    ),
    Mirrored(
        Device,
        told=(
            *("id", "event_id", "gate_id", "name", "software", "token_hash", "paired_at"),
            *("revoked_at", "may_search", "kiosk_since"),
        ),
        kept_back={
            "desk_salt": "of the key of a help desk of the server, which is never the hub's",
            "last_seen_at": _TOLD_BY_DEVICE,
            "skew_ms": _TOLD_BY_DEVICE,
            "waiting": _TOLD_BY_DEVICE,
            "battery": _TOLD_BY_DEVICE,
            "charging": _TOLD_BY_DEVICE,
            "list_at": _TOLD_BY_DEVICE,
            "wiped_at": _TOLD_BY_DEVICE,
            "search_granted_at": "a supervisor at the hub grants it there",
            "set_aside": _TOLD_BY_DEVICE,
            "again_at": _SERVER,
            "turn": _TOLD_BY_DEVICE,
            "turn_run": _TOLD_BY_DEVICE,
            "copied_at": _TOLD_BY_DEVICE,
            "memory_lost_at": _TOLD_BY_DEVICE,
            "memory_saved": _TOLD_BY_DEVICE,
        },
        rows=_devices,
    ),
    Mirrored(
        Operator,
        told=("id", "name", "role", "pin_hash", "language", "created_at", "disabled_at"),
        kept_back={
            "email": _SIGN_IN,
            "password_hash": _SIGN_IN,
            "password_until": _SIGN_IN,
            "is_demo": _SERVER,
            "delegation_id": _OFFICE,
            "last_login_at": _OFFICE,
            "totp_sealed": _SIGN_IN,
            "totp_since": _SIGN_IN,
            "totp_step": _SIGN_IN,
            "browsers_issue": _SIGN_IN,
        },
        rows=_who_answers,
    ),
    Mirrored(
        EntryStop,
        told=(
            *("id", "event_id", "message_fr", "message_ar", "message_en"),
            *("stopped_at", "stopped_by", "lifted_at", "lifted_by"),
        ),
        kept_back={},
        rows=_open_stop,
    ),
)

#: by the name of the table
TABLES: Mapping[str, Mirrored] = {one.name: one for one in MIRRORED}
