"""Signing in and out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import logout_user
from sqlalchemy.orm import Session

from checkin.db.engine import Database, in_transaction
from checkin.db.models import Operator
from checkin.domain.browsers import network_of
from checkin.errors import Unauthenticated
from checkin.services.failed_sign_ins import note_wrong_code, note_wrong_password
from checkin.services.operator_sessions import end_session
from checkin.services.operators import authenticate
from checkin.services.second_factor import pass_second_factor
from checkin.web.addresses import own_address, public_address_of_page
from checkin.web.half_signed_in import wait_for_code, waiting_operator
from checkin.web.page_errors import register_page_errors
from checkin.web.refused_forms import keeps_nobody_signed_in
from checkin.web.sessions import (
    begin_session,
    current_operator,
    current_session_id,
    operator_or_none,
    start_afresh,
)
from checkin.web.state import database, marhaba

bp = Blueprint("auth", __name__)
register_page_errors(bp)


@bp.get("/login")
def login() -> ResponseReturnValue:
    """Show the form, or go on for someone who is signed in already."""
    if operator_or_none() is not None:
        return redirect(own_address(request.args.get("next")))
    return _sign_in_form()


@bp.post("/login")
def sign_in() -> ResponseReturnValue:
    """Sign in with e-mail and password; whoever has a second factor is asked for it next."""
    email, password = request.form.get("email", ""), request.form.get("password", "")
    wanted = own_address(request.args.get("next"))
    try:
        operator = authenticate(database(), email, password)
    except Unauthenticated:
        _after_the_answer(lambda here, *how: note_wrong_password(here, email, *how))
        return _sign_in_form(failed_for=email), 401
    if operator.totp_sealed is not None:
        wait_for_code(operator)
        return redirect(url_for("auth.code", next=wanted))
    begin_session(operator)
    return redirect(wanted)


@bp.get("/login/code")
def code() -> ResponseReturnValue:
    """Ask for the code, if a password was right a moment ago."""
    return _code_form() if waiting_operator() else redirect(url_for("auth.login"))


@bp.post("/login/code")
def send_code() -> ResponseReturnValue:
    """Sign in with a code of the authenticator app, or a recovery code."""
    operator = waiting_operator()
    if operator is None:
        return redirect(url_for("auth.login"))

    def work(session: Session) -> None:
        who, text = session.get_one(Operator, operator.id), request.form.get("code", "")
        pass_second_factor(session, who, marhaba().keys, text, now=datetime.now(UTC))

    try:
        in_transaction(database(), work)
    except Unauthenticated:
        _after_the_answer(lambda here, *how: note_wrong_code(here, operator.id, *how))
        return _code_form(failed=True), 401
    begin_session(operator)
    return redirect(own_address(request.args.get("next")))


@bp.post("/logout")
def logout() -> ResponseReturnValue:
    """Sign out: the session ends, here and in the database."""
    operator, session_id = current_operator(), current_session_id()
    in_transaction(database(), lambda s: end_session(s, operator.id, session_id))
    logout_user()
    start_afresh()
    return redirect(url_for("auth.login"))


def _after_the_answer(note: Callable[[Database, str, datetime], None]) -> None:
    state, network, now = marhaba(), network_of(request.remote_addr), datetime.now(UTC)
    state.errands.do(lambda: note(state.database, network, now))


def _sign_in_form(*, failed_for: str | None = None) -> str:
    return render_template(
        "account/login.html",
        failed=failed_for is not None,
        email=failed_for or "",
        elsewhere=public_address_of_page() if keeps_nobody_signed_in() else "",
    )


def _code_form(*, failed: bool = False) -> str:
    return render_template("account/login_code.html", failed=failed)
