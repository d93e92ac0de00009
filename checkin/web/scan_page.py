"""The scan page: a scanner station in a browser, for whoever holds a paired device."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from checkin.services.visible_events import timezones_in_use
from checkin.web.languages import page_language
from checkin.web.page_errors import register_page_errors
from checkin.web.scan_words import scan_words
from checkin.web.state import database

bp = Blueprint("scan_page", __name__)
register_page_errors(bp)


@bp.get("/scan")
def scan() -> ResponseReturnValue:
    """Show the scan page; the device's token stays in the browser."""
    with database().read() as session:
        timezones = timezones_in_use(session)
    return render_template("scan.html", words=scan_words(page_language(), timezones))
