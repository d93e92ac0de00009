"""The page of an operator's own second factor: set it up, renew recovery codes, turn it off."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode

from flask import redirect, request, session

from badges.link_qr import link_qr_address
from checkin.db.models import Operator
from checkin.domain.accounts.totp import secret_text, setup_link
from checkin.errors import Conflict, InvalidRequest, Unauthenticated
from checkin.services.accounts import second_factor as factor
from checkin.services.accounts.duties import Duty, duty_of
from checkin.services.accounts.passkeys import passkeys_of
from checkin.services.accounts.sessions import end_sessions
from checkin.services.events.visibility import house_timezone
from checkin.services.limits.rules import OWN_CODES
from checkin.web.accounts.confirming import confirmed
from checkin.web.accounts.passkeys import options_to_add
from checkin.web.accounts.sessions import begin_session
from checkin.web.site.refusals.limits import by_operator, limited
from checkin.web.site.visits import EVERYBODY, Answer, Visit, pages, visited_by

bp = pages(__name__)

#: the secret of a set-up that has begun, sealed: a cookie can be read by whoever holds it
_BEGUN = "second_factor"
_limited = limited(OWN_CODES, by_operator, only_failures=True)


@bp.get("/account/second-factor")
@visited_by(EVERYBODY)
def show(visit: Visit) -> Answer:
    """Show the QR code of a new second factor, or the actions for the one that is on.

    Whoever has to set it up first is shown the QR code at once.
    """
    if _is_required(visit) and _begun(visit) is None:
        _begin(visit)
    return _page(visit)


@bp.post("/account/second-factor/begin")
@confirmed
@visited_by(EVERYBODY)
def begin(visit: Visit) -> Answer:
    """Make a new secret for the authenticator app."""
    _begin(visit)
    return redirect(visit.address("second_factor.show"), 303)


@bp.post("/account/second-factor")
@confirmed
@_limited
@visited_by(EVERYBODY)
def turn_on(visit: Visit) -> Answer:
    """Turn the second factor on, for a right code; a new session replaces all sessions."""
    secret = _begun(visit)
    if secret is None or visit.operator.totp_sealed is not None:
        return redirect(visit.address("second_factor.show"), 303)
    try:
        codes = visit.write(lambda v: _keep(v, secret))
    except InvalidRequest:
        return _page(visit, failed=True), 400
    begin_session(visit.operator, renewed=True)
    return _codes_page(visit, codes, onward="overview.show"), 201


@bp.post("/account/second-factor/codes")
@confirmed
@_limited
@visited_by(EVERYBODY)
def renew(visit: Visit) -> Answer:
    """Make new recovery codes, for a right code of the app."""
    try:
        codes = visit.write(_renewed)
    except Unauthenticated:
        return _page(visit, failed=True), 400
    return _codes_page(visit, codes, onward="account.show"), 201


@bp.post("/account/second-factor/off")
@confirmed
@_limited
@visited_by(EVERYBODY)
def turn_off(visit: Visit) -> Answer:
    """Turn the second factor off, for a right code; a new session replaces all sessions."""
    try:
        visit.write(_forget)
    except Unauthenticated:
        return _page(visit, failed=True), 400
    begin_session(visit.operator, renewed=True)
    return redirect(visit.address("account.show"), 303)


def _begin(visit: Visit) -> None:
    sealed = factor.seal(visit.keys, visit.operator.id, factor.new_secret())
    session[_BEGUN] = urlsafe_b64encode(sealed).decode()


def _is_required(visit: Visit) -> bool:
    rule = visit.server.settings.second_factor
    return duty_of(visit.session, visit.operator, rule) == Duty.SECOND_FACTOR


def _codes_page(visit: Visit, codes: list[str], *, onward: str) -> str:
    about = {"codes": codes, "email": visit.operator.email, "onward": visit.address(onward)}
    return visit.show("accounts/recovery_codes.html", **about)


def _keep(visit: Visit, secret: bytes) -> list[str]:
    me, code = visit.session.get_one(Operator, visit.operator.id), request.form.get("code", "")
    end_sessions(visit.session, me.id)
    return factor.turn_on(visit.session, me, visit.keys, secret, code, now=visit.now)


def _renewed(visit: Visit) -> list[str]:
    return factor.renew_codes(visit.session, _proven(visit), visit.keys, now=visit.now)


def _forget(visit: Visit) -> None:
    me = _proven(visit)
    factor.turn_off(visit.session, me, now=visit.now, by=me.id)


def _proven(visit: Visit) -> Operator:
    """Return the operator if the form has a right code.

    Raises:
        Unauthenticated: the code is wrong.
    """
    if visit.operator.totp_sealed is None:
        raise Conflict("there is no second factor yet")
    me, code = visit.session.get_one(Operator, visit.operator.id), request.form.get("code", "")
    factor.pass_second_factor(visit.session, me, visit.keys, code, now=visit.now)
    return me


def _begun(visit: Visit) -> bytes | None:
    sealed = urlsafe_b64decode(session.get(_BEGUN, ""))
    return factor.unseal(visit.keys, visit.operator.id, sealed)


def _page(visit: Visit, *, failed: bool = False) -> str:
    me = visit.operator
    secret = None if me.totp_sealed else _begun(visit)
    return visit.show(
        "accounts/second_factor.html",
        me=me,
        picture=link_qr_address(setup_link(secret, me.email)) if secret else None,
        secret=secret_text(secret) if secret else "",
        failed=failed,
        required=_is_required(visit),
        codes_left=factor.codes_left(visit.session, me.id),
        passkeys=passkeys_of(visit.session, me.id),
        passkey_options=options_to_add(visit),
        timezone=house_timezone(visit.session),
    )
