"""Who answers for an override at a gate."""

from __future__ import annotations

from sqlalchemy import select

from checkin.db.engine import Database
from checkin.db.models import Operator
from checkin.errors import Forbidden
from checkin.services.guesses import Guesses
from checkin.services.passwords import secret_matches
from checkin.services.pins import ANSWERS_AT_GATES

_PINS = Guesses("wrong PINs on this device", per_minute=5)


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
                Operator.role.in_(ANSWERS_AT_GATES),
                Operator.disabled_at.is_(None),
                Operator.pin_hash.is_not(None),
            )
        ).all()
    if not supervisors:
        return None
    if pin is None:
        raise Forbidden("an override needs a supervisor's PIN")
    _PINS.check(str(device_id))
    for supervisor in supervisors:
        if secret_matches(supervisor.pin_hash, pin):
            found: int = supervisor.id
            return found
    _PINS.missed(str(device_id))
    raise Forbidden("this is no supervisor's PIN")
