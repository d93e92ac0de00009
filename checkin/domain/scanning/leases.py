"""Leases: which places a device is lent, and how a loan changes the facts of a scan."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from checkin.domain.scanning.facts import RegistrationStatus, ScanFacts

#: how long places are lent, by the server's clock
LIFETIME = timedelta(minutes=10)
#: the same to a hub: a hall may be cut off for hours
HUB_LIFETIME = timedelta(hours=24)
#: a device in touch within this time may be lent places
ACTIVE_WITHIN = timedelta(minutes=10)
#: how wrong a corrected time may be: the way of the message that told the device's clock
CLOCK_ERROR = timedelta(seconds=5)


def pool(free: int, *, kept: int | None, may_lend: bool, is_open: bool) -> int:
    """Return how many of a delegation's places may be lent to gates, to all of them together.

    Args:
        free: places that nobody has; negative if people were let in over the quota.
        kept: what is left of the places that the organiser keeps for gates; None: they did not
            say, so that gates get at most a tenth of what is free, once the doors are open.
        may_lend: nobody waits for a place, or whoever waits and stands at a gate may take one.
            Else somebody at a gate without the network would overtake those who wait.
        is_open: the doors are open. Before, registrations stand as if there were no devices.
    """
    if not may_lend:
        return 0
    if kept is None:
        return max(0, free) // 10 if is_open else 0
    return max(0, min(kept, free))


def share_of_pool(pool: int, lent: int, devices: int) -> int:
    """Return how many places of a pool one of `devices` is lent, so that each has as many.

    What does not divide goes to those who ask first.

    Args:
        lent: how many of the pool the other devices may still use.
        devices: how many devices there are to lend to, including the one that asks.
    """
    return max(0, min(-(-pool // max(1, devices)), pool - lent))


def share(free: int, devices: int) -> int:
    """Return for how many people of the `free` room in the hall one of `devices` is lent some.

    It is divided into one share more than there are devices, so that some is always left for gates
    that are online, and grants in any order never lend more than is free.

    Args:
        free: room neither taken nor lent; negative if people were let in over the limit.
        devices: how many devices there are to lend to, including the one that asks.
    """
    return max(0, free) // (max(1, devices) + 1)


def hub_share(free: int, hubs: int, *, gates_online: bool) -> int:
    """Return for how many people of the `free` room in the hall one of `hubs` is lent some.

    Args:
        free: room neither taken nor lent to others; negative if people were let in over the limit.
        hubs: how many there are, including the one that asks.
        gates_online: gates talk to the server itself, and keep a share as large as a hub's.
    """
    return max(0, free) // (max(1, hubs) + gates_online)


def in_life(at: datetime, granted_at: datetime, expires_at: datetime) -> bool:
    """Say whether a device could use its lease at a moment, by the server's clock.

    A renewal in the meantime does not matter, because its answer may have been lost.
    """
    return granted_at - CLOCK_ERROR <= at <= expires_at + CLOCK_ERROR


@dataclass(frozen=True, slots=True)
class Loan:
    """What a lease lends to one admission.

    Attributes:
        place: it lends a place of the delegation's quota to a person who has none.
        place_held: that place is counted among the places lent now, and so among those used.
        hall_held: room for one person in the hall is counted as lent in the same way.
    """

    place: bool = False
    place_held: bool = False
    hall_held: bool = False


NO_LOAN = Loan()


def with_loan(facts: ScanFacts, loan: Loan) -> ScanFacts:
    """Return the facts of a badge, changed by what a lease lends to it.

    A lent place counts like a confirmed one, and what is held for this admission is not counted
    against it. Room in the hall that is held stays held, even if others were let in over the
    capacity meanwhile.
    """
    if loan == NO_LOAN:
        return facts
    lent = loan.place and facts.standing == RegistrationStatus.RESERVE
    return replace(
        facts,
        standing=RegistrationStatus.CONFIRMED if lent else facts.standing,
        places_used=facts.places_used - loan.place_held,
        hall_inside=0 if loan.hall_held else facts.hall_inside,
    )
