"""Make the facts that `decide` takes from what this device knows of a badge. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from checkin.domain.scanning.facts import (
    Direction,
    EntryPolicy,
    Reentry,
    RegistrationStatus,
    ScanFacts,
)
from scanner.offline.memory import History


@dataclass(frozen=True, slots=True)
class Lent:
    """Places of one delegation and seats of the hall that were lent, and how many are used.

    Attributes:
        places, hall: as lent; 0 without a lease.
        places_spent, hall_spent: given away already.
    """

    places: int = 0
    places_spent: int = 0
    hall: int = 0
    hall_spent: int = 0


def policy_from(head: Mapping[str, Any], lent: Lent) -> EntryPolicy:
    """Return the entry policy of a list's head, for a device that fills only the seats lent."""
    grace = timedelta(seconds=head["grace_s"])
    opens_at, closes_at = _moment(head["doors_open_at"]), _moment(head["doors_close_at"])
    return EntryPolicy(
        reentry=Reentry(head["reentry"]),
        opens_at=opens_at and opens_at - grace,
        closes_at=closes_at and closes_at + grace,
        reserve_from=_moment(head["reserve_from"]),
        capacity=None if head["capacity"] is None else lent.hall,
        stopped=bool(head.get("stopped")),
    )


def facts_from(
    content: Mapping[str, Any],
    history: History,
    lent: Lent,
    *,
    direction: Direction,
    gate_id: int | None,
    limited_gates: list[int],
) -> ScanFacts:
    """Return what is known of the holder of a badge whose entry was opened."""
    facts = ScanFacts(
        standing=RegistrationStatus(content["standing"]),
        blocked=bool(content["blocked"]),
        gate_admits=gate_id not in limited_gates or gate_id in content["gates"],
        entries=history.entries,
        inside=history.inside,
        hall_inside=lent.hall_spent,
        direction=direction,
    )
    if facts.standing != RegistrationStatus.RESERVE:
        return facts  # a confirmed person's place is theirs: it needs no lease
    return replace(facts, places_used=lent.places_spent, quota=lent.places)


def walk_in_facts(lent: Lent, *, gate_admits: bool) -> ScanFacts:
    """Return the facts of a person without a badge; a lent place counts as a confirmed one."""
    return ScanFacts(
        gate_admits=gate_admits,
        places_used=lent.places_spent,
        quota=lent.places,
        hall_inside=lent.hall_spent,
    )


def takes_place(facts: ScanFacts) -> bool:
    """Say whether an admission with these facts uses a lent place."""
    return facts.standing == RegistrationStatus.RESERVE and facts.entries == 0


def takes_seat(facts: ScanFacts, policy: EntryPolicy) -> bool:
    """Say whether an admission with these facts uses a lent seat."""
    return policy.capacity is not None and not facts.inside


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
