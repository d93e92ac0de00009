"""The scan page: a scanner station in a browser, for whoever holds a paired device."""

from __future__ import annotations

import json
from pathlib import Path

from flask import Blueprint, Response, current_app, make_response, render_template, url_for
from flask.typing import ResponseReturnValue

from checkin.services.events.visibility import timezones_in_use
from checkin.web.gates.kept_files import fingerprint, scan_page_files
from checkin.web.gates.scan_words import scan_words
from checkin.web.site.errors import register_page_errors
from checkin.web.site.languages import page_language
from checkin.web.site.state import database
from checkin.words.languages import LANGUAGES

bp = Blueprint("scan_page", __name__)
register_page_errors(bp)


@bp.get("/scan")
def scan() -> ResponseReturnValue:
    """Show the scan page; the device's token stays in the browser."""
    with database().read() as session:
        timezones = timezones_in_use(session)
    return render_template("gates/scan.html", words=scan_words(page_language(), timezones))


@bp.get("/scan/decoder.js")
def decoder() -> Response:
    """Return the reader of codes; elsewhere the page's worker could not feed it offline."""
    return current_app.send_static_file("js/scan/decoder-worker.js")


@bp.get("/scan/worker.js")
def worker() -> Response:
    """Return the worker that opens the page without network, with the list of what it keeps."""
    static = Path(current_app.static_folder or "")
    with database().read() as session:
        timezones = timezones_in_use(session)
    precache = {
        "version": fingerprint(static, timezones),
        "page": url_for("scan_page.scan"),
        "pages": {code: url_for("scan_page.scan", lang=code) for code in LANGUAGES},
        "files": [
            url_for("scan_page.decoder"),
            *(url_for("static", filename=name) for name in scan_page_files(static)),
        ],
    }
    program = (static / "js/scan/page-worker.js").read_text("utf-8")
    response = make_response(f"const PRECACHE = {json.dumps(precache)};\n{program}")
    response.mimetype = "text/javascript"
    response.headers["Cache-Control"] = "no-cache"
    response.headers["Service-Worker-Allowed"] = url_for("scan_page.scan")
    return response
