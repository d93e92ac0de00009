"""The pages to sign in, with a second factor where there is one, and to sign out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from flask import redirect, request
from flask_babel import gettext as _
from flask_login import logout_user

from checkin.db.engine import Database
from checkin.db.models import Operator
from checkin.domain.accounts.browsers import network_of
from checkin.errors import (
    AccountUsedUp,
    FirstPasswordExpired,
    MarhabaError,
    TooManyRequests,
    Unauthenticated,
)
from checkin.services.accounts.failed_sign_ins import note_wrong_code, note_wrong_password
from checkin.services.accounts.operators import LONGEST_EMAIL
from checkin.services.accounts.provider_settings import kept_provider
from checkin.services.accounts.second_factor import pass_second_factor
from checkin.services.accounts.sessions import end_session
from checkin.services.accounts.sign_in import Attempt
from checkin.services.accounts.sign_in import sign_in as sign_in_within_limits
from checkin.services.limits.rules import CODES_ACCOUNT, CODES_BROWSER, Rule
from checkin.web.accounts.known_browser import kept_by_browser, number_of_browser
from checkin.web.accounts.passkeys import options_to_sign_in, pass_by_passkey
from checkin.web.accounts.sessions import (
    begin_session,
    operator_pending_second_factor,
    remember_pending_second_factor,
    start_afresh,
)
from checkin.web.site.addressing.addresses import own_address, public_address_of_page
from checkin.web.site.refusals.errors import too_many, waiting_sentence
from checkin.web.site.refusals.limits import by_client
from checkin.web.site.refusals.refused_forms import keeps_nobody_signed_in
from checkin.web.site.sessions import current_session_id, operator_or_none
from checkin.web.site.visits import EVERYBODY, PUBLIC, Answer, Visit, pages, visited_by

bp = pages(__name__)


@bp.get("/login")
@visited_by(PUBLIC)
def show(visit: Visit) -> Answer:
    """Show the sign-in form, or redirect an operator who is signed in already."""
    if operator_or_none() is not None:
        return redirect(own_address(request.args.get("next")))
    return _form(visit, "")


@bp.post("/login")
@visited_by(PUBLIC)
def check(visit: Visit) -> Answer:
    """Sign in with e-mail and password; an operator with a second factor is asked for it next."""
    attempt, server = _attempt(), visit.server
    wanted = own_address(request.args.get("next"))
    try:
        operator = sign_in_within_limits(server.database, server.keys, server.limits, attempt)
    except (Unauthenticated, AccountUsedUp) as fault:
        _after_the_answer(visit, lambda here, *how: note_wrong_password(here, attempt.email, *how))
        return _refused(visit, attempt.email, fault)
    except TooManyRequests as fault:
        return _refused(visit, attempt.email, fault)
    if operator.totp_sealed is not None:
        remember_pending_second_factor(operator)
        return redirect(visit.address("sign_in.ask_code", next=wanted))
    begin_session(operator)
    return redirect(wanted)


@bp.get("/login/code")
@visited_by(PUBLIC)
def ask_code(visit: Visit) -> Answer:
    """Ask for the code of the second factor, if the password was right a moment ago."""
    operator = operator_pending_second_factor()
    if operator is None:
        return redirect(visit.address("sign_in.show"))
    return _code_form(visit, operator)


@bp.post("/login/code")
@visited_by(PUBLIC)
def check_code(visit: Visit) -> Answer:
    """Sign in with a code of the authenticator app, a recovery code, or a passkey's answer."""
    operator = operator_pending_second_factor()
    if operator is None:
        return redirect(visit.address("sign_in.show"))
    try:
        tried = visit.server.limits.reserve(_whose_codes(operator))
    except TooManyRequests as fault:
        return too_many(_code_form(visit, operator, waiting_sentence(fault)), fault)
    try:
        visit.write(lambda v: _pass(v, operator.id))
    except Unauthenticated:
        _after_the_answer(visit, lambda here, *how: note_wrong_code(here, operator.id, *how))
        return _code_form(visit, operator, _wrong_code()), 401
    tried.give_back()
    begin_session(operator)
    return redirect(own_address(request.args.get("next")))


@bp.post("/logout")
@visited_by(EVERYBODY)
def sign_out(visit: Visit) -> Answer:
    """Sign out: the session ends, here and in the database."""
    session_id = current_session_id()
    visit.write(lambda v: end_session(v.session, v.operator.id, session_id))
    logout_user()
    start_afresh()
    answer = redirect(visit.address("sign_in.show"))
    if request.is_secure:  # elsewhere browsers ignore it, and complain
        # Not "storage": a gate of this browser keeps its scans there.
        answer.headers["Clear-Site-Data"] = '"cache"'
    return answer


def _pass(visit: Visit, operator_id: int) -> None:
    who, answer = visit.session.get_one(Operator, operator_id), request.form.get("answer")
    if answer:
        return pass_by_passkey(visit.session, who, answer)
    code = request.form.get("code", "")
    return pass_second_factor(visit.session, who, visit.keys, code, now=visit.now)


def _after_the_answer(visit: Visit, note: Callable[[Database, str, datetime], None]) -> None:
    server, network, now = visit.server, network_of(request.remote_addr), visit.now
    server.background_tasks.do(lambda: note(server.database, network, now))


def _attempt() -> Attempt:
    email, password = request.form.get("email", ""), request.form.get("password", "")
    return Attempt(email[:LONGEST_EMAIL], password, by_client(), kept_by_browser())


def _refused(visit: Visit, email: str, fault: MarhabaError) -> Answer:
    if isinstance(fault, AccountUsedUp):
        return too_many(_form(visit, email, _account_used_up()), fault)
    if isinstance(fault, TooManyRequests):
        return too_many(_form(visit, email, f"{waiting_sentence(fault)} {_other_ways()}"), fault)
    expired = isinstance(fault, FirstPasswordExpired)
    return _form(visit, email, _expired_password() if expired else _wrong_password()), 401


def _form(visit: Visit, email: str, problem: str | None = None) -> str:
    elsewhere = public_address_of_page() if keeps_nobody_signed_in() else ""
    return visit.show(
        "accounts/login.html",
        problem=problem,
        email=email,
        elsewhere=elsewhere,
        provider=kept_provider(visit.session),
    )


def _wrong_password() -> str:
    return str(_("Wrong e-mail or password. Check both and try again."))


def _expired_password() -> str:
    return str(
        _(
            "This first password was not replaced within a week, and no longer works. Ask an "
            "administrator for a link, or whoever runs the server for a new password."
        )
    )


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
            "phone must be right."
        )
    )


def _code_form(visit: Visit, operator: Operator, problem: str | None = None) -> str:
    options = options_to_sign_in(visit.session, operator)
    return visit.show("accounts/login_code.html", problem=problem, passkey_options=options)
