"""Signing in and out."""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import urlsplit

from flask import Blueprint, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import logout_user

from checkin.errors import Unauthenticated
from checkin.services.operators import authenticate
from checkin.web.page_errors import register_page_errors
from checkin.web.sessions import begin_session, operator_or_none
from checkin.web.state import database

bp = Blueprint("auth", __name__)
register_page_errors(bp)


@bp.get("/login")
def login() -> ResponseReturnValue:
    """Show the form, or go on for someone who is signed in already."""
    if operator_or_none() is not None:
        return redirect(_own_address(request.args.get("next")))
    return render_template("login.html", failed=False, email="")


@bp.post("/login")
def sign_in() -> ResponseReturnValue:
    """Sign in with e-mail and password."""
    email, password = request.form.get("email", ""), request.form.get("password", "")
    try:
        operator = authenticate(database(), email, password, now=datetime.now(UTC))
    except Unauthenticated:
        return render_template("login.html", failed=True, email=email), 401
    begin_session(operator)
    return redirect(_own_address(request.args.get("next")))


@bp.post("/logout")
def logout() -> ResponseReturnValue:
    """Sign out and forget the session, but for the language."""
    language = session.get("language")
    logout_user()
    session.clear()
    if language:
        session["language"] = language
    return redirect(url_for("auth.login"))


def _own_address(address: str | None) -> str:
    """Return `address` if it is a path of ours, else the overview: no door to other sites."""
    home = url_for("organiser.overview")
    if not address or not address.startswith("/") or address[1:2] in ("/", "\\"):
        return home
    parts = urlsplit(address)
    plain = all(letter.isprintable() for letter in address)
    return address if plain and not parts.scheme and not parts.netloc else home
