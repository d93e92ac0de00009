"""Faults on pages that people read: a page that says what to do, in their language."""

from __future__ import annotations

from flask import Blueprint, Flask, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from checkin.domain.network.addresses import OnlyThisMachine
from checkin.errors import MarhabaError, TooManyRequests, Unauthenticated
from checkin.web.site.addresses import this_address
from checkin.web.site.errors import BUSY_S, http_status, retry_after
from checkin.web.site.outgoing import refusal_of
from checkin.web.site.refused_forms import refused_form
from checkin.web.site.waiting_words import waiting_sentence

Page = tuple[str, int, dict[str, str]]


def error_page(status: int) -> Page:
    """Render the page of an HTTP status."""
    page = render_template("error.html", status=status, sentence=_sentence(status))
    return page, status, {"Retry-After": str(BUSY_S)} if status == 503 else {}


def too_many_page(fault: TooManyRequests) -> Page:
    """Render the page for whoever tried too often: until when."""
    page = render_template("error.html", status=429, sentence=waiting_sentence(fault))
    return too_many(page, fault)


def too_many(page: str, fault: TooManyRequests) -> Page:
    """Return a page as the answer to whoever tried too often."""
    return page, 429, {"Retry-After": retry_after(fault)}


def _sentence(status: int) -> str:
    sentences = {
        400: _("The form was not understood. Open the page again and fill it in once more."),
        403: _("Your role does not open this page. Ask an organiser if you need it."),
        404: _("There is no such page, or it is not yours to see. Go back to the overview."),
        405: _("This address only takes what a form sends. Go back to the overview."),
        409: _("This contradicts what is already recorded. Reload the page and look again."),
        413: _("What was sent is too large. Choose a smaller file, or split the list."),
        503: _("The server is too busy just now. Wait a few seconds and reload the page."),
    }
    return str(
        sentences.get(status) or _("Something went wrong here. Try again; nothing was lost.")
    )


def _csrf_refused(fault: CSRFError) -> ResponseReturnValue:
    told = refused_form(fault)
    page = render_template("error.html", status=400, sentence=told.sentence, link=told.link)
    return page, 400


def _fault(fault: MarhabaError) -> ResponseReturnValue:
    if isinstance(fault, TooManyRequests):
        return too_many_page(fault)
    if isinstance(fault, Unauthenticated):
        back = this_address() if request.method == "GET" else None
        return redirect(url_for("auth.login", next=back))
    if isinstance(fault, OnlyThisMachine):
        return _nothing_leaves(fault)
    return error_page(http_status(fault))


def _nothing_leaves(fault: OnlyThisMachine) -> ResponseReturnValue:
    """Say why, with the field to change it; from there the reader goes back and does it again."""
    back = this_address() if request.method == "GET" else url_for("organiser.overview")
    refusal = refusal_of(fault.problem)
    return render_template("network/only_this_machine.html", refusal=refusal, back=back), 409


def _http(fault: HTTPException) -> ResponseReturnValue:
    return error_page(fault.code or 500) if (fault.code or 500) >= 400 else fault.get_response()


def register_unknown_pages(app: Flask) -> None:
    """Answer what no blueprint knows, an address with a slip above all, with a page too."""
    app.register_error_handler(HTTPException, _http)


def register_page_errors(blueprint: Blueprint) -> None:
    """Answer the faults of a blueprint's pages with pages."""
    blueprint.register_error_handler(CSRFError, _csrf_refused)
    blueprint.register_error_handler(MarhabaError, _fault)
    blueprint.register_error_handler(HTTPException, _http)
