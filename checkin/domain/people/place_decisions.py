"""Decide what a correction of a registration does to places: facts in, values out.

A place that an arrival uses is given to nobody else, and nobody who has arrived is put on a reserve
list. `docs/corrections.md` says what follows for each correction; tests run its table.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from checkin.domain.scanning.facts import RegistrationStatus

CONFIRMED, RESERVE, CANCELED = (
    RegistrationStatus.CONFIRMED,
    RegistrationStatus.RESERVE,
    RegistrationStatus.CANCELED,
)


class Arrival(StrEnum):
    """Whether a person has arrived, and whether their arrival uses a place of the quota.

    Whoever has left again has still arrived. An arrival without a place is one that a supervisor
    answers for, or that a gate without the network made against the rules.
    """

    NONE = "none"
    WITH_PLACE = "with_place"
    WITHOUT_PLACE = "without_place"


class Needs(StrEnum):
    """What a correction needs of a delegation's quota.

    OWN_PLACE: the place that the person's arrival uses already, counted as confirmed from now on.
    """

    NOTHING = "nothing"
    FREE_PLACE = "free_place"
    OWN_PLACE = "own_place"


@dataclass(frozen=True, slots=True)
class PlaceDecision:
    """What becomes of a registration.

    Attributes:
        needs: what decides between the two.
        standing: what the person is then, if the delegation has it.
        otherwise: what they are if it has not; None: the correction is refused.
    """

    needs: Needs
    standing: RegistrationStatus
    otherwise: RegistrationStatus | None


def reinstating(arrival: Arrival) -> PlaceDecision:
    """Decide what a canceled person is who is registered again."""
    if arrival is Arrival.NONE:
        return PlaceDecision(Needs.FREE_PLACE, CONFIRMED, RESERVE)
    if arrival is Arrival.WITH_PLACE:
        return PlaceDecision(Needs.OWN_PLACE, CONFIRMED, None)
    return PlaceDecision(Needs.FREE_PLACE, CONFIRMED, None)


def moving(standing: RegistrationStatus, arrival: Arrival) -> PlaceDecision:
    """Decide what a person is in the delegation to which they are moved, with their arrival."""
    if standing == CANCELED:
        if arrival is Arrival.WITH_PLACE:
            return PlaceDecision(Needs.FREE_PLACE, CANCELED, None)
        return PlaceDecision(Needs.NOTHING, CANCELED, CANCELED)
    if arrival is Arrival.NONE:
        return PlaceDecision(Needs.FREE_PLACE, CONFIRMED, RESERVE)
    return PlaceDecision(Needs.FREE_PLACE, CONFIRMED, None)
