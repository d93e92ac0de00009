"""The page of an operator's own account: password, second factor and sessions."""

from __future__ import annotations

from flask import flash, redirect, request
from flask_babel import gettext as _

from checkin.db.models import Operator
from checkin.errors import WeakPassword
from checkin.services.accounts.hashing import password_matches
from checkin.services.accounts.operators import set_password
from checkin.services.accounts.second_factor import codes_left
from checkin.services.accounts.sessions import end_session, end_sessions, sessions_of
from checkin.services.events.visibility import house_timezone
from checkin.services.limits.rules import OWN_PASSWORD
from checkin.web.accounts.confirming import confirmed
from checkin.web.accounts.known_browser import remember_browser
from checkin.web.accounts.password_words import different_sentence, weakness_sentence
from checkin.web.accounts.role_words import role_names
from checkin.web.accounts.sessions import begin_session
from checkin.web.site.refusals.limits import by_operator, limited
from checkin.web.site.sessions import current_session_id, lifetimes
from checkin.web.site.visits import EVERYBODY, Answer, Visit, pages, visited_by

bp = pages(__name__)


@bp.get("/account")
@visited_by(EVERYBODY)
def show(visit: Visit) -> Answer:
    """Show the operator's own account."""
    return _page(visit)


@bp.post("/account/password")
@limited(OWN_PASSWORD, by_operator, only_failures=True)
@visited_by(EVERYBODY)
def change_password(visit: Visit) -> Answer:
    """Change the operator's own password; a new session replaces all of their sessions."""
    password = request.form.get("password", "")
    if not password_matches(visit.operator.password_hash, request.form.get("current", "")):
        return _page(visit, wrong_current=True), 400
    if password != request.form.get("again", ""):
        return _page(visit, problem=different_sentence()), 400
    try:
        visit.write(lambda v: _set_own_password(v, password))
    except WeakPassword as fault:
        return _page(visit, problem=weakness_sentence(fault)), 400
    begin_session(visit.operator, renewed=True)
    flash(_("The password is changed. You are signed out everywhere else."))
    return redirect(visit.address("account.show"), 303)


@bp.post("/account/sessions/<int:session_id>/end")
@confirmed
@visited_by(EVERYBODY)
def end_one(visit: Visit, session_id: int) -> Answer:
    """End one of the operator's own sessions."""
    visit.write(lambda v: end_session(v.session, v.operator.id, session_id))
    return redirect(visit.address("account.show"), 303)


@bp.post("/account/sessions/end-others")
@confirmed
@visited_by(EVERYBODY)
def end_others(visit: Visit) -> Answer:
    """End all of the operator's own sessions but this one."""
    here = current_session_id()
    visit.write(lambda v: end_sessions(v.session, v.operator.id, but=here))
    remember_browser(visit.operator.id)
    return redirect(visit.address("account.show"), 303)


def _set_own_password(visit: Visit, password: str) -> None:
    me = visit.session.get_one(Operator, visit.operator.id)
    set_password(visit.session, me, password, now=visit.now, by=me.id)


def _page(visit: Visit, *, wrong_current: bool = False, problem: str | None = None) -> str:
    me, session = visit.operator, visit.session
    return visit.show(
        "accounts/account.html",
        me=me,
        role=role_names()[me.role],
        sessions=sessions_of(session, me.id, now=visit.now, lifetimes=lifetimes()),
        here=current_session_id(),
        codes_left=codes_left(session, me.id),
        timezone=house_timezone(session),
        wrong_current=wrong_current,
        problem=problem,
    )
