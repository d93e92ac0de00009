"""Who is signed in, and whether they may use the route they ask for."""

from __future__ import annotations

from flask import current_app, request, session
from flask_login import LoginManager, current_user, login_user
from flask_wtf.csrf import CSRFProtect

from checkin.db.models import Operator
from checkin.errors import Forbidden, Unauthenticated
from checkin.services.operators import operator_by_id, session_stamp
from checkin.services.permissions import PERMISSIONS, Audience, may_use
from checkin.web.state import database

csrf = CSRFProtect()


class SignedIn:
    """An operator as Flask-Login wants to see them."""

    is_authenticated = True
    is_active = True
    is_anonymous = False

    def __init__(self, operator: Operator) -> None:
        self.operator = operator

    def get_id(self) -> str:
        """Return what the session keeps: the number, and a stamp that a new password changes."""
        return f"{self.operator.id}.{session_stamp(self.operator)}"


def signed_in_by_id(kept: str) -> SignedIn | None:
    """Return the operator that a session keeps, unless disabled or under a new password since."""
    number, _, stamp = kept.partition(".")
    if not (number.isascii() and number.isdigit()):
        return None
    operator = operator_by_id(database(), int(number))
    if operator is None or session_stamp(operator) != stamp:
        return None
    return SignedIn(operator)


def operator_or_none() -> Operator | None:
    """Return who is signed in, if anybody."""
    return getattr(current_user, "operator", None)


def current_operator() -> Operator:
    """Return who is signed in.

    Raises:
        Unauthenticated: nobody is.
    """
    operator = operator_or_none()
    if operator is None:
        raise Unauthenticated("sign in first")
    return operator


def begin_session(operator: Operator) -> None:
    """Sign an operator in with a new session: nothing that was in the old one is taken over."""
    language = session.get("language")
    session.clear()
    if language:
        session["language"] = language
    session.permanent = True
    login_user(SignedIn(operator))


def permit() -> None:
    """Refuse a request that the permission table does not allow; runs before every request.

    Raises:
        Unauthenticated: nobody is signed in, and the route is not open.
        Forbidden: the role may not, or the route has no row.
    """
    endpoint = request.endpoint
    if endpoint is None:
        return  # no such address: the 404 says so
    audience = PERMISSIONS.get(endpoint)
    if audience in (Audience.DEVICE, Audience.LINK):
        return  # no cookie is looked at, so nothing can be forged with one
    csrf.protect()
    if may_use(operator_or_none(), endpoint):
        return
    if audience is not None and operator_or_none() is None:
        raise Unauthenticated("sign in first")
    if audience is None:
        current_app.logger.error("%s has no row in checkin.services.permissions", endpoint)
    raise Forbidden("your role may not do this: ask an organiser")


def login_manager() -> LoginManager:
    """Return what keeps operators signed in."""
    manager = LoginManager()
    manager.session_protection = None  # laptops at a venue change networks all day
    manager.user_loader(signed_in_by_id)
    return manager
