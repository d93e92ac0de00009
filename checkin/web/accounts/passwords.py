"""Choosing a password by a link, and asking for such a link when it is forgotten."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import flash, redirect, request
from flask_babel import gettext as _

from checkin.db.engine import in_transaction
from checkin.domain.network.addresses import OnlyThisMachine
from checkin.errors import NotFound, TooManyRequests, WeakPassword
from checkin.services.accounts.operators import LONGEST_EMAIL, typed_email
from checkin.services.accounts.password_links import (
    IssuedLink,
    choose_password,
    link_for_forgotten,
    mailed,
    operator_behind,
)
from checkin.services.limits.rules import FORGOTTEN_ADDRESS, FORGOTTEN_CONTACT
from checkin.services.mail.account_letters import account_letter
from checkin.services.mail.post import send_now
from checkin.web.accounts.known_browser import remember_browser
from checkin.web.accounts.password_words import different_sentence, weakness_sentence
from checkin.web.site.addressing.outgoing import mail_refusals
from checkin.web.site.refusals.limits import by_client, limit_wrong_links, limited
from checkin.web.site.state import Marhaba
from checkin.web.site.visits import PUBLIC, Answer, Visit, pages, visited_by

bp = pages(__name__)

_limited = limit_wrong_links()


@bp.get("/forgotten-password")
@visited_by(PUBLIC)
def forgotten(visit: Visit) -> Answer:
    """Ask for the e-mail."""
    return _ask_for_the_email(visit)


@bp.post("/forgotten-password")
@limited(FORGOTTEN_ADDRESS, by_client)
@visited_by(PUBLIC)
def ask(visit: Visit) -> Answer:
    """E-mail a link if the account exists; response and time are the same if it does not."""
    if mail_refusals():
        return _ask_for_the_email(visit), 409
    email, server = request.form.get("email", "")[:LONGEST_EMAIL], visit.server
    if _may_be_mailed(server, email):
        server.background_tasks.do(lambda: _mail_forgotten(server, email))
    return redirect(visit.address("passwords.forgotten", sent=1), 303)


@bp.get("/password/<secret>")
@_limited
@visited_by(PUBLIC)
def choose(visit: Visit, secret: str) -> Answer:
    """Show the form; opening the link does not use it up, because mail servers open links, too."""
    return _form(visit, secret, None)


@bp.post("/password/<secret>")
@_limited
@visited_by(PUBLIC)
def save(visit: Visit, secret: str) -> Answer:
    """Set the password, with which the operator signs in next."""
    password = request.form.get("password", "")
    if password != request.form.get("again", ""):
        return _form(visit, secret, different_sentence(), 400)
    try:
        operator = visit.write(lambda v: choose_password(v.session, secret, password, now=v.now))
    except WeakPassword as fault:
        return _form(visit, secret, weakness_sentence(fault), 400)
    except NotFound:
        return _invalid_link_page(visit)
    if operator.totp_sealed is None:  # else a mailbox alone would have codes to guess
        remember_browser(operator.id)
    flash(_("Your password is set. Sign in with it."))
    return redirect(visit.address("sign_in.show"), 303)


def send_link(state: Marhaba, link: IssuedLink) -> str | None:
    """E-mail a link and record whether it was sent; return why it was not, or None."""
    now = datetime.now(UTC)
    try:
        with state.database.read() as session:
            letter = account_letter(link, state.settings.mail_sender(session), now)
            destination = state.settings.mail_destination(session, state.keys)
        fault = send_now(state.database, letter, destination, now)
    except OnlyThisMachine as refused:
        fault = refused.detail
    in_transaction(state.database, lambda session: mailed(session, link.secret, now, fault))
    return fault


def _ask_for_the_email(visit: Visit) -> str:
    sent = request.args.get("sent") == "1"
    return visit.show("accounts/password_forgotten.html", sent=sent, refusals=mail_refusals())


def _mail_forgotten(state: Marhaba, email: str) -> None:
    now = datetime.now(UTC)
    link = in_transaction(
        state.database, lambda session: link_for_forgotten(session, email, now=now)
    )
    if link is not None:
        send_link(state, link)


def _may_be_mailed(server: Marhaba, email: str) -> bool:
    try:
        server.limits.reserve((FORGOTTEN_CONTACT, typed_email(email)))
    except TooManyRequests:
        return False
    return True


def _form(visit: Visit, secret: str, problem: str | None, status: int = 200) -> Answer:
    try:
        whose = operator_behind(visit.session, secret, visit.now)
    except NotFound:
        return _invalid_link_page(visit)
    about = {"secret": secret, "whose": whose, "problem": problem}
    return visit.show("accounts/password_choose.html", **about), status


def _invalid_link_page(visit: Visit) -> Answer:
    return visit.show("accounts/password_nowhere.html"), 404
