"""Set one's second factor up, make new recovery codes, turn it off."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TypeVar

from flask import Blueprint, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from badges.link_qr import link_qr_address
from checkin.db.engine import in_transaction
from checkin.db.models import Operator
from checkin.domain.accounts.totp import secret_text, setup_link
from checkin.errors import Conflict, InvalidRequest, Unauthenticated
from checkin.services.accounts.second_factor import (
    codes_left,
    is_missing,
    new_secret,
    pass_second_factor,
    renew_codes,
    seal,
    unseal,
)
from checkin.services.accounts.second_factor import (
    turn_off as forget_factor,
)
from checkin.services.accounts.second_factor import (
    turn_on as keep_factor,
)
from checkin.services.accounts.sessions import end_sessions
from checkin.services.limits.rules import OWN_CODES
from checkin.web.site.errors import register_page_errors
from checkin.web.site.limits import by_operator, limited
from checkin.web.site.sessions import begin_session, current_operator
from checkin.web.site.state import database, marhaba

bp = Blueprint("second_factor", __name__)
register_page_errors(bp)

T = TypeVar("T")
#: the secret of a set-up that has begun, sealed: a cookie can be read by whoever holds it
_BEGUN = "second_factor"
_limited = limited(OWN_CODES, by_operator, only_failures=True)


@bp.get("/account/second-factor")
def show() -> ResponseReturnValue:
    """Show the QR of a new second factor, or what can be done with the one that is on."""
    return _page()


@bp.post("/account/second-factor/begin")
def begin() -> ResponseReturnValue:
    """Make a new secret for the app."""
    sealed = seal(marhaba().keys, current_operator().id, new_secret())
    session[_BEGUN] = urlsafe_b64encode(sealed).decode()
    return redirect(url_for("second_factor.show"), 303)


@bp.post("/account/second-factor")
@_limited
def turn_on() -> ResponseReturnValue:
    """Turn it on once the app and we agree; the session is a new one, and others end."""
    operator, secret, code = current_operator(), _begun(), request.form.get("code", "")
    if secret is None or operator.totp_sealed is not None:
        return redirect(url_for("second_factor.show"), 303)

    def work(opened: Session) -> list[str]:
        me = opened.get_one(Operator, operator.id)
        end_sessions(opened, me.id)
        return keep_factor(opened, me, marhaba().keys, secret, code, now=datetime.now(UTC))

    try:
        codes = in_transaction(database(), work)
    except InvalidRequest:
        return _page(failed=True), 400
    begin_session(operator, renewed=True)
    return render_template("accounts/recovery_codes.html", codes=codes), 201


@bp.post("/account/second-factor/codes")
@_limited
def renew() -> ResponseReturnValue:
    """Make new recovery codes, for a code of the app."""

    def work(opened: Session, me: Operator) -> list[str]:
        return renew_codes(opened, me, marhaba().keys, now=datetime.now(UTC))

    codes = _after_code(work)
    if codes is None:
        return _page(failed=True), 400
    return render_template("accounts/recovery_codes.html", codes=codes), 201


@bp.post("/account/second-factor/off")
@_limited
def turn_off() -> ResponseReturnValue:
    """Turn it off, for a code; every session ends but this one, which is a new one."""
    operator = current_operator()

    def work(opened: Session, me: Operator) -> bool:
        forget_factor(opened, me, now=datetime.now(UTC), by=me.id)
        return True

    if _after_code(work) is None:
        return _page(failed=True), 400
    begin_session(operator, renewed=True)
    return redirect(url_for("account.show"), 303)


def _after_code(work: Callable[[Session, Operator], T]) -> T | None:
    """Do something for a right code; None for a wrong one."""
    operator, code, now = current_operator(), request.form.get("code", ""), datetime.now(UTC)
    if operator.totp_sealed is None:
        raise Conflict("there is no second factor yet")

    def checked(opened: Session) -> T:
        me = opened.get_one(Operator, operator.id)
        pass_second_factor(opened, me, marhaba().keys, code, now=now)
        return work(opened, me)

    try:
        return in_transaction(database(), checked)
    except Unauthenticated:
        return None


def _begun() -> bytes | None:
    sealed = urlsafe_b64decode(session.get(_BEGUN, ""))
    return unseal(marhaba().keys, current_operator().id, sealed)


def _page(*, failed: bool = False) -> str:
    me = current_operator()
    secret = None if me.totp_sealed else _begun()
    link = setup_link(secret, me.email) if secret else ""
    with database().read() as opened:
        left = codes_left(opened, me.id)
    return render_template(
        "accounts/second_factor.html",
        me=me,
        picture=link_qr_address(link) if secret else None,
        secret=secret_text(secret) if secret else "",
        failed=failed,
        required=is_missing(me, marhaba().settings.second_factor),
        codes_left=left,
    )
