"""Links that work once, by which an operator chooses a password; mailed or handed over."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from checkin.db.models import LinkPurpose, Operator, PasswordLink
from checkin.errors import NotFound
from checkin.services.accounts.hashing import unusable_hash
from checkin.services.accounts.operators import end_access, operator_by_email, set_password
from checkin.services.common.activity import note

LIFETIMES = {
    LinkPurpose.INVITATION: timedelta(days=7),
    LinkPurpose.RESET: timedelta(days=1),
    LinkPurpose.FORGOTTEN: timedelta(hours=1),
}
#: the least time between two links, so that repeated requests do not fill a mailbox
FORGOTTEN_EVERY = timedelta(minutes=5)
_WRONG_LINK = "this link has been used, is too old, or was never ours"


@dataclass(frozen=True, slots=True)
class IssuedLink:
    """A new password link with its secret, which is stored only as a hash."""

    operator: Operator
    purpose: LinkPurpose
    secret: str
    expires_at: datetime

    def address(self, base_url: str) -> str:
        """Return the link's address."""
        return f"{base_url}/password/{self.secret}"


def issue_link(
    session: Session,
    operator: Operator,
    purpose: LinkPurpose,
    *,
    now: datetime,
    by: int | None = None,
) -> IssuedLink:
    """Make a password link; the operator's former link for the same purpose stops working."""
    _forget(session, operator, purpose)
    link = IssuedLink(operator, purpose, secrets.token_urlsafe(24), now + LIFETIMES[purpose])
    session.add(
        PasswordLink(
            operator_id=operator.id,
            purpose=purpose,
            secret_hash=_hash(link.secret),
            created_at=now,
            expires_at=link.expires_at,
        )
    )
    note(session, None, f"operator.link_{purpose}", now, operator_id=by, account=operator.id)
    return link


def take_password_away(
    session: Session, operator: Operator, *, now: datetime, by: int | None = None
) -> IssuedLink:
    """Void an operator's password, their sessions and links; return a link to choose a new one."""
    operator.password_hash = unusable_hash()
    end_access(session, operator.id)
    return issue_link(session, operator, LinkPurpose.RESET, now=now, by=by)


def link_for_forgotten(session: Session, email: str, *, now: datetime) -> IssuedLink | None:
    """Make a password link for an operator who has forgotten their password.

    Returns:
        None where no enabled account has this e-mail address, or a link was made a moment ago.
    """
    operator = operator_by_email(session, email)
    if operator is None or operator.disabled_at is not None:
        return None
    recent = session.scalar(
        select(PasswordLink.id).where(
            PasswordLink.operator_id == operator.id,
            PasswordLink.purpose == LinkPurpose.FORGOTTEN,
            PasswordLink.created_at > now - FORGOTTEN_EVERY,
        )
    )
    if recent is not None:
        return None
    return issue_link(session, operator, LinkPurpose.FORGOTTEN, now=now, by=operator.id)


def operator_behind(session: Session, secret: str, now: datetime) -> Operator:
    """Return the operator to whom a password link belongs.

    Raises:
        NotFound: it has been used, is too old, was never ours, or the account is disabled.
    """
    operator = session.scalar(
        select(Operator)
        .join(PasswordLink, PasswordLink.operator_id == Operator.id)
        .where(
            PasswordLink.secret_hash == _hash(secret),
            PasswordLink.expires_at > now,
            Operator.disabled_at.is_(None),
        )
    )
    if operator is None:
        raise NotFound(_WRONG_LINK)
    return operator


def choose_password(session: Session, secret: str, password: str, *, now: datetime) -> Operator:
    """Set the password of a link's operator; all their password links stop working.

    Raises:
        NotFound: it has been used, is too old, was never ours, or the account is disabled.
        WeakPassword: the password is easily guessed; the link still works.
    """
    operator = operator_behind(session, secret, now)
    # Deleting it is taking it: of two that come at once, one finds it.
    taken = session.scalar(
        delete(PasswordLink)
        .where(PasswordLink.secret_hash == _hash(secret))
        .returning(PasswordLink.id)
    )
    if taken is None:
        raise NotFound(_WRONG_LINK)
    set_password(session, operator, password, now=now, by=operator.id)
    return operator


def mailed(session: Session, secret: str, now: datetime, fault: str | None) -> None:
    """Record that the e-mail with a password link was sent, or why it was not."""
    link = session.scalar(select(PasswordLink).where(PasswordLink.secret_hash == _hash(secret)))
    if link is not None:
        link.mailed_at, link.mail_fault = (now, None) if fault is None else (None, fault[:500])


def _forget(session: Session, operator: Operator, purpose: LinkPurpose) -> None:
    session.execute(
        delete(PasswordLink).where(
            PasswordLink.operator_id == operator.id, PasswordLink.purpose == purpose
        )
    )


def _hash(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()
