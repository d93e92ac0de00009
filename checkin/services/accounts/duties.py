"""What an operator has to do before anything else: choose their own password, then set a second
factor up where their role needs one.

The account that opens a demo is exempt for as long as the demo's event is the only one.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from enum import StrEnum

from sqlalchemy import exists, select, update
from sqlalchemy.orm import Session

from checkin.db.models import Event, Operator, Role
from checkin.domain.events.details import DEMO_SLUG
from checkin.errors import FirstPasswordExpired

#: who has to have a second factor, by the words of CHECKIN_SECOND_FACTOR
REQUIRED_OF: dict[str, Collection[Role]] = {
    "optional": (),
    "administrators": (Role.ADMINISTRATOR,),
    "organisers": (Role.ADMINISTRATOR, Role.ORGANISER),
}


class Duty(StrEnum):
    """What has to be done first."""

    OWN_PASSWORD = "own_password"  # noqa: S105 - the name of a duty
    SECOND_FACTOR = "second_factor"


def duty_of(session: Session, operator: Operator, rule: str) -> Duty | None:
    """Return what an operator has to do first by the rule for second factors, or None."""
    duty = _duty(operator, rule)
    return None if duty is None or is_exempt(session, operator) else duty


def is_exempt(session: Session, operator: Operator) -> bool:
    """Say whether an operator opened the demo, and no event but the demo's is there."""
    others = select(exists().where(Event.slug != DEMO_SLUG))
    return operator.is_demo and not session.scalar(others)


def refuse_expired(session: Session, operator: Operator, now: datetime) -> None:
    """Refuse a first password that was not replaced in time.

    Raises:
        FirstPasswordExpired: that is so.
    """
    until = operator.password_until
    if until is not None and until <= now and not is_exempt(session, operator):
        raise FirstPasswordExpired("this first password has expired: ask for a new one")


def make_demo_account(session: Session) -> None:
    """Let the first administrator open the demo at once, unless anybody uses this installation."""
    used = select(exists().where(Operator.last_login_at.is_not(None)))
    if not session.scalar(used):
        session.execute(
            update(Operator).where(Operator.role == Role.ADMINISTRATOR).values(is_demo=True)
        )


def _duty(operator: Operator, rule: str) -> Duty | None:
    if operator.password_until is not None:
        return Duty.OWN_PASSWORD
    if operator.totp_sealed is None and Role(operator.role) in REQUIRED_OF[rule]:
        return Duty.SECOND_FACTOR
    return None
