"""Passkeys, which an operator may use at sign-in instead of a code of the authenticator app.

They stand beside the app and never alone: a passkey belongs to one name of the server, and a server
at a venue is reached by others (docs/adr/0027-passkeys-beside-the-app.md).
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from checkin.db.models import Operator, Passkey
from checkin.domain.accounts.relying_party import RelyingParty
from checkin.errors import Conflict, InvalidRequest, Unauthenticated
from checkin.services.common.activity import note
from checkin.services.common.keys import Keys

if TYPE_CHECKING:
    from webauthn.helpers.structs import PublicKeyCredentialDescriptor

#: of one operator
MOST_PASSKEYS = 10
#: how long a browser has to answer
PATIENCE = timedelta(minutes=5)
_CHALLENGE_BYTES = 32
#: longer answers are not read
_LONGEST_ANSWER = 20_000
#: what reading an answer raises that no browser would have sent
_MALFORMED = (ValueError, KeyError, IndexError, TypeError, AttributeError, RecursionError)
_WRONG = "this passkey is not right, or its answer was used already"


@dataclass(frozen=True, slots=True)
class Challenge:
    """Random bytes that a passkey signs, and when they were made."""

    text: bytes
    made_at: datetime


def new_challenge(now: datetime) -> Challenge:
    """Make a challenge, for one page of one browser."""
    return Challenge(secrets.token_bytes(_CHALLENGE_BYTES), now)


def passkeys_of(session: Session, operator_id: int) -> Sequence[Passkey]:
    """Return an operator's passkeys, the newest first."""
    return session.scalars(
        select(Passkey).where(Passkey.operator_id == operator_id).order_by(Passkey.id.desc())
    ).all()


def options_to_add(
    session: Session, operator: Operator, keys: Keys, party: RelyingParty, challenge: Challenge
) -> str:
    """Return what a browser is asked to make a passkey, as JSON."""
    from webauthn import generate_registration_options, options_to_json

    options = generate_registration_options(
        rp_id=party.host,
        rp_name="Marhaba",
        user_id=keys.passkey_owner(operator.id),
        user_name=operator.email,
        user_display_name=operator.name,
        challenge=challenge.text,
        exclude_credentials=_known(session, operator, party),
    )
    return options_to_json(options)


def add_passkey(
    session: Session,
    operator: Operator,
    party: RelyingParty,
    challenge: Challenge,
    answer: str,
    *,
    device: str,
    now: datetime,
) -> Passkey:
    """Keep a passkey that a browser has made.

    Raises:
        InvalidRequest: the answer does not belong to the challenge, the operator and this server.
        Conflict: there is no authenticator app, there are too many passkeys, or it is kept already.
    """
    from webauthn import verify_registration_response
    from webauthn.helpers.exceptions import WebAuthnException

    _refuse_too_many(session, operator)
    try:
        made = verify_registration_response(
            credential=_read(answer, challenge, now),
            expected_challenge=challenge.text,
            expected_rp_id=party.host,
            expected_origin=party.origin,
        )
    except (WebAuthnException, *_MALFORMED) as fault:
        raise InvalidRequest(_WRONG) from fault
    if session.scalar(select(Passkey.id).where(Passkey.credential_id == made.credential_id)):
        raise Conflict("this passkey is kept already")
    passkey = Passkey(
        operator_id=operator.id,
        host=party.host,
        credential_id=made.credential_id,
        public_key=made.credential_public_key,
        sign_count=made.sign_count,
        device=device,
        added_at=now,
        challenged_at=challenge.made_at,
    )
    session.add(passkey)
    note(session, None, "operator.passkey_added", now, operator_id=operator.id)
    return passkey


def remove_passkey(session: Session, operator: Operator, passkey_id: int, *, now: datetime) -> None:
    """Remove one of an operator's passkeys; one that is gone already is no fault."""
    gone = session.scalar(
        delete(Passkey)
        .where(Passkey.id == passkey_id, Passkey.operator_id == operator.id)
        .returning(Passkey.id)
    )
    if gone is not None:
        note(session, None, "operator.passkey_removed", now, operator_id=operator.id)


def options_to_sign_in(
    session: Session, operator: Operator, party: RelyingParty, challenge: Challenge
) -> str | None:
    """Return what a browser is asked to sign with, as JSON; None without a passkey for the name."""
    from webauthn import generate_authentication_options, options_to_json

    known = _known(session, operator, party)
    if not known:
        return None
    return options_to_json(
        generate_authentication_options(
            rp_id=party.host, challenge=challenge.text, allow_credentials=known
        )
    )


def pass_by_passkey(
    session: Session,
    operator: Operator,
    party: RelyingParty,
    challenge: Challenge,
    answer: str,
    *,
    now: datetime,
) -> None:
    """Accept a passkey's answer to a challenge; each is accepted only once.

    Raises:
        Unauthenticated: the answer is not by a passkey of this operator and this server, does not
            belong to the challenge, came too late, or was accepted before.
    """
    from webauthn import verify_authentication_response
    from webauthn.helpers import parse_authentication_credential_json
    from webauthn.helpers.exceptions import WebAuthnException

    try:
        credential = parse_authentication_credential_json(_read(answer, challenge, now))
        passkey = _passkey(session, operator, party, credential.raw_id)
        signed = verify_authentication_response(
            credential=credential,
            expected_challenge=challenge.text,
            expected_rp_id=party.host,
            expected_origin=party.origin,
            credential_public_key=passkey.public_key,
            credential_current_sign_count=passkey.sign_count,
        )
    except (WebAuthnException, *_MALFORMED) as fault:
        raise Unauthenticated(_WRONG) from fault
    if not _use(session, passkey, challenge, signed.new_sign_count):
        raise Unauthenticated(_WRONG)


def _use(session: Session, passkey: Passkey, challenge: Challenge, sign_count: int) -> bool:
    # Compare and set: of two that bring the same answer, one finds an earlier challenge there.
    used = session.scalar(
        update(Passkey)
        .where(Passkey.id == passkey.id, Passkey.challenged_at < challenge.made_at)
        .values(challenged_at=challenge.made_at, sign_count=sign_count)
        .returning(Passkey.id)
        .execution_options(synchronize_session=False)
    )
    return used is not None


def _passkey(
    session: Session, operator: Operator, party: RelyingParty, credential_id: bytes
) -> Passkey:
    found = session.scalar(
        select(Passkey).where(
            Passkey.operator_id == operator.id,
            Passkey.host == party.host,
            Passkey.credential_id == credential_id,
        )
    )
    if found is None or operator.totp_sealed is None:
        raise Unauthenticated(_WRONG)
    return found


def _refuse_too_many(session: Session, operator: Operator) -> None:
    if operator.totp_sealed is None:
        raise Conflict("set the authenticator app up first: a passkey stands beside it")
    kept = select(func.count()).where(Passkey.operator_id == operator.id)
    if session.scalars(kept).one() >= MOST_PASSKEYS:
        raise Conflict(f"an account has {MOST_PASSKEYS} passkeys at most: remove one first")


def _read(answer: str, challenge: Challenge, now: datetime) -> str:
    if len(answer) > _LONGEST_ANSWER or not challenge.made_at <= now < challenge.made_at + PATIENCE:
        raise ValueError("too long, or too late")
    return answer


def _known(
    session: Session, operator: Operator, party: RelyingParty
) -> list[PublicKeyCredentialDescriptor]:
    from webauthn.helpers.structs import PublicKeyCredentialDescriptor

    kept = passkeys_of(session, operator.id)
    return [
        PublicKeyCredentialDescriptor(id=one.credential_id)
        for one in kept
        if one.host == party.host
    ]
