"""The page on which an operator replaces the first password that they were given."""

from __future__ import annotations

from flask import redirect, request

from checkin.db.models import Operator
from checkin.errors import WeakPassword
from checkin.services.accounts.operators import replace_first_password
from checkin.web.accounts.confirming import confirmed
from checkin.web.accounts.password_words import different_sentence, weakness_sentence
from checkin.web.accounts.sessions import begin_session
from checkin.web.site.visits import EVERYBODY, Answer, Visit, pages, visited_by

bp = pages(__name__)


@bp.get("/account/first-password")
@visited_by(EVERYBODY)
def show(visit: Visit) -> Answer:
    """Ask for a password of the operator's own."""
    return _page(visit)


@bp.post("/account/first-password")
@confirmed
@visited_by(EVERYBODY)
def save(visit: Visit) -> Answer:
    """Set the password; a new session replaces the one of the first password."""
    if visit.operator.password_until is None:
        return redirect(visit.address("account.show"), 303)
    password = request.form.get("password", "")
    if password != request.form.get("again", ""):
        return _page(visit, different_sentence()), 400
    try:
        visit.write(lambda v: _replace(v, password))
    except WeakPassword as fault:
        return _page(visit, weakness_sentence(fault)), 400
    begin_session(visit.operator, renewed=True)
    return redirect(visit.address("overview.show"), 303)


def _replace(visit: Visit, password: str) -> None:
    me = visit.session.get_one(Operator, visit.operator.id)
    replace_first_password(visit.session, me, password, now=visit.now)


def _page(visit: Visit, problem: str | None = None) -> str:
    return visit.show("accounts/first_password.html", me=visit.operator, problem=problem)
