"""The operator who is signed in, the session cookie, and the permission check of every request."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime

from flask import Flask, current_app, g, has_request_context, redirect, request, url_for
from flask.sessions import SecureCookieSessionInterface
from flask.typing import ResponseReturnValue
from flask_login import LoginManager, current_user
from flask_wtf.csrf import CSRFProtect

from checkin.db.models import Operator, OperatorSession
from checkin.errors import AtCentralServer, Forbidden, Unauthenticated
from checkin.services.accounts.duties import Duty, duty_of
from checkin.services.accounts.sessions import Lifetimes, signed_in_with
from checkin.web.site.cookies import cookie_name
from checkin.web.site.permissions import Allowed, Audience, allowed_at, is_at_a_hub, may_use
from checkin.web.site.state import database, marhaba

csrf = CSRFProtect()


#: what may be asked for while something has to be done first; the first of each is its page
_PAGES_OF: dict[Duty, tuple[str, ...]] = {
    Duty.OWN_PASSWORD: ("first_password.show", "first_password.save", "sign_in.sign_out"),
    Duty.SECOND_FACTOR: (
        *("second_factor.show", "second_factor.begin", "second_factor.turn_on"),
        "sign_in.sign_out",
    ),
}


#: what the cookie is called, before `cookie_name` guards it
SESSION = "session"


class SessionCookies(SecureCookieSessionInterface):
    """Limits the cookie to this server's path, and guards it by its name and as `Secure`."""

    def get_cookie_name(self, app: Flask) -> str:  # noqa: ARG002 - the name is the request's
        """Return what the cookie is called in this request."""
        return cookie_name(SESSION)

    def get_cookie_path(self, app: Flask) -> str:  # noqa: ARG002 - the path is the request's
        """Return the path below which the browser sends the cookie."""
        return request.script_root or "/"

    def get_cookie_secure(self, app: Flask) -> bool:
        """Say whether browsers may send the cookie over TLS only, whatever the settings say."""
        over_tls = has_request_context() and request.is_secure
        return over_tls or super().get_cookie_secure(app)

    #: of the signature, in place of Flask's SHA-1
    digest_method = staticmethod(hashlib.sha256)


class SignedIn:
    """A signed-in operator, in the form that Flask-Login needs."""

    is_authenticated = True
    is_active = True
    is_anonymous = False

    def __init__(self, operator: Operator, kept: OperatorSession, token: str) -> None:
        self.operator, self.session_id, self._token = operator, kept.id, token
        self.confirmed_at = kept.confirmed_at

    def get_id(self) -> str:
        """Return the text that the cookie keeps."""
        return self._token


def signed_in_by_token(token: str) -> SignedIn | None:
    """Return the operator whose session a cookie names, or None if it has ended."""
    if g.get("nobody_is_signed_in"):
        return None
    found = signed_in_with(database(), token, now=datetime.now(UTC), lifetimes=lifetimes())
    return SignedIn(*found, token) if found else None


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


def current_session_confirmed_at() -> datetime | None:
    """Return when the operator of the current session last proved who they are."""
    moment: datetime | None = current_user.confirmed_at
    return moment


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

    An operator who has to choose a password or set a second factor up first is redirected there.

    Raises:
        Unauthenticated: nobody is signed in, and the route is not open.
        Forbidden: the role may not use the route, or the route does not state who may.
        AtCentralServer: this is a hub, and the central server has the page.
    """
    endpoint = request.endpoint
    if endpoint is None:
        return None  # no such address: the 404 says so
    if (central := marhaba().central_url) and not is_at_a_hub(endpoint):
        raise AtCentralServer(central)
    allowed = allowed_at(endpoint)
    if allowed in (Audience.DEVICE, Audience.LINK):
        return None  # no cookie is looked at, so nothing can be forged with one
    csrf.protect()
    if may_use(operator_or_none(), endpoint):
        return _duty_first(endpoint, allowed)
    if allowed is None:
        current_app.logger.error("%s does not say who may use it", endpoint)
    elif operator_or_none() is None:
        raise Unauthenticated("sign in first")
    raise Forbidden("your role may not do this: ask an organiser")


def _duty_first(endpoint: str, allowed: Allowed | None) -> ResponseReturnValue | None:
    operator = operator_or_none()
    if operator is None or isinstance(allowed, Audience):
        return None
    with database().read() as session:  # connects only for who has something to do
        duty = duty_of(session, operator, marhaba().settings.second_factor)
    if duty is None or endpoint in _PAGES_OF[duty]:
        return None
    return redirect(url_for(_PAGES_OF[duty][0]), 303)


def login_manager() -> LoginManager:
    """Return the Flask-Login manager of operators' sign-ins."""
    manager = LoginManager()
    manager.session_protection = None  # laptops at a venue change networks all day
    manager.user_loader(signed_in_by_token)
    return manager
