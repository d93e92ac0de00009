"""Operators' accounts: opening, authenticating, listing, changing, disabling and enabling them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from checkin.db.engine import Database, in_transaction
from checkin.db.models import Delegation, Event, LinkPurpose, Operator, PasswordLink, Role
from checkin.domain.accounts.passwords import Weakness, one_form
from checkin.domain.common.contacts import normalise_email
from checkin.domain.common.names import clean_name
from checkin.domain.common.problems import InvalidValue, Problem
from checkin.errors import InvalidRequest, LastAdministrator, NotFound, Unauthenticated
from checkin.services.accounts.hashing import (
    KNOWN_TURNS,
    hash_again,
    hash_password,
    password_matches,
    random_password,
    secret_matches,
    weak,
)
from checkin.services.accounts.pins import ANSWERS_AT_GATES
from checkin.services.accounts.sessions import end_sessions
from checkin.services.common.activity import note
from checkin.services.common.purged import refuse_purged
from checkin.services.common.turns import Turns
from checkin.words.languages import DEFAULT_LANGUAGE, SOURCE_LANGUAGE
from checkin.words.problems import problem_sentence

#: an address has 320 characters at most (RFC 3696, with errata 254)
LONGEST_EMAIL = 320
#: so long a first password works, which others may have seen: as long as an invitation
FIRST_PASSWORD_LIFETIME = timedelta(days=7)
_NO_SUCH_LOGIN = "this e-mail and password do not go together"


class InvalidField(InvalidRequest):
    """A field of an account is invalid; `problem` says which and why."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem_sentence(problem, SOURCE_LANGUAGE))
        self.problem = problem


@dataclass(frozen=True, slots=True)
class NewOperator:
    """A new account with its first password, which is shown once and stored only as a hash."""

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
    """Open an account; where no password is given, a first one is made, which has to be replaced.

    Args:
        password: one that the person has chosen.
        by: the operator who opens it; None for the command line.

    Raises:
        InvalidField: the e-mail address is invalid or has an account, the name is invalid, or a
            coordinator has no delegation (or another role has one).
        WeakPassword: the password is easily guessed.
        NotFound: no delegation has this id.
        EventPurged: the delegation's event takes nobody any more.
    """
    address, person = _read_address(email), read_name(name)
    _refuse_second_account(session, address)
    check_delegation(session, role, delegation_id)
    _refuse_purged_delegation(session, delegation_id)
    chosen = password is not None
    password = random_password() if password is None else password
    operator = Operator(
        email=address,
        name=person,
        role=role,
        password_hash=hash_password(password, about=(person, address)),
        password_until=None if chosen else now + FIRST_PASSWORD_LIFETIME,
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
    """Set the password that an operator has chosen; their sessions and password links end.

    Raises:
        WeakPassword: the password is easily guessed.
    """
    operator.password_hash = hash_password(password, about=(operator.name, operator.email))
    operator.password_until = None
    end_access(session, operator.id)
    note(session, None, "operator.password", now, operator_id=by, account=operator.id)


def replace_first_password(
    session: Session, operator: Operator, password: str, *, now: datetime
) -> None:
    """Set the password that an operator has chosen instead of their first one.

    Raises:
        WeakPassword: the password is easily guessed, or is the first one.
    """
    if secret_matches(operator.password_hash, one_form(password)):
        raise weak(Weakness.GIVEN)
    set_password(session, operator, password, now=now, by=operator.id)


def give_first_password(session: Session, operator: Operator, *, now: datetime) -> str:
    """Give an operator a new first password, to be shown once, which they have to replace."""
    password = random_password()
    set_password(session, operator, password, now=now)
    operator.password_until = now + FIRST_PASSWORD_LIFETIME
    return password


def end_access(session: Session, operator_id: int) -> None:
    """End all sessions of an operator, and all links with which they could choose a password."""
    end_sessions(session, operator_id)
    session.execute(delete(PasswordLink).where(PasswordLink.operator_id == operator_id))


def authenticate(
    database: Database,
    email: str,
    password: str,
    *,
    turns: Turns = KNOWN_TURNS,
    first: Callable[[], None] | None = None,
) -> Operator:
    """Return the operator who has this e-mail address and password.

    An unknown e-mail address takes as long as a wrong password, and is refused with the same words,
    so that nobody learns who has an account.

    Args:
        turns: the queue in which the password waits to be hashed.
        first: called in the turn, before the password is hashed.

    Raises:
        Unauthenticated: unknown e-mail, wrong password or disabled account; the fault does not say
            which.
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
    """Return a typed e-mail address in the form in which accounts are looked up.

    All spellings of an address give one form; a text that is no address is cut to a fixed length.
    """
    short = text[:LONGEST_EMAIL]
    try:
        return normalise_email(short)
    except InvalidValue:
        return short.strip().lower()


def operator_by_email(session: Session, email: str) -> Operator | None:
    """Return the operator who has this e-mail address, however it was typed, or None."""
    return session.scalar(select(Operator).where(Operator.email == typed_email(email)))


def operator_named(session: Session, email: str) -> Operator:
    """Return the operator who has this e-mail address.

    Raises:
        NotFound: no account has this address.
    """
    operator = operator_by_email(session, email)
    if operator is None:
        raise NotFound(f"{typed_email(email)} has no account: open one with `operator add`")
    return operator


def _rehash_if_needed(session: Session, operator_id: int, password: str) -> None:
    operator = session.get_one(Operator, operator_id)
    operator.password_hash = hash_again(operator.password_hash, password)


def read_name(name: str) -> str:
    """Return an operator's name in the form that is stored.

    Raises:
        InvalidField: the name is invalid.
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
    """Check that a coordinator, and no other role, has a delegation.

    Raises:
        InvalidField: a coordinator has no delegation, or another role has one.
        NotFound: no delegation has this id.
    """
    if (role == Role.COORDINATOR) != (delegation_id is not None):
        raise InvalidField(Problem("delegation", "coordinators_only"))
    if delegation_id is not None and session.get(Delegation, delegation_id) is None:
        raise NotFound(f"no delegation has the number {delegation_id}")


def _refuse_purged_delegation(session: Session, delegation_id: int | None) -> None:
    if delegation_id is not None:
        refuse_purged(session, session.get_one(Delegation, delegation_id).event_id)


@dataclass(frozen=True, slots=True)
class Account:
    """An operator as the list of accounts shows them.

    Attributes:
        link: the latest unused link with which they can choose a password; None without one.
    """

    operator: Operator
    delegation: Delegation | None
    event: Event | None
    link: PasswordLink | None


def accounts(session: Session) -> Sequence[Account]:
    """Return every account by name, enabled accounts first."""
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
    """Change an account; return whether what it may do has changed.

    Raises:
        InvalidField: the name is invalid, or the role and the delegation do not go together.
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
        operator.pin_hash = None  # only roles that authorise overrides have a PIN
    if changed:
        end_sessions(session, operator.id)
    note(session, None, "operator.change", now, operator_id=by, account=operator.id, role=role)
    return changed


def disable(session: Session, operator: Operator, *, now: datetime, by: int | None) -> None:
    """Disable an operator's account: they can no longer sign in, and their sessions end.

    Raises:
        LastAdministrator: nobody else could open or change accounts.
    """
    if operator.disabled_at is not None:
        return
    _keep_one_administrator(session, operator)
    operator.disabled_at = now
    end_access(session, operator.id)
    note(session, None, "operator.disable", now, operator_id=by, account=operator.id)


def enable(session: Session, operator: Operator, *, now: datetime, by: int | None) -> None:
    """Enable an operator's account, so that they can sign in again."""
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
