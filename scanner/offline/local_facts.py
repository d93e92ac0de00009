"""Make the facts that `decide` takes from what this device knows of a badge. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from checkin.domain.events.days import FIRST_DAY, Day
from checkin.domain.scanning.facts import (
    Direction,
    EntryPolicy,
    Hours,
    Reentry,
    RegistrationStatus,
    ScanFacts,
    WithoutBadge,
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
    """Return the policy of a list's head for all days, where only the seats lent are filled."""
    grace = timedelta(seconds=head["grace_s"])
    return EntryPolicy(
        reentry=Reentry(head["reentry"]),
        capacity=None if head["capacity"] is None else lent.hall,
        stopped=bool(head.get("stopped")),
        without_badge=WithoutBadge(head.get("without_badge", WithoutBadge.EVERYONE)),
        hours=tuple(_hours(one, grace) for one in head.get("hours", ())),
    )


def days_from(head: Mapping[str, Any]) -> tuple[Day, ...]:
    """Return the days of a list's head; an earlier version's list tells one, without its times."""
    grace = timedelta(seconds=head["grace_s"])
    return tuple(_day(one, grace) for one in head.get("days") or [{**head, **_ONE_DAY}])


def posted_hours(head: Mapping[str, Any]) -> tuple[EntryPolicy, tuple[Day, ...]]:
    """Return a list's policy and days with the hours that people are told.

    They are without the grace, and hold whether entries are stopped or not.
    """
    told = {**head, "grace_s": 0, "stopped": None}
    return policy_from(told, Lent()), days_from(told)


#: when the only day is does not matter: whatever is scanned belongs to it
_ONE_DAY = {"day": FIRST_DAY, "starts_at": "2000-01-01T00:00Z", "ends_at": "2000-01-02T00:00Z"}


def _day(told: Mapping[str, Any], grace: timedelta) -> Day:
    opens_at, closes_at = _moment(told["doors_open_at"]), _moment(told["doors_close_at"])
    return Day(
        number=told["day"],
        starts_at=datetime.fromisoformat(told["starts_at"]),
        ends_at=datetime.fromisoformat(told["ends_at"]),
        opens_at=opens_at and opens_at - grace,
        closes_at=closes_at and closes_at + grace,
        reserve_from=_moment(told["reserve_from"]),
    )


def _hours(told: Mapping[str, Any], grace: timedelta) -> Hours:
    return Hours(
        opens_at=datetime.fromisoformat(told["opens_at"]) - grace,
        closes_at=datetime.fromisoformat(told["closes_at"]) + grace,
        gate_id=told["gate_id"],
        category_id=told["category_id"],
    )


def facts_from(
    content: Mapping[str, Any],
    history: History,
    lent: Lent,
    *,
    direction: Direction,
    gate_id: int | None,
    limited_gates: list[int],
    badge_shown: bool = True,
) -> ScanFacts:
    """Return what is known of the holder of a badge whose entry was opened, or of who has none."""
    facts = ScanFacts(
        standing=RegistrationStatus(content["standing"]),
        blocked=bool(content["blocked"]),
        gate_admits=gate_id not in limited_gates or gate_id in content["gates"],
        gate_id=gate_id,
        category_id=content.get("category_id"),
        entries=history.entries,
        inside=history.inside,
        hall_inside=lent.hall_spent,
        direction=direction,
        badge_shown=badge_shown,
    )
    if facts.standing != RegistrationStatus.RESERVE:
        return facts  # a confirmed person's place is theirs: it needs no lease
    return replace(facts, places_used=lent.places_spent, quota=lent.places)


def walk_in_facts(lent: Lent, *, gate_id: int | None, gate_admits: bool) -> ScanFacts:
    """Return the facts of a person without a badge; a lent place counts as a confirmed one."""
    return ScanFacts(
        gate_admits=gate_admits,
        gate_id=gate_id,
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
