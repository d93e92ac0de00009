"""Ask for the password again before an account is changed.

Whoever finds a browser signed in changes no account with it, and ends nobody's sessions.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import wraps
from typing import TypeVar, cast

from flask import make_response, render_template, request, session

from checkin.db.engine import in_transaction
from checkin.services.accounts.hashing import password_matches
from checkin.services.accounts.sessions import confirm_session, is_confirmed
from checkin.services.limits.rules import OWN_PASSWORD
from checkin.web.site.addressing.addresses import this_address
from checkin.web.site.refusals.limits import by_operator
from checkin.web.site.sessions import (
    current_operator,
    current_session_confirmed_at,
    current_session_id,
)
from checkin.web.site.state import database, marhaba
from checkin.web.site.visits import Answer

View = TypeVar("View", bound=Callable[..., object])

#: the field of the page that asks; the others are those of the form that was sent
FIELD = "confirmation"


def confirmed(view: View) -> View:
    """Run a form's view only where its operator signed in, or gave their password, just now.

    Else the page asks for the password and sends the same form again with it, so that nothing that
    was typed is lost.
    """

    @wraps(view)
    def asked(*args: object, **kwargs: object) -> object:
        if is_confirmed_here():
            return view(*args, **kwargs)
        typed = request.form.get(FIELD)
        if typed is None or not _is_right(typed):
            return make_response(_page(failed=typed is not None), 403)
        _confirm()
        return view(*args, **kwargs)

    return cast(View, asked)


def is_confirmed_here() -> bool:
    """Say whether a form need not ask: a form with a secret in it has the field `FIELD` itself."""
    return is_confirmed(current_session_confirmed_at(), datetime.now(UTC))


def _is_right(password: str) -> bool:
    tried = marhaba().limits.reserve((OWN_PASSWORD, by_operator()))
    if not password_matches(current_operator().password_hash, password):
        return False
    tried.give_back()
    return True


def _confirm() -> None:
    here, now = current_session_id(), datetime.now(UTC)
    session["_user_id"] = in_transaction(
        database(), lambda opened: confirm_session(opened, here, now=now)
    )


def _page(*, failed: bool) -> Answer:
    kept = [(name, value) for name, value in request.form.items(multi=True) if name != FIELD]
    fields = [(name, value) for name, value in kept if name != "csrf_token"]
    about = {"fields": fields, "action": this_address(), "field": FIELD, "failed": failed}
    return render_template("accounts/confirm.html", **about)
