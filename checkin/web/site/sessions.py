"""The operator who is signed in, the session cookie, and the permission check of every request."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from flask import Flask, current_app, g, has_request_context, redirect, request, url_for
from flask.sessions import SecureCookieSessionInterface
from flask.typing import ResponseReturnValue
from flask_login import LoginManager, current_user
from flask_wtf.csrf import CSRFProtect

from checkin.db.models import Operator
from checkin.errors import Forbidden, Unauthenticated
from checkin.services.accounts.second_factor import is_missing
from checkin.services.accounts.sessions import Lifetimes, signed_in_with
from checkin.web.site.permissions import Allowed, Audience, allowed_at, may_use
from checkin.web.site.state import database, marhaba

csrf = CSRFProtect()


#: what may be asked for while the second factor that the settings want is missing
_BEFORE_SECOND_FACTOR = frozenset(
    {"second_factor.show", "second_factor.begin", "second_factor.turn_on", "sign_in.sign_out"}
)


class SessionCookies(SecureCookieSessionInterface):
    """Limits the cookie to this server's path, and marks it `Secure` for requests over TLS."""

    def get_cookie_path(self, app: Flask) -> str:  # noqa: ARG002 - the path is the request's
        """Return the path below which the browser sends the cookie."""
        return request.script_root or "/"

    def get_cookie_secure(self, app: Flask) -> bool:
        """Say whether browsers may send the cookie over TLS only, whatever the settings say."""
        over_tls = has_request_context() and request.is_secure
        return over_tls or super().get_cookie_secure(app)


class SignedIn:
    """A signed-in operator, in the form that Flask-Login needs."""

    is_authenticated = True
    is_active = True
    is_anonymous = False

    def __init__(self, operator: Operator, session_id: int, token: str) -> None:
        self.operator, self.session_id, self._token = operator, session_id, token

    def get_id(self) -> str:
        """Return the text that the cookie keeps."""
        return self._token


def signed_in_by_token(token: str) -> SignedIn | None:
    """Return the operator whose session a cookie names, or None if it has ended."""
    if g.get("nobody_is_signed_in"):
        return None
    found = signed_in_with(database(), token, now=datetime.now(UTC), lifetimes=lifetimes())
    return SignedIn(found[0], found[1].id, token) if found else None


def take_nobody_as_signed_in() -> None:
    """Ask the database no more who is signed in during this request: it does not answer."""
    g.nobody_is_signed_in = True


def lifetimes() -> Lifetimes:
    """Return how long operators stay signed in on this installation."""
    return marhaba().settings.lifetimes


def still_signed_in() -> Callable[[], bool]:
    """Return a function that says whether the current session is still open, for streams."""
    here, token, kept = database(), current_user.get_id(), lifetimes()

    def goes_on() -> bool:
        now = datetime.now(UTC)
        return signed_in_with(here, token, now=now, lifetimes=kept) is not None

    return goes_on


def current_session_id() -> int:
    """Return the id of the current session."""
    number: int = current_user.session_id
    return number


def operator_or_none() -> Operator | None:
    """Return the operator who is signed in, or None."""
    return getattr(current_user, "operator", None)


def current_operator() -> Operator:
    """Return the operator who is signed in.

    Raises:
        Unauthenticated: nobody is.
    """
    operator = operator_or_none()
    if operator is None:
        raise Unauthenticated("sign in first")
    return operator


def permit() -> ResponseReturnValue | None:
    """Refuse a request that its route does not permit; runs before every request.

    An operator who must set a second factor up first is redirected there.

    Raises:
        Unauthenticated: nobody is signed in, and the route is not open.
        Forbidden: the role may not use the route, or the route does not state who may.
    """
    endpoint = request.endpoint
    if endpoint is None:
        return None  # no such address: the 404 says so
    allowed = allowed_at(endpoint)
    if allowed in (Audience.DEVICE, Audience.LINK):
        return None  # no cookie is looked at, so nothing can be forged with one
    csrf.protect()
    if may_use(operator_or_none(), endpoint):
        return _second_factor_first(endpoint, allowed)
    if allowed is None:
        current_app.logger.error("%s does not say who may use it", endpoint)
    elif operator_or_none() is None:
        raise Unauthenticated("sign in first")
    raise Forbidden("your role may not do this: ask an organiser")


def _second_factor_first(endpoint: str, allowed: Allowed | None) -> ResponseReturnValue | None:
    operator = operator_or_none()
    if operator is None or isinstance(allowed, Audience) or endpoint in _BEFORE_SECOND_FACTOR:
        return None
    if not is_missing(operator, marhaba().settings.second_factor):
        return None
    return redirect(url_for("second_factor.show"), 303)


def login_manager() -> LoginManager:
    """Return the Flask-Login manager of operators' sign-ins."""
    manager = LoginManager()
    manager.session_protection = None  # laptops at a venue change networks all day
    manager.user_loader(signed_in_by_token)
    return manager
