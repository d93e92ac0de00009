"""Seat the people of a list in the buses that their rows name, and let those marked lead them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy.orm import Session

from checkin.db.models import Bus
from checkin.domain.people.importing.importing import PlannedRow
from checkin.services.people.bus_leaders import add_leaders
from checkin.services.people.buses import seat_people


def seat_as_planned(
    session: Session,
    people: Iterable[tuple[int, PlannedRow]],
    version: int,
    now: datetime,
    operator_id: int | None,
) -> None:
    """Seat people, and let them lead, as their rows were planned on the present state of the event.

    Args:
        people: the ids of participants, each with their row.
        version: of the gate list, which the caller has increased.
    """
    riding, leading = defaultdict(list), defaultdict(list)
    for participant_id, row in people:
        of_bus = row.of_bus
        if "bus" in of_bus:
            riding[of_bus["bus"]].append(participant_id)
        if "bus_leader" in of_bus:
            leading[of_bus["bus_leader"]].append(participant_id)
    for act, chosen in ((seat_people, riding), (add_leaders, leading)):
        for bus_id, ids in chosen.items():
            bus = session.get_one(Bus, bus_id)
            act(session, bus, ids, version, now=now, operator_id=operator_id)
