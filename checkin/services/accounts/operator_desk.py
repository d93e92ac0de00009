"""What an administrator does with accounts: see them, change, disable and enable them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from checkin.db.models import Delegation, Event, LinkPurpose, Operator, PasswordLink, Role
from checkin.errors import LastAdministrator, NotFound
from checkin.services.accounts.operators import check_delegation, read_name
from checkin.services.accounts.pins import ANSWERS_AT_GATES
from checkin.services.accounts.sessions import end_sessions
from checkin.services.common.activity import note


@dataclass(frozen=True, slots=True)
class Account:
    """An operator as the list shows them.

    Attributes:
        link: what they were last given to choose a password with, if it was not used.
    """

    operator: Operator
    delegation: Delegation | None
    event: Event | None
    link: PasswordLink | None


def accounts(session: Session) -> Sequence[Account]:
    """Return every account, those who may sign in first, by name."""
    rows = session.execute(
        select(Operator, Delegation, Event)
        .outerjoin(Delegation, Delegation.id == Operator.delegation_id)
        .outerjoin(Event, Event.id == Delegation.event_id)
        .order_by(Operator.disabled_at.is_not(None), Operator.name, Operator.id)
    )
    links = _links(session)
    return [Account(one, of, at, links.get(one.id)) for one, of, at in rows]


def account_numbered(session: Session, operator_id: int) -> Account:
    """Return one account.

    Raises:
        NotFound: there is none with this number.
    """
    operator = operator_numbered(session, operator_id)
    of = session.get(Delegation, operator.delegation_id) if operator.delegation_id else None
    at = session.get_one(Event, of.event_id) if of else None
    return Account(operator, of, at, _links(session).get(operator.id))


def operator_numbered(session: Session, operator_id: int) -> Operator:
    """Return an operator.

    Raises:
        NotFound: there is none with this number.
    """
    operator = session.get(Operator, operator_id)
    if operator is None:
        raise NotFound(f"no account has the number {operator_id}")
    return operator


def delegations_to_choose(session: Session) -> Sequence[tuple[Event, Delegation]]:
    """Return the delegations of all events that a coordinator may belong to."""
    rows = session.execute(
        select(Event, Delegation)
        .join(Delegation, Delegation.event_id == Event.id)
        .order_by(Event.starts_at.desc(), Event.id, Delegation.name)
    )
    return [(event, delegation) for event, delegation in rows]


def change_account(
    session: Session,
    operator: Operator,
    *,
    name: str,
    role: Role,
    delegation_id: int | None,
    language: str,
    now: datetime,
    by: int | None,
) -> bool:
    """Correct an account; return whether its rights are others now.

    Raises:
        InvalidField: the name is no name, or the role and the delegation do not go together.
        LastAdministrator: nobody else could open or change accounts.
    """
    person = read_name(name)
    check_delegation(session, role, delegation_id)
    if role != Role.ADMINISTRATOR:
        _keep_one_administrator(session, operator)
    rights = (str(role), delegation_id)
    changed = rights != (operator.role, operator.delegation_id)
    operator.name, operator.language = person, language
    operator.role, operator.delegation_id = rights
    if role not in ANSWERS_AT_GATES:
        operator.pin_hash = None  # whoever answers for nothing at the gates has no PIN
    if changed:
        end_sessions(session, operator.id)
    note(session, None, "operator.change", now, operator_id=by, account=operator.id, role=role)
    return changed


def disable(session: Session, operator: Operator, *, now: datetime, by: int | None) -> None:
    """Let an operator in no more, from this moment on.

    Raises:
        LastAdministrator: nobody else could open or change accounts.
    """
    if operator.disabled_at is not None:
        return
    _keep_one_administrator(session, operator)
    operator.disabled_at = now
    end_sessions(session, operator.id)
    note(session, None, "operator.disable", now, operator_id=by, account=operator.id)


def enable(session: Session, operator: Operator, *, now: datetime, by: int | None) -> None:
    """Let an operator in again."""
    if operator.disabled_at is not None:
        operator.disabled_at = None
        note(session, None, "operator.enable", now, operator_id=by, account=operator.id)


def _keep_one_administrator(session: Session, operator: Operator) -> None:
    # Locked, so that two administrators who disable each other do not both succeed: the second
    # waits here, and then finds itself alone.
    administrators = session.scalars(
        select(Operator.id)
        .where(Operator.role == Role.ADMINISTRATOR, Operator.disabled_at.is_(None))
        .order_by(Operator.id)
        .with_for_update()
    ).all()
    if list(administrators) == [operator.id]:
        raise LastAdministrator("the last administrator stays: make somebody else one first")


def _links(session: Session) -> dict[int, PasswordLink]:
    given = select(PasswordLink).where(PasswordLink.purpose != LinkPurpose.FORGOTTEN)
    return {link.operator_id: link for link in session.scalars(given.order_by(PasswordLink.id))}
