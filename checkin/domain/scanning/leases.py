"""Leases: how places are shared among devices, and what a lent place changes at the gate."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from checkin.domain.scanning.facts import RegistrationStatus, ScanFacts

#: how long places are lent, by the server's clock
LIFETIME = timedelta(minutes=10)
#: a device in touch within this time may be lent places
ACTIVE_WITHIN = timedelta(minutes=10)
#: how wrong a corrected time may be: the way of the message that told the device's clock
CLOCK_ERROR = timedelta(seconds=5)


def share(free: int, devices: int) -> int:
    """Return how many of `free` places one of `devices` is lent.

    One share more than there are devices is cut, so that something is always left for the gates
    that are online, and whatever the order of grants, they never lend more than is free.

    Args:
        free: places that are nobody's, not even lent; below nothing where people were let in over
            the limit.
        devices: how many devices there are to lend to, the asking one included.
    """
    return max(0, free) // (max(1, devices) + 1)


def in_life(at: datetime, granted_at: datetime, expires_at: datetime) -> bool:
    """Say whether a lease was its device's to use at a moment, by the server's clock.

    That it was renewed meanwhile does not matter: the answer that said so may have been lost.
    """
    return granted_at - CLOCK_ERROR <= at <= expires_at + CLOCK_ERROR


@dataclass(frozen=True, slots=True)
class Loan:
    """What a lease lends to one admission.

    Attributes:
        place: it lends a place of the delegation's quota to somebody who has none.
        place_held: that place is counted among the places lent now, and so among those used.
        hall_held: room for one in the hall is set aside so.
    """

    place: bool = False
    place_held: bool = False
    hall_held: bool = False


NO_LOAN = Loan()


def with_loan(facts: ScanFacts, loan: Loan) -> ScanFacts:
    """Return the facts of a badge for which a lease lends what it lacks.

    A lent place is as good as a confirmed one; and what is held for this very admission does not
    stand against it. Room that is set aside stays so, even where others were let in over the
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
