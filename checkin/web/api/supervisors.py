"""Whose PIN a device's request gives."""

from __future__ import annotations

from checkin.services.scanning.overrides import supervisor_with_pin
from checkin.web.api.contract import current_device, now
from checkin.web.site.state import marhaba


def supervisor_of(pin: str | None) -> int:
    """Return the id of the supervisor whose PIN this is, for the device that asks.

    Raises:
        NoPins, Forbidden, TooManyRequests, Unavailable: as `supervisor_with_pin` does.
    """
    state = marhaba()
    return supervisor_with_pin(state.database, state.limits, pin, current_device(), now())
