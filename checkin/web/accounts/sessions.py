"""Begin a session, and remember a sign-in that is pending its second factor."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta

from flask import request, session
from flask_login import login_user
from sqlalchemy.orm import Session

from checkin.db.engine import in_transaction
from checkin.db.models import Operator
from checkin.domain.accounts.browsers import device_name, network_of
from checkin.services.accounts.sessions import open_session
from checkin.web.accounts.known_browser import remember_browser
from checkin.web.site.sessions import lifetimes, signed_in_by_token
from checkin.web.site.state import database

_WAITING = "waiting"
_PATIENCE = timedelta(minutes=5)


def begin_session(operator: Operator, *, renewed: bool = False) -> None:
    """Sign an operator in with a new session, into which nothing of the old one is taken over.

    Args:
        renewed: the operator was signed in already, and something about the account changed.
    """
    start_afresh()

    def work(opened: Session) -> str:
        return open_session(
            opened,
            operator.id,
            device=device_name(request.user_agent.string),
            network=network_of(request.remote_addr),
            now=datetime.now(UTC),
            lifetimes=lifetimes(),
            renewed=renewed,
        )

    token = in_transaction(database(), work)
    remember_browser(operator.id)
    session.permanent = True
    signed_in = signed_in_by_token(token)
    if signed_in is not None:
        login_user(signed_in)


def start_afresh() -> None:
    """Clear the browser's session cookie, except for the language."""
    language = session.get("language")
    session.clear()
    if language:
        session["language"] = language


def remember_pending_second_factor(operator: Operator) -> None:
    """Remember in the signed cookie that an operator's password was right."""
    start_afresh()
    until = (datetime.now(UTC) + _PATIENCE).timestamp()
    session[_WAITING] = [operator.id, until, _stamp(operator)]


def operator_pending_second_factor() -> Operator | None:
    """Return the operator whose password was right a moment ago, unless their account changed."""
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
