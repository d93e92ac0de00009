"""How rows of a hub are numbered, so that they never meet those of the central server."""

from __future__ import annotations

#: the first number of what a hub makes itself
OWN_NUMBERS = 2**30
#: at a hub, the device that holds what the central server has not lent to it
CENTRAL_DEVICE = OWN_NUMBERS - 1
