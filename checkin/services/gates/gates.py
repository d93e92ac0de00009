"""Which categories a gate admits."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import delete
from sqlalchemy.orm import Session

from checkin.db.models import Event, Gate, GateCategory
from checkin.services.common.list_version import touch_all_badges
from checkin.services.events.events import category_id_named
from checkin.services.people.registration import next_list_version


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
    touch_all_badges(session, event.id, version)  # each entry names the gates that admit it
