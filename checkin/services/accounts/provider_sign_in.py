"""Whose account somebody has whom a provider of sign-ins has named."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from checkin.db.models import Operator, ProviderIdentity
from checkin.domain.accounts.provider import Identity
from checkin.errors import Unauthenticated
from checkin.services.accounts.operators import operator_by_email
from checkin.services.common.activity import note


class WhyNobody(StrEnum):
    """Why somebody whom the provider knows is not signed in here."""

    #: the provider tells no address, or has not seen that it is theirs
    NOT_VERIFIED = "not_verified"
    #: no account has this address, or it is disabled
    NO_ACCOUNT = "no_account"
    #: the account is somebody else's at the provider
    BOUND_OTHERWISE = "bound_otherwise"


class NotSignedIn(Unauthenticated):
    """Somebody is known to the provider, and not here.

    Attributes:
        account: whose account it is, where one has the address.
    """

    def __init__(self, why: WhyNobody, email: str, account: int | None = None) -> None:
        super().__init__(why)
        self.why, self.email, self.account = why, email, account


def operator_of(session: Session, identity: Identity, *, now: datetime) -> Operator:
    """Return whose account an identity is, and bind it to that account at the first sign-in.

    Accounts are not made: the first time, one has to have the address that the provider has
    verified. From then on the provider's number for the person counts, and no address any more.

    Raises:
        NotSignedIn: it is nobody's; the fault says why.
    """
    bound = session.scalar(
        select(Operator)
        .join(ProviderIdentity, ProviderIdentity.operator_id == Operator.id)
        .where(
            ProviderIdentity.issuer == identity.issuer,
            ProviderIdentity.subject == identity.subject,
        )
    )
    if bound is not None:
        if bound.disabled_at is not None:
            raise NotSignedIn(WhyNobody.NO_ACCOUNT, bound.email, bound.id)
        return bound
    found = operator_by_email(session, identity.email) if identity.email else None
    account = found.id if found else None
    if not identity.email or not identity.is_verified:
        raise NotSignedIn(WhyNobody.NOT_VERIFIED, identity.email, account)
    if found is None or found.disabled_at is not None:
        raise NotSignedIn(WhyNobody.NO_ACCOUNT, identity.email, account)
    if is_bound(session, found.id, identity.issuer):
        raise NotSignedIn(WhyNobody.BOUND_OTHERWISE, identity.email, account)
    session.add(
        ProviderIdentity(
            operator_id=found.id, issuer=identity.issuer, subject=identity.subject, bound_at=now
        )
    )
    session.flush()
    note(session, None, "operator.provider_bound", now, operator_id=found.id, account=found.id)
    return found


def is_bound(session: Session, operator_id: int, issuer: str) -> bool:
    """Say whether an account is somebody's at a provider already."""
    same = select(ProviderIdentity.id).where(
        ProviderIdentity.operator_id == operator_id, ProviderIdentity.issuer == issuer
    )
    return session.scalar(same) is not None


def forget_identities(session: Session, operator_id: int, *, now: datetime, by: int) -> None:
    """Forget who an account is at providers; the next sign-in goes by the address once more."""
    session.execute(delete(ProviderIdentity).where(ProviderIdentity.operator_id == operator_id))
    note(session, None, "operator.provider_forgotten", now, operator_id=by, account=operator_id)
