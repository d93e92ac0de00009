"""Operators: people with an account, and how they sign in."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from checkin.db.engine import Database, in_transaction
from checkin.db.models import Delegation, Event, LinkPurpose, Operator, PasswordLink, Role
from checkin.domain.common.contacts import normalise_email
from checkin.domain.common.names import clean_name
from checkin.domain.common.problems import InvalidValue, Problem
from checkin.errors import InvalidRequest, LastAdministrator, NotFound, Unauthenticated
from checkin.services.accounts.hashing import (
    KNOWN_TURNS,
    hash_again,
    hash_password,
    password_matches,
)
from checkin.services.accounts.pins import ANSWERS_AT_GATES
from checkin.services.accounts.sessions import end_sessions
from checkin.services.common.activity import note
from checkin.services.common.turns import Turns
from checkin.words.languages import DEFAULT_LANGUAGE, SOURCE_LANGUAGE
from checkin.words.problems import problem_sentence

#: an address has 320 characters at most (RFC 3696, with errata 254)
LONGEST_EMAIL = 320
_NO_SUCH_LOGIN = "this e-mail and password do not go together"


class InvalidField(InvalidRequest):
    """One field of an account is wrong; `problem` says what."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem_sentence(problem, SOURCE_LANGUAGE))
        self.problem = problem


@dataclass(frozen=True, slots=True)
class NewOperator:
    """A new account; the password is known here only, to be shown once."""

    operator: Operator
    password: str


def add_operator(
    session: Session,
    *,
    email: str,
    name: str,
    role: Role,
    password: str | None = None,
    delegation_id: int | None = None,
    language: str = DEFAULT_LANGUAGE,
    now: datetime,
    by: int | None = None,
) -> NewOperator:
    """Open an account; without a password one is made.

    Args:
        by: the operator who does it; None for the command line.

    Raises:
        InvalidField: the e-mail is no address or has an account, the name is no name, or a
            coordinator has no delegation (or another role has one).
        WeakPassword: the password is one that others guess.
        NotFound: there is no such delegation.
    """
    address, person = _read_address(email), read_name(name)
    _refuse_second_account(session, address)
    check_delegation(session, role, delegation_id)
    password = secrets.token_urlsafe(12) if password is None else password
    operator = Operator(
        email=address,
        name=person,
        role=role,
        password_hash=hash_password(password, about=(person, address)),
        delegation_id=delegation_id,
        language=language,
        created_at=now,
    )
    session.add(operator)
    session.flush()
    note(session, None, "operator.add", now, operator_id=by, account=operator.id, role=role)
    return NewOperator(operator, password)


def set_password(
    session: Session, operator: Operator, password: str, *, now: datetime, by: int | None = None
) -> None:
    """Give an operator a new password; it ends all their sessions.

    Raises:
        WeakPassword: it is one that others guess.
    """
    operator.password_hash = hash_password(password, about=(operator.name, operator.email))
    end_sessions(session, operator.id)
    note(session, None, "operator.password", now, operator_id=by, account=operator.id)


def authenticate(
    database: Database,
    email: str,
    password: str,
    *,
    turns: Turns = KNOWN_TURNS,
    first: Callable[[], None] | None = None,
) -> Operator:
    """Return whose e-mail and password these are.

    An unknown e-mail takes as long as a wrong password, and is refused with the same words, so
    that nobody learns who has an account.

    Args:
        turns: whose turns the password is hashed in.
        first: is done once it is its turn.

    Raises:
        Unauthenticated: unknown e-mail, wrong password or disabled account. Which is not said.
        Unavailable: too many wait for their turn.
    """
    with database.read() as session:
        operator = operator_by_email(session, email)
    stored = operator.password_hash if operator else None
    matched = password_matches(stored, password, turns=turns, first=first)
    if operator is None or not matched or operator.disabled_at is not None:
        raise Unauthenticated(_NO_SUCH_LOGIN)
    if hash_again(operator.password_hash, password) != operator.password_hash:
        in_transaction(database, lambda session: _rehash_if_needed(session, operator.id, password))
    return operator


def typed_email(text: str) -> str:
    """Return an e-mail in the form in which accounts are found, whatever was typed.

    All ways to write one address have one form; what is no address at all is cut to a length.
    """
    short = text[:LONGEST_EMAIL]
    try:
        return normalise_email(short)
    except InvalidValue:
        return short.strip().lower()


def operator_by_email(session: Session, email: str) -> Operator | None:
    """Return whose account this e-mail has, as it was typed."""
    return session.scalar(select(Operator).where(Operator.email == typed_email(email)))


def operator_named(session: Session, email: str) -> Operator:
    """Return the operator with this e-mail.

    Raises:
        NotFound: nobody has an account with it.
    """
    operator = operator_by_email(session, email)
    if operator is None:
        raise NotFound(f"{typed_email(email)} has no account: open one with `operator add`")
    return operator


def _rehash_if_needed(session: Session, operator_id: int, password: str) -> None:
    operator = session.get_one(Operator, operator_id)
    operator.password_hash = hash_again(operator.password_hash, password)


def read_name(name: str) -> str:
    """Return an operator's name, tidied.

    Raises:
        InvalidField: it is no name.
    """
    try:
        return clean_name(name)
    except InvalidValue as fault:
        raise InvalidField(fault.in_column("name")) from None


def _read_address(email: str) -> str:
    try:
        return normalise_email(email)
    except InvalidValue as fault:
        raise InvalidField(fault.in_column("email")) from None


def _refuse_second_account(session: Session, email: str) -> None:
    if session.scalar(select(Operator.id).where(Operator.email == email)) is not None:
        raise InvalidField(Problem("email", "has_account", email))


def check_delegation(session: Session, role: Role, delegation_id: int | None) -> None:
    """Hold coordinators, and only them, to one delegation.

    Raises:
        InvalidField: this role and this delegation do not go together.
        NotFound: there is no such delegation.
    """
    if (role == Role.COORDINATOR) != (delegation_id is not None):
        raise InvalidField(Problem("delegation", "coordinators_only"))
    if delegation_id is not None and session.get(Delegation, delegation_id) is None:
        raise NotFound(f"no delegation has the number {delegation_id}")


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


def account_by_id(session: Session, operator_id: int) -> Account:
    """Return one account.

    Raises:
        NotFound: there is none with this number.
    """
    operator = operator_by_id(session, operator_id)
    of = session.get(Delegation, operator.delegation_id) if operator.delegation_id else None
    at = session.get_one(Event, of.event_id) if of else None
    return Account(operator, of, at, _links(session).get(operator.id))


def operator_by_id(session: Session, operator_id: int) -> Operator:
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
