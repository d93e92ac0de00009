"""Who is signed in, and whether they may use the route they ask for."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from flask import current_app, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import LoginManager, current_user, login_user
from flask_wtf.csrf import CSRFProtect
from sqlalchemy.orm import Session

from checkin.db.engine import in_transaction
from checkin.db.models import Operator, Role
from checkin.domain.accounts.browsers import device_name, network_of
from checkin.errors import Forbidden, Unauthenticated
from checkin.services.accounts.second_factor import is_missing
from checkin.services.accounts.sessions import Lifetimes, open_session, signed_in_with
from checkin.web.accounts.known_browser import remember_browser
from checkin.web.site.permissions import PERMISSIONS, Audience, may_use
from checkin.web.site.state import database, marhaba

csrf = CSRFProtect()


#: what may be asked for while the second factor that the settings want is missing
_BEFORE_SECOND_FACTOR = frozenset(
    {"second_factor.show", "second_factor.begin", "second_factor.turn_on", "auth.logout"}
)


class SignedIn:
    """An operator as Flask-Login wants to see them."""

    is_authenticated = True
    is_active = True
    is_anonymous = False

    def __init__(self, operator: Operator, session_id: int, token: str) -> None:
        self.operator, self.session_id, self._token = operator, session_id, token

    def get_id(self) -> str:
        """Return what the cookie keeps."""
        return self._token


def signed_in_by_token(token: str) -> SignedIn | None:
    """Return who is signed in with what a cookie keeps, unless that is over."""
    found = signed_in_with(database(), token, now=datetime.now(UTC), lifetimes=lifetimes())
    return SignedIn(found[0], found[1].id, token) if found else None


def lifetimes() -> Lifetimes:
    """Return how long operators stay signed in here."""
    return marhaba().settings.lifetimes


def still_signed_in() -> Callable[[], bool]:
    """Return a function that says whether the session at hand goes on; streams outlive requests."""
    here, token, kept = database(), current_user.get_id(), lifetimes()

    def goes_on() -> bool:
        now = datetime.now(UTC)
        return signed_in_with(here, token, now=now, lifetimes=kept) is not None

    return goes_on


def current_session_id() -> int:
    """Return the number of the session at hand."""
    number: int = current_user.session_id
    return number


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


def begin_session(operator: Operator, *, renewed: bool = False) -> None:
    """Sign an operator in with a new session: nothing that was in the old one is taken over.

    Args:
        renewed: they were signed in already, and something about the account changed.
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
    """Forget all that the browser's session holds, but for the language."""
    language = session.get("language")
    session.clear()
    if language:
        session["language"] = language


def permit() -> ResponseReturnValue | None:
    """Refuse a request that the permission table does not allow; runs before every request.

    Whoever has to set a second factor up first is led there.

    Raises:
        Unauthenticated: nobody is signed in, and the route is not open.
        Forbidden: the role may not, or the route has no row.
    """
    endpoint = request.endpoint
    if endpoint is None:
        return None  # no such address: the 404 says so
    audience = PERMISSIONS.get(endpoint)
    if audience in (Audience.DEVICE, Audience.LINK):
        return None  # no cookie is looked at, so nothing can be forged with one
    csrf.protect()
    if may_use(operator_or_none(), endpoint):
        return _second_factor_first(endpoint, audience)
    if audience is not None and operator_or_none() is None:
        raise Unauthenticated("sign in first")
    if audience is None:
        current_app.logger.error(
            "%s has no row in checkin.services.accounts.own_delegation", endpoint
        )
    raise Forbidden("your role may not do this: ask an organiser")


def _second_factor_first(
    endpoint: str, audience: frozenset[Role] | Audience | None
) -> ResponseReturnValue | None:
    operator = operator_or_none()
    if operator is None or isinstance(audience, Audience) or endpoint in _BEFORE_SECOND_FACTOR:
        return None
    if not is_missing(operator, marhaba().settings.second_factor):
        return None
    return redirect(url_for("second_factor.show"), 303)


def login_manager() -> LoginManager:
    """Return what keeps operators signed in."""
    manager = LoginManager()
    manager.session_protection = None  # laptops at a venue change networks all day
    manager.user_loader(signed_in_by_token)
    return manager
