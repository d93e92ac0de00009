"""The second factor: codes of an authenticator app, and recovery codes for when the app is lost.

Passkeys stand beside the app: see `checkin.services.accounts.passkeys`.
"""

from __future__ import annotations

import base64
import secrets
from datetime import datetime

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.orm import Session

from checkin.db.models import Operator, Passkey, RecoveryCode
from checkin.domain.accounts.totp import DIGITS, SECRET_BYTES, step_of
from checkin.errors import InvalidRequest, Unauthenticated
from checkin.services.accounts.sessions import end_sessions
from checkin.services.common.activity import note
from checkin.services.common.keys import Keys

RECOVERY_CODES = 10
#: so many that nobody finds a code by trying hashes, not even with the key
RECOVERY_BYTES = 15
_NONCE_BYTES = 12
_WRONG = "this code is not right, or was used already"


def new_secret() -> bytes:
    """Return a random secret for an authenticator app that is being set up."""
    return secrets.token_bytes(SECRET_BYTES)


def seal(keys: Keys, operator_id: int, secret: bytes) -> bytes:
    """Encrypt an operator's secret; only this installation can decrypt it, for this operator."""
    nonce = secrets.token_bytes(_NONCE_BYTES)
    return nonce + AESGCM(keys.second_factors).encrypt(nonce, secret, _for(operator_id))


def unseal(keys: Keys, operator_id: int, sealed: bytes) -> bytes | None:
    """Decrypt an operator's secret; None where it was encrypted with another key or not at all."""
    nonce, rest = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:]
    try:
        return AESGCM(keys.second_factors).decrypt(nonce, rest, _for(operator_id))
    except (InvalidTag, ValueError):
        return None


def turn_on(
    session: Session, operator: Operator, keys: Keys, secret: bytes, code: str, *, now: datetime
) -> list[str]:
    """Turn an operator's second factor on; return recovery codes, to be shown once.

    Those that were made together with the account stay good, too.

    Raises:
        InvalidRequest: the code does not belong to the secret, so the app was not set up with it.
    """
    step = step_of(secret, _tidied(code), now)
    if step is None:
        raise InvalidRequest(_WRONG)
    operator.totp_sealed = seal(keys, operator.id, secret)
    operator.totp_since, operator.totp_step = now, step
    note(session, None, "operator.second_factor_on", now, operator_id=operator.id)
    return add_codes(session, operator, keys)


def renew_codes(session: Session, operator: Operator, keys: Keys, *, now: datetime) -> list[str]:
    """Make new recovery codes for an operator; the former ones stop working."""
    note(session, None, "operator.recovery_codes", now, operator_id=operator.id)
    session.execute(delete(RecoveryCode).where(RecoveryCode.operator_id == operator.id))
    return add_codes(session, operator, keys)


def add_codes(session: Session, operator: Operator, keys: Keys) -> list[str]:
    """Make recovery codes for an operator, beside those that they have."""
    codes = [_a_code() for _ in range(RECOVERY_CODES)]
    session.add_all(
        RecoveryCode(operator_id=operator.id, code_hash=keys.recovery_hash(_tidied(code)))
        for code in codes
    )
    return codes


def turn_off(session: Session, operator: Operator, *, now: datetime, by: int | None = None) -> None:
    """Turn an operator's second factor off, passkeys too, and end all their sessions."""
    operator.totp_sealed = operator.totp_since = operator.totp_step = None
    session.execute(delete(RecoveryCode).where(RecoveryCode.operator_id == operator.id))
    session.execute(delete(Passkey).where(Passkey.operator_id == operator.id))
    end_sessions(session, operator.id)
    about = {"account": operator.id}
    note(session, None, "operator.second_factor_off", now, operator_id=by, **about)


def pass_second_factor(
    session: Session, operator: Operator, keys: Keys, code: str, *, now: datetime
) -> None:
    """Accept a code of the app, or a recovery code; each is accepted only once.

    Raises:
        Unauthenticated: the code is wrong, or was accepted before.
    """
    text = _tidied(code)
    by_app = _use_app_code(session, operator, keys, text, now)
    if not by_app and not _use_recovery_code(session, operator, keys, text):
        raise Unauthenticated(_WRONG)


def codes_left(session: Session, operator_id: int) -> int:
    """Return how many recovery codes an operator has left."""
    left = select(func.count()).where(RecoveryCode.operator_id == operator_id)
    return session.scalar(left) or 0


def _use_app_code(
    session: Session, operator: Operator, keys: Keys, code: str, now: datetime
) -> bool:
    secret = unseal(keys, operator.id, operator.totp_sealed or b"")
    step = step_of(secret, code, now) if secret and len(code) == DIGITS else None
    if step is None:
        return False
    # Compare and set: of two that bring the same code, one finds the step not yet taken.
    taken = session.scalar(
        update(Operator)
        .where(
            Operator.id == operator.id,
            or_(Operator.totp_step.is_(None), Operator.totp_step < step),
        )
        .values(totp_step=step)
        .returning(Operator.id)
        .execution_options(synchronize_session=False)
    )
    return taken is not None


def _use_recovery_code(session: Session, operator: Operator, keys: Keys, code: str) -> bool:
    taken = session.scalar(
        delete(RecoveryCode)
        .where(
            RecoveryCode.operator_id == operator.id,
            RecoveryCode.code_hash == keys.recovery_hash(code),
        )
        .returning(RecoveryCode.id)
    )
    return taken is not None and operator.totp_sealed is not None


def _a_code() -> str:
    text = base64.b32encode(secrets.token_bytes(RECOVERY_BYTES)).decode().lower()
    return "-".join(text[at : at + 4] for at in range(0, len(text), 4))


def _tidied(code: str) -> str:
    plain = "".join(sign for sign in code.lower() if sign.isalnum())[:40]
    return "".join(str(int(sign)) if sign.isdecimal() else sign for sign in plain)


def _for(operator_id: int) -> bytes:
    return f"operator {operator_id}".encode()
