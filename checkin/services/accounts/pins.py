"""Supervisors' PINs: each identifies the supervisor who authorises an override at a gate."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from checkin.db.models import Operator, Role
from checkin.domain.accounts.passwords import is_guessable, is_pin
from checkin.errors import Forbidden, InvalidRequest, NotFound
from checkin.services.accounts.hashing import hash_pin, secret_matches
from checkin.services.common.activity import note

#: who may answer for an override; nobody else has a PIN
ANSWERS_AT_GATES = (Role.SUPERVISOR, Role.ORGANISER, Role.ADMINISTRATOR)
#: of those that we make: at 5 wrong ones a minute, a device finds a given one in ten weeks
_DIGITS = 6
#: the conditions of those whose PIN works now
HAS_PIN = (
    Operator.role.in_(ANSWERS_AT_GATES),
    Operator.disabled_at.is_(None),
    Operator.pin_hash.is_not(None),
)


def somebody_has_a_pin(session: Session) -> bool:
    """Say whether anybody has a PIN that works: without one no gate can override anything."""
    return bool(session.scalar(select(exists().where(*HAS_PIN))))


def people_with_pins(session: Session) -> Sequence[Operator]:
    """Return the operators who may have a PIN, by name: those whose role authorises overrides."""
    return session.scalars(
        select(Operator)
        .where(Operator.role.in_(ANSWERS_AT_GATES), Operator.disabled_at.is_(None))
        .order_by(Operator.name, Operator.id)
    ).all()


def may_give_pin(giver: Operator, to: Operator) -> bool:
    """Say whether an operator may make another operator's PIN, and so could act in their name.

    Administrators may make everybody's, organisers those of supervisors and their own.
    """
    if giver.role == Role.ADMINISTRATOR or giver.id == to.id:
        return True
    return giver.role == Role.ORGANISER and to.role == Role.SUPERVISOR


def give_pin(session: Session, giver: Operator, to: Operator, *, now: datetime) -> str:
    """Make a new PIN for an operator and return it, to be shown once; their former PIN ends.

    Raises:
        Forbidden: the giver may not make this operator's PIN.
        NotFound: the account is disabled.
        InvalidRequest: the operator's role authorises no overrides.
    """
    if to.disabled_at is not None:
        raise NotFound("a disabled account gets no PIN: enable it first")
    if not may_give_pin(giver, to):
        raise Forbidden("an administrator makes this person's PIN")
    return new_pin(session, to, now=now, by=giver.id)


def new_pin(session: Session, operator: Operator, *, now: datetime, by: int | None = None) -> str:
    """Make a random PIN that no operator has and that is not easily guessed, and return it.

    The PIN is not chosen by a person, who would learn another operator's PIN by choosing a taken
    one.
    """
    while True:
        pin = f"{secrets.randbelow(10**_DIGITS):0{_DIGITS}d}"
        if not is_guessable(pin) and not _is_taken(session, operator, pin):
            set_pin(session, operator, pin, now=now, by=by)
            return pin


def set_pin(
    session: Session, operator: Operator, pin: str, *, now: datetime, by: int | None = None
) -> None:
    """Set the PIN with which a supervisor authorises an override at a gate.

    Raises:
        InvalidRequest: the PIN is not 4 to 8 digits, is easily guessed, belongs to another
            operator, or the operator's role authorises no overrides.
    """
    if not is_pin(pin):
        raise InvalidRequest("a PIN has 4 to 8 digits")
    if is_guessable(pin):
        raise InvalidRequest("choose another PIN: this one is easily guessed")
    if operator.role not in ANSWERS_AT_GATES:
        raise InvalidRequest(f"{operator.name} is no supervisor: only supervisors have a PIN")
    if _is_taken(session, operator, pin):
        raise InvalidRequest("choose another PIN: this one is taken")
    operator.pin_hash = hash_pin(pin)
    note(session, None, "operator.pin", now, operator_id=by, account=operator.id)


def _is_taken(session: Session, operator: Operator, pin: str) -> bool:
    # The PIN alone says who answers for an override, so no two people may share one.
    others = select(Operator.pin_hash).where(
        Operator.id != operator.id, Operator.pin_hash.is_not(None)
    )
    return any(secret_matches(pin_hash or "", pin) for pin_hash in session.scalars(others))
