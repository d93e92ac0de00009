"""Explain why a form failed the CSRF check, and what helps."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit

from flask import current_app, request
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError

from checkin.web.site.addressing.addresses import is_encrypted, public_address_of_page
from checkin.web.site.cookies import cookie_name
from checkin.web.site.sessions import SESSION


class Cause(StrEnum):
    """Why a form failed the CSRF check."""

    UNENCRYPTED = "unencrypted"
    NO_COOKIE = "no_cookie"
    INCOMPLETE = "incomplete"
    REFERRER_HIDDEN = "referrer_hidden"
    OTHER_HOST = "other_host"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class RefusedForm:
    """The explanation of a refused form; `link` is where to go instead, or ""."""

    cause: Cause
    sentence: str
    link: str = ""


#: what Flask-WTF says, where it says more than that the token and the cookie do not belong together
_OF_FLASK_WTF = {
    "The CSRF token is missing.": Cause.INCOMPLETE,
    "The referrer header is missing.": Cause.REFERRER_HIDDEN,
    "The referrer does not match the host.": Cause.OTHER_HOST,
}


def cause_of(told: str, *, has_cookie: bool, cookies_are_secure: bool, encrypted: bool) -> Cause:
    """Return why a form failed the CSRF check.

    Args:
        told: the description of Flask-WTF's fault.
        has_cookie: whether the browser sent the session's cookie with the form.
        cookies_are_secure: whether browsers keep the cookie only for encrypted addresses.
        encrypted: whether the browser opened the form at an encrypted address.
    """
    if told in _OF_FLASK_WTF:
        return _OF_FLASK_WTF[told]
    if has_cookie:
        return Cause.EXPIRED
    return Cause.UNENCRYPTED if cookies_are_secure and not encrypted else Cause.NO_COOKIE


def refused_form(fault: CSRFError) -> RefusedForm:
    """Return the explanation for the form of the current request."""
    cause = cause_of(
        fault.description or "",
        has_cookie=cookie_name(SESSION) in request.cookies,
        cookies_are_secure=current_app.config["SESSION_COOKIE_SECURE"],
        encrypted=is_encrypted(),
    )
    sentences = {
        Cause.UNENCRYPTED: _(
            "At this address, which is not encrypted, your browser does not keep you signed in. "
            "Use the address below instead."
        ),
        Cause.NO_COOKIE: _(
            "Your browser sent no cookie with this form: it was open for too long, or cookies are "
            "blocked for this address. Open the page again; if this comes back, allow cookies."
        ),
        Cause.INCOMPLETE: _(
            "The form was not understood. Open the page again and fill it in once more."
        ),
        Cause.REFERRER_HIDDEN: _(
            "Your browser hides from which page this form comes (its “referrer”). Allow it for "
            "this address, or use another browser."
        ),
        Cause.OTHER_HOST: _(
            "This form comes from %(there)s, but was sent to %(here)s. Use the address below. If "
            "that is where you are, the proxy in front of this server hides the name it was asked "
            "by: tell whoever runs it.",
            there=_origin(request.referrer or ""),
            here=_origin(request.host_url),
        ),
        Cause.EXPIRED: _(
            "This form was open for too long. Open the page again and send it once more."
        ),
    }
    elsewhere = cause in (Cause.UNENCRYPTED, Cause.OTHER_HOST)
    return RefusedForm(cause, str(sentences[cause]), public_address_of_page() if elsewhere else "")


def keeps_nobody_signed_in() -> bool:
    """Say whether browsers drop the session's cookie at this request's address."""
    return bool(current_app.config["SESSION_COOKIE_SECURE"]) and not is_encrypted()


def _origin(address: str) -> str:
    parts = urlsplit(address)
    # held together in an Arabic sentence, too
    return f"\u2068{parts.scheme}://{parts.netloc}\u2069"
