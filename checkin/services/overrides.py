"""Who answers for an override at a gate."""

from __future__ import annotations

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter
from sqlalchemy import select

from checkin.db.engine import Database
from checkin.db.models import Operator, Role
from checkin.errors import Forbidden, TooManyRequests
from checkin.services.operators import secret_matches

_MAY_OVERRIDE = (Role.SUPERVISOR, Role.ORGANISER, Role.ADMINISTRATOR)
#: wrong PINs a device may give; a PIN is short, so guessing must be slow
_WRONG_PINS = RateLimitItemPerMinute(5)
_limiter = FixedWindowRateLimiter(MemoryStorage())


def supervisor_with_pin(database: Database, pin: str | None, device_id: int) -> int | None:
    """Return the supervisor whose PIN this is.

    Where nobody has a PIN yet, the device itself answers and None is returned: the scan's row
    names the device and the reason.

    Raises:
        Forbidden: supervisors have PINs and none, or a wrong one, was given.
        TooManyRequests: this device has given too many wrong PINs.
    """
    with database.read() as session:
        supervisors = session.execute(
            select(Operator.id, Operator.pin_hash).where(
                Operator.role.in_(_MAY_OVERRIDE),
                Operator.disabled_at.is_(None),
                Operator.pin_hash.is_not(None),
            )
        ).all()
    if not supervisors:
        return None
    if pin is None:
        raise Forbidden("an override needs a supervisor's PIN")
    if not _limiter.test(_WRONG_PINS, "pin", str(device_id)):
        raise TooManyRequests("too many wrong PINs on this device: wait a minute")
    for supervisor in supervisors:
        if secret_matches(supervisor.pin_hash, pin):
            found: int = supervisor.id
            return found
    _limiter.hit(_WRONG_PINS, "pin", str(device_id))
    raise Forbidden("this is no supervisor's PIN")
