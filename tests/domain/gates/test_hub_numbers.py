"""How rows of a hub are numbered."""

from __future__ import annotations

from checkin.domain.gates.hub_numbers import CENTRAL_DEVICE, OWN_NUMBERS


def test_the_numbers_of_a_hub_are_those_that_hubs_have_stored():
    assert (OWN_NUMBERS, CENTRAL_DEVICE) == (1_073_741_824, 1_073_741_823)
