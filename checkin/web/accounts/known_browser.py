"""The cookie by which a browser is known to the operators who signed in with it before."""

from __future__ import annotations

from flask import Response, after_this_request, current_app, request

from checkin.db.models import Operator
from checkin.services.accounts.known_browsers import LIFETIME, browser_known, make_known
from checkin.web.site.cookies import cookie_name
from checkin.web.site.state import database, marhaba

COOKIE = "known_browser"
_LONGEST = 1_000


def kept_by_browser() -> str:
    """Return the marks of known accounts that the browser sent; they may be forged."""
    kept = request.cookies.get(cookie_name(COOKIE), "")
    return kept if len(kept) <= _LONGEST else ""


def number_of_browser(operator: Operator) -> str | None:
    """Return the number of the request's browser, if it is known to this operator."""
    return browser_known(marhaba().keys, operator, kept_by_browser())


def remember_browser(operator_id: int) -> None:
    """Make the request's browser known to an operator from now on."""
    with database().read() as session:
        operator = session.get_one(Operator, operator_id)
    known = make_known(marhaba().keys, operator, kept_by_browser())

    @after_this_request
    def keep(answer: Response) -> Response:
        cookies = current_app.session_interface
        answer.set_cookie(
            cookie_name(COOKIE),
            known,
            max_age=LIFETIME,
            path=cookies.get_cookie_path(current_app),
            secure=cookies.get_cookie_secure(current_app),
            httponly=True,
            # Sent along by who comes back from the provider of sign-ins; it signs nobody in.
            samesite="Lax",
        )
        return answer
