"""Between the password and the code: who has shown the one, and for how long that counts."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta

from flask import session

from checkin.db.models import Operator
from checkin.web.site.sessions import start_afresh
from checkin.web.site.state import database

_WAITING = "waiting"
_PATIENCE = timedelta(minutes=5)


def wait_for_code(operator: Operator) -> None:
    """Remember in the cookie, which is signed, that an operator's password was right."""
    start_afresh()
    until = (datetime.now(UTC) + _PATIENCE).timestamp()
    session[_WAITING] = [operator.id, until, _stamp(operator)]


def waiting_operator() -> Operator | None:
    """Return whose password was right a moment ago, unless their account changed since."""
    operator_id, until, stamp = session.get(_WAITING, (0, 0, ""))
    if datetime.now(UTC).timestamp() > until:
        return None
    with database().read() as opened:
        operator = opened.get(Operator, operator_id)
    if operator is None or operator.disabled_at is not None or operator.totp_sealed is None:
        return None
    return operator if _stamp(operator) == stamp else None


def _stamp(operator: Operator) -> str:
    return hashlib.sha256(operator.password_hash.encode()).hexdigest()[:16]
