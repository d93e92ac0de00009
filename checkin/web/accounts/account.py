"""One's own account: password, second factor, and where one is signed in."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from checkin.db.engine import in_transaction
from checkin.db.models import Operator
from checkin.errors import WeakPassword
from checkin.services.accounts.hashing import password_matches
from checkin.services.accounts.operators import set_password
from checkin.services.accounts.second_factor import codes_left
from checkin.services.accounts.sessions import end_session, end_sessions, sessions_of
from checkin.services.events.visibility import house_timezone
from checkin.services.limits.rules import OWN_PASSWORD
from checkin.web.accounts.known_browser import remember_browser
from checkin.web.accounts.password_words import different_sentence, weakness_sentence
from checkin.web.accounts.role_words import role_names
from checkin.web.site.errors import register_page_errors
from checkin.web.site.limits import by_operator, limited
from checkin.web.site.sessions import begin_session, current_operator, current_session_id, lifetimes
from checkin.web.site.state import database

bp = Blueprint("account", __name__)
register_page_errors(bp)


@bp.get("/account")
def show() -> ResponseReturnValue:
    """Show one's account."""
    return _page()


@bp.post("/account/password")
@limited(OWN_PASSWORD, by_operator, only_failures=True)
def change_password() -> ResponseReturnValue:
    """Change one's password; every other session ends, and this one is a new one."""
    operator, password = current_operator(), request.form.get("password", "")
    if not password_matches(operator.password_hash, request.form.get("current", "")):
        return _page(wrong_current=True), 400
    if password != request.form.get("again", ""):
        return _page(problem=different_sentence()), 400

    def work(session: Session) -> None:
        me = session.get_one(Operator, operator.id)
        set_password(session, me, password, now=datetime.now(UTC), by=me.id)

    try:
        in_transaction(database(), work)
    except WeakPassword as fault:
        return _page(problem=weakness_sentence(fault)), 400
    begin_session(operator, renewed=True)
    flash(_("The password is changed. You are signed out everywhere else."))
    return redirect(url_for("account.show"), 303)


@bp.post("/account/sessions/<int:session_id>/end")
def end_one(session_id: int) -> ResponseReturnValue:
    """Sign out in one place."""
    operator = current_operator()
    in_transaction(database(), lambda session: end_session(session, operator.id, session_id))
    return redirect(url_for("account.show"), 303)


@bp.post("/account/sessions/end-others")
def end_others() -> ResponseReturnValue:
    """Sign out everywhere else."""
    operator, here = current_operator(), current_session_id()
    in_transaction(database(), lambda session: end_sessions(session, operator.id, but=here))
    remember_browser(operator.id)
    return redirect(url_for("account.show"), 303)


def _page(*, wrong_current: bool = False, problem: str | None = None) -> str:
    me = current_operator()
    with database().read() as session:
        return render_template(
            "accounts/account.html",
            me=me,
            role=role_names()[me.role],
            sessions=sessions_of(session, me.id, now=datetime.now(UTC), lifetimes=lifetimes()),
            here=current_session_id(),
            codes_left=codes_left(session, me.id),
            timezone=house_timezone(session),
            wrong_current=wrong_current,
            problem=problem,
        )
