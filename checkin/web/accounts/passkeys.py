"""Make and remove passkeys, and sign in with one instead of a code of the app.

The challenge of a page is in the signed cookie of its browser; that an answer is taken once is seen
to by `checkin.services.accounts.passkeys`.
"""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import UTC, datetime

from flask import flash, redirect, request, session
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from checkin.db.models import Operator
from checkin.domain.accounts.browsers import device_name
from checkin.domain.accounts.relying_party import RelyingParty, relying_party
from checkin.errors import InvalidRequest, Unauthenticated
from checkin.services.accounts import passkeys
from checkin.web.accounts.confirming import confirmed
from checkin.web.site.visits import EVERYBODY, Answer, Visit, pages, visited_by

bp = pages(__name__)

_CHALLENGE = "passkey"


@bp.post("/account/passkeys")
@confirmed
@visited_by(EVERYBODY)
def add(visit: Visit) -> Answer:
    """Keep the passkey that the browser has made."""
    try:
        visit.write(_keep)
    except InvalidRequest:
        flash(_("The passkey was not made. Try once more."))
    else:
        flash(_("The passkey is kept. At the next sign-in it stands for the code."))
    return redirect(visit.address("second_factor.show"), 303)


@bp.post("/account/passkeys/<int:passkey_id>/remove")
@confirmed
@visited_by(EVERYBODY)
def remove(visit: Visit, passkey_id: int) -> Answer:
    """Remove a passkey."""
    visit.write(lambda v: passkeys.remove_passkey(v.session, v.operator, passkey_id, now=v.now))
    return redirect(visit.address("second_factor.show"), 303)


def options_to_add(visit: Visit) -> str | None:
    """Return what the browser is asked to make a passkey; None where it offers none here."""
    party, me = _party(), visit.operator
    if party is None or me.totp_sealed is None:
        return None
    challenge = _begin(visit.now)
    return passkeys.options_to_add(visit.session, me, visit.keys, party, challenge)


def options_to_sign_in(opened: Session, operator: Operator) -> str | None:
    """Return what the browser is asked to sign with; None without a passkey for this name."""
    party = _party()
    if party is None:
        return None
    return passkeys.options_to_sign_in(opened, operator, party, _begin(datetime.now(UTC)))


def pass_by_passkey(opened: Session, operator: Operator, answer: str) -> None:
    """Accept the answer of a passkey at sign-in.

    Raises:
        Unauthenticated: it is not right, or was accepted before.
    """
    party, challenge = _party(), _begun()
    if party is None or challenge is None:
        raise Unauthenticated("this page asked for no passkey")
    passkeys.pass_by_passkey(opened, operator, party, challenge, answer, now=datetime.now(UTC))


def _keep(visit: Visit) -> None:
    party, challenge = _party(), _begun()
    if party is None or challenge is None:
        raise InvalidRequest("this page asked for no passkey")
    passkeys.add_passkey(
        visit.session,
        visit.session.get_one(Operator, visit.operator.id),
        party,
        challenge,
        request.form.get("answer", ""),
        device=device_name(request.user_agent.string),
        now=visit.now,
    )


def _party() -> RelyingParty | None:
    return relying_party(request.host_url)


def _begin(now: datetime) -> passkeys.Challenge:
    challenge = passkeys.new_challenge(now)
    text = urlsafe_b64encode(challenge.text).decode()
    session[_CHALLENGE] = [text, challenge.made_at.isoformat()]
    return challenge


def _begun() -> passkeys.Challenge | None:
    kept = session.get(_CHALLENGE)
    if kept is None:
        return None
    return passkeys.Challenge(urlsafe_b64decode(kept[0]), datetime.fromisoformat(kept[1]))
