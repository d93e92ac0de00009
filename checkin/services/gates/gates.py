"""Gates: adding, renaming and limiting them to categories, and moving devices between them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from checkin.db.models import Category, Device, Event, Gate, GateCategory
from checkin.domain.common.names import fold_name
from checkin.errors import Conflict
from checkin.services.common.activity import note
from checkin.services.common.list_version import bump_list_version_of_all, next_list_version
from checkin.services.common.lookup import by_id
from checkin.services.events.events import category_id_named
from checkin.services.gates.devices import device_name, gate_name, gate_named


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


def add_gate(session: Session, event: Event, name: str, *, operator_id: int, now: datetime) -> Gate:
    """Add a gate.

    Raises:
        InvalidValue, Conflict: the name is invalid, or another gate has it.
    """
    name = _free_name(session, event, name)
    gate = gate_named(session, event, name, create=True)
    note(session, event.id, "gate.add", now, operator_id=operator_id, gate=name)
    return gate


def change_gate(
    session: Session,
    event: Event,
    gate_id: int,
    *,
    name: str,
    categories: Sequence[str],
    operator_id: int,
    now: datetime,
) -> None:
    """Rename a gate and say which categories it admits; with none, everyone.

    Raises:
        NotFound: the event has no such gate.
        InvalidValue, Conflict: the name is invalid, or another gate has it.
        InvalidRequest: the event has no such category.
    """
    gate = by_id(session, event, Gate, gate_id)
    gate.name = _free_name(session, event, name, besides=gate)
    gate.folded = fold_name(gate.name)
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
        categories=list(categories),
    )


def change_device(
    session: Session,
    event: Event,
    device_id: int,
    *,
    name: str,
    gate_id: int,
    operator_id: int,
    now: datetime,
) -> None:
    """Rename a device, or say that it stands at another gate from now on.

    Raises:
        NotFound: the event has no such device or gate.
        Conflict: the device was revoked.
        InvalidRequest: there is no name, or a very long one.
    """
    device = by_id(session, event, Device, device_id)
    if device.revoked_at is not None:
        raise Conflict("this device was revoked: pair it again")
    name = device_name(name)
    gate = by_id(session, event, Gate, gate_id)
    device.name, device.gate_id = name, gate.id
    note(
        session,
        event.id,
        "device.change",
        now,
        operator_id=operator_id,
        device_id=device.id,
        name=name,
        gate=gate.name,
    )


def _free_name(session: Session, event: Event, name: str, besides: Gate | None = None) -> str:
    name = gate_name(name)
    taken = session.scalar(
        select(Gate).where(Gate.event_id == event.id, Gate.folded == fold_name(name))
    )
    if taken is not None and taken is not besides:
        raise Conflict(f"another gate is called {taken.name!r}")
    return name
