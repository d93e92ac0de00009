"""Identify the supervisor who authorises an override at a gate."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from checkin.db.engine import Database
from checkin.db.models import Operator
from checkin.errors import Forbidden, Unavailable
from checkin.services.accounts.hashing import secret_matches
from checkin.services.accounts.pins import ANSWERS_AT_GATES
from checkin.services.limits.limits import Limits
from checkin.services.limits.rules import PINS


def supervisor_with_pin(
    database: Database, limits: Limits, pin: str | None, device_id: int
) -> int | None:
    """Return the id of the supervisor whose PIN this is.

    Where no supervisor has a PIN yet, None is returned and the override needs none: the scan's row
    names the device and the reason.

    Raises:
        Forbidden: supervisors have PINs, and no PIN or a wrong one was given.
        TooManyRequests: this device has given too many wrong PINs.
        Unavailable: too many PINs are being verified at this moment.
    """
    with database.read() as session:
        supervisors = session.execute(
            select(Operator.id, Operator.pin_hash).where(
                Operator.role.in_(ANSWERS_AT_GATES),
                Operator.disabled_at.is_(None),
                Operator.pin_hash.is_not(None),
            )
        ).all()
    if not supervisors:
        return None
    if pin is None:
        raise Forbidden("an override needs a supervisor's PIN")
    tried = limits.reserve((PINS, str(device_id)))
    try:
        found = _supervisor_with(supervisors, pin)
    except Unavailable:
        tried.give_back()
        raise
    if found is None:
        raise Forbidden("this is no supervisor's PIN")
    tried.give_back()
    return found


def _supervisor_with(supervisors: Sequence[Any], pin: str) -> int | None:
    matching = (one.id for one in supervisors if secret_matches(one.pin_hash, pin))
    return next(matching, None)
