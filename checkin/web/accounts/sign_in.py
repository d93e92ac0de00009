"""Signing in and out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import logout_user
from sqlalchemy.orm import Session

from checkin.db.engine import Database, in_transaction
from checkin.db.models import Operator
from checkin.domain.accounts.browsers import network_of
from checkin.errors import AccountUsedUp, MarhabaError, TooManyRequests, Unauthenticated
from checkin.services.accounts.failed_sign_ins import note_wrong_code, note_wrong_password
from checkin.services.accounts.operators import LONGEST_EMAIL
from checkin.services.accounts.second_factor import pass_second_factor
from checkin.services.accounts.sessions import end_session
from checkin.services.accounts.sign_in import Attempt
from checkin.services.accounts.sign_in import sign_in as sign_in_within_limits
from checkin.services.limits.rules import CODES_ACCOUNT, CODES_BROWSER, Rule
from checkin.web.accounts.known_browser import kept_by_browser, number_of_browser
from checkin.web.site.addresses import own_address, public_address_of_page
from checkin.web.site.errors import register_page_errors, too_many, waiting_sentence
from checkin.web.site.limits import by_client
from checkin.web.site.pending_second_factor import wait_for_code, waiting_operator
from checkin.web.site.refused_forms import keeps_nobody_signed_in
from checkin.web.site.sessions import (
    begin_session,
    current_operator,
    current_session_id,
    operator_or_none,
    start_afresh,
)
from checkin.web.site.state import database, marhaba

bp = Blueprint("auth", __name__)
register_page_errors(bp)


@bp.get("/login")
def login() -> ResponseReturnValue:
    """Show the form, or go on for someone who is signed in already."""
    if operator_or_none() is not None:
        return redirect(own_address(request.args.get("next")))
    return _form("")


@bp.post("/login")
def sign_in() -> ResponseReturnValue:
    """Sign in with e-mail and password; whoever has a second factor is asked for it next."""
    attempt, state = _attempt(), marhaba()
    wanted = own_address(request.args.get("next"))
    try:
        operator = sign_in_within_limits(state.database, state.keys, state.limits, attempt)
    except (Unauthenticated, AccountUsedUp) as fault:
        _after_the_answer(lambda here, *how: note_wrong_password(here, attempt.email, *how))
        return _refused(attempt.email, fault)
    except TooManyRequests as fault:
        return _refused(attempt.email, fault)
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

    try:
        tried = marhaba().limits.reserve(_whose_codes(operator))
    except TooManyRequests as fault:
        return too_many(_code_form(waiting_sentence(fault)), fault)

    def work(session: Session) -> None:
        who, text = session.get_one(Operator, operator.id), request.form.get("code", "")
        pass_second_factor(session, who, marhaba().keys, text, now=datetime.now(UTC))

    try:
        in_transaction(database(), work)
    except Unauthenticated:
        _after_the_answer(lambda here, *how: note_wrong_code(here, operator.id, *how))
        return _code_form(_wrong_code()), 401
    tried.give_back()
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
    state.background_tasks.do(lambda: note(state.database, network, now))


def _attempt() -> Attempt:
    email, password = request.form.get("email", ""), request.form.get("password", "")
    return Attempt(email[:LONGEST_EMAIL], password, by_client(), kept_by_browser())


def _refused(email: str, fault: MarhabaError) -> ResponseReturnValue:
    if isinstance(fault, AccountUsedUp):
        return too_many(_form(email, _account_used_up()), fault)
    if isinstance(fault, TooManyRequests):
        return too_many(_form(email, f"{waiting_sentence(fault)} {_other_ways()}"), fault)
    return _form(email, _wrong_password()), 401


def _form(email: str, problem: str | None = None) -> str:
    elsewhere = public_address_of_page() if keeps_nobody_signed_in() else ""
    return render_template("accounts/login.html", problem=problem, email=email, elsewhere=elsewhere)


def _wrong_password() -> str:
    return str(_("This e-mail and password do not go together. Check both and try again."))


def _other_ways() -> str:
    return str(
        _(
            "Another browser in which you have signed in before need not wait, nor does the link "
            "under “Forgotten your password?”."
        )
    )


def _account_used_up() -> str:
    return str(
        _(
            "Too many wrong passwords were given for this e-mail today. Sign in with a browser in "
            "which you have signed in before, follow “Forgotten your password?”, or ask an "
            "administrator for a link."
        )
    )


def _whose_codes(operator: Operator) -> tuple[Rule, str]:
    browser = number_of_browser(operator)
    if browser is not None:
        return CODES_BROWSER, f"{operator.id} {browser}"
    return CODES_ACCOUNT, str(operator.id)


def _wrong_code() -> str:
    return str(
        _(
            "This code is not right, or was used already. Wait for the next one; the clock of the "
            "telephone must be right."
        )
    )


def _code_form(problem: str | None = None) -> str:
    return render_template("accounts/login_code.html", problem=problem)
