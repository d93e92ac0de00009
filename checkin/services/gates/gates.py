"""Gates: adding, renaming and limiting them to categories, and moving devices between them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, delete, select
from sqlalchemy.orm import Session

from checkin.db.models import Category, Device, Event, Gate, GateCategory
from checkin.domain.common.names import fold_name
from checkin.domain.scanning.next_steps import GateName
from checkin.errors import Conflict
from checkin.services.common.activity import note
from checkin.services.common.list_version import bump_list_version_of_all, next_list_version
from checkin.services.common.lookup import by_id
from checkin.services.events.events import category_id_named
from checkin.services.gates.devices import (
    arabic_gate_name,
    desk_salt,
    device_name,
    device_names,
    gate_name,
    gate_named,
)


def limit_gate(session: Session, event: Event, gate: Gate, categories: Iterable[str]) -> None:
    """Let a gate admit only these categories; with none, everyone.

    Raises:
        InvalidRequest: the event has no such category.
    """
    version = next_list_version(session, event.id)
    session.execute(delete(GateCategory).where(GateCategory.gate_id == gate.id))
    wanted = {category_id_named(session, event, name) for name in categories}
    session.add_all(
        GateCategory(gate_id=gate.id, category_id=category, event_id=event.id)
        for category in sorted(wanted)
    )
    bump_list_version_of_all(session, event.id, version)  # each entry names the gates that admit it


def gates_to_go_to(connection: Connection | Session, event_id: int) -> tuple[GateName, ...]:
    """Return an event's gates, in their order, to which people may be sent: no help desk."""
    rows = connection.execute(
        select(Gate.id, Gate.name, Gate.name_ar)
        .where(Gate.event_id == event_id, ~Gate.help_desk)
        .order_by(Gate.id)
    )
    return tuple(GateName(*row) for row in rows)


def categories_of_gates(session: Session, event: Event) -> Mapping[int, Sequence[Category]]:
    """Return the categories that each limited gate admits; a gate that is missing admits all."""
    found: defaultdict[int, list[Category]] = defaultdict(list)
    rows = session.execute(
        select(GateCategory.gate_id, Category)
        .join(Category, Category.id == GateCategory.category_id)
        .where(GateCategory.event_id == event.id)
        .order_by(Category.position, Category.id)
    )
    for gate_id, category in rows:
        found[gate_id].append(category)
    return found


def add_gate(
    session: Session,
    event: Event,
    name: str,
    *,
    operator_id: int,
    now: datetime,
    name_ar: str = "",
) -> Gate:
    """Add a gate; `name_ar` is what it is called in Arabic, "" for no other name.

    Raises:
        InvalidValue, Conflict: the name is invalid, or another gate has it.
    """
    name = _free_name(session, event, name)
    gate = gate_named(session, event, name, create=True, name_ar=name_ar)
    note(session, event.id, "gate.add", now, operator_id=operator_id, gate=name)
    return gate


def change_gate(
    session: Session,
    event: Event,
    gate_id: int,
    *,
    name: str,
    name_ar: str = "",
    categories: Sequence[str],
    help_desk: bool,
    operator_id: int,
    now: datetime,
) -> None:
    """Rename a gate, and say which categories it admits; with none, everyone.

    Args:
        help_desk: people are looked up there all day: its devices may be shown more of them, and
            devices that are paired there from now on are help desks.

    Raises:
        NotFound: the event has no such gate.
        InvalidValue, Conflict: the name is invalid, or another gate has it.
        InvalidRequest: the event has no such category.
    """
    gate = by_id(session, event, Gate, gate_id)
    gate.name, gate.name_ar = (
        _free_name(session, event, name, besides=gate),
        arabic_gate_name(name_ar),
    )
    gate.folded, gate.help_desk = fold_name(gate.name), help_desk
    next_list_version(session, event.id)  # the head of the gate list names the gates
    admitted = [one.name for one in categories_of_gates(session, event).get(gate.id, ())]
    if sorted(categories) != sorted(admitted):
        limit_gate(session, event, gate, categories)
    note(
        session,
        event.id,
        "gate.change",
        now,
        operator_id=operator_id,
        gate_id=gate.id,
        name=gate.name,
        name_ar=gate.name_ar,
        categories=list(categories),
        help_desk=help_desk,
    )


def change_device(
    session: Session,
    event: Event,
    device_id: int,
    *,
    name: str,
    gate_id: int,
    may_search: bool,
    help_desk: bool,
    operator_id: int,
    now: datetime,
) -> None:
    """Rename a device, or say that it stands at another gate, may search, or is a help desk.

    A device that was no help desk gets a new key; one that is none any more has lost it.

    Raises:
        NotFound: the event has no such device or gate.
        Conflict: the device was revoked, or another one has this name.
        InvalidRequest: there is no name, or a very long one.
    """
    device = by_id(session, event, Device, device_id)
    if device.revoked_at is not None:
        raise Conflict("this device was revoked: pair it again")
    name = device_name(name)
    if name != device.name and name in device_names(session, event):
        raise Conflict(f"another device is called {name}")
    gate = by_id(session, event, Gate, gate_id)
    device.name, device.gate_id, device.may_search = name, gate.id, may_search
    if help_desk != (device.desk_salt is not None):
        device.desk_salt = desk_salt(help_desk=help_desk)
    note(
        session,
        event.id,
        "device.change",
        now,
        operator_id=operator_id,
        device_id=device.id,
        name=name,
        gate=gate.name,
        may_search=may_search,
        help_desk=help_desk,
    )


def _free_name(session: Session, event: Event, name: str, besides: Gate | None = None) -> str:
    name = gate_name(name)
    taken = session.scalar(
        select(Gate).where(Gate.event_id == event.id, Gate.folded == fold_name(name))
    )
    if taken is not None and taken is not besides:
        raise Conflict(f"another gate is called {taken.name!r}")
    return name
