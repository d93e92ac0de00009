"""Faults on pages that people read: a page that says what to do, in their language."""

from __future__ import annotations

from flask import Blueprint, Flask, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_limiter.errors import RateLimitExceeded
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from checkin.domain.addresses import OnlyThisMachine
from checkin.errors import MarhabaError, Unauthenticated
from checkin.web.errors import http_status
from checkin.web.outgoing import page_shown, refusal_of


def error_page(status: int) -> tuple[str, int]:
    """Render the page of an HTTP status."""
    return render_template("error.html", status=status, sentence=_sentence(status)), status


def _sentence(status: int) -> str:
    sentences = {
        400: _("The form was not understood. Open the page again and fill it in once more."),
        403: _("Your role does not open this page. Ask an organiser if you need it."),
        404: _("There is no such page, or it is not yours to see. Go back to the overview."),
        405: _("This address only takes what a form sends. Go back to the overview."),
        409: _("This contradicts what is already recorded. Reload the page and look again."),
        413: _("What was sent is too large. Choose a smaller file, or split the list."),
        429: _("Too many attempts. Wait a minute and try again."),
        503: _("The server is too busy just now. Wait a few seconds and reload the page."),
    }
    return str(
        sentences.get(status) or _("Something went wrong here. Try again; nothing was lost.")
    )


def _csrf_refused(_fault: CSRFError) -> ResponseReturnValue:
    sentence = _("This form was open for too long. Open the page again and send it once more.")
    return render_template("error.html", status=400, sentence=sentence), 400


def _fault(fault: MarhabaError) -> ResponseReturnValue:
    if isinstance(fault, Unauthenticated):
        back = request.full_path.rstrip("?") if request.method == "GET" else None
        return redirect(url_for("auth.login", next=back))
    if isinstance(fault, OnlyThisMachine):
        return _nothing_leaves(fault)
    return error_page(http_status(fault))


def _nothing_leaves(fault: OnlyThisMachine) -> ResponseReturnValue:
    """Say why, with the field to change it; from there the reader goes back and does it again."""
    back = page_shown() if request.method == "GET" else url_for("organiser.overview")
    refusal = refusal_of(fault.problem)
    return render_template("only_this_machine.html", refusal=refusal, back=back), 409


def _http(fault: HTTPException) -> ResponseReturnValue:
    if isinstance(fault, RateLimitExceeded):
        return error_page(429)
    return error_page(fault.code or 500) if (fault.code or 500) >= 400 else fault.get_response()


def register_unknown_pages(app: Flask) -> None:
    """Answer what no blueprint knows, an address with a slip above all, with a page too."""
    app.register_error_handler(HTTPException, _http)


def register_page_errors(blueprint: Blueprint) -> None:
    """Answer the faults of a blueprint's pages with pages."""
    blueprint.register_error_handler(CSRFError, _csrf_refused)
    blueprint.register_error_handler(MarhabaError, _fault)
    blueprint.register_error_handler(HTTPException, _http)
