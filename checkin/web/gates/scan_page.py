"""The scan page: a scanner in a browser, on a paired device."""

from __future__ import annotations

import json
from pathlib import Path

from flask import current_app, make_response

from checkin.services.events.visibility import timezones_in_use
from checkin.web.gates.kept_files import fingerprint, scan_page_files
from checkin.web.gates.scan_words import scan_words
from checkin.web.site.visits import PUBLIC, Answer, Visit, open_to, pages, visited_by
from checkin.words.languages import LANGUAGES
from checkin.words.volunteer_card import volunteer_card

bp = pages(__name__)


@bp.get("/scan")
@visited_by(PUBLIC)
def scan(visit: Visit) -> Answer:
    """Show the scan page; the device's token stays in the browser."""
    words = scan_words(visit.language, timezones_in_use(visit.session))
    card = volunteer_card(visit.language)
    return visit.show("gates/scan.html", words=words, volunteer_card=card)


@bp.get("/scan/decoder.js")
@open_to(PUBLIC)
def decoder() -> Answer:
    """Return the decoder of codes; the page's service worker could not serve it elsewhere."""
    return current_app.send_static_file("js/scan/camera/decoder-worker.js")


@bp.get("/scan/worker.js")
@visited_by(PUBLIC)
def worker(visit: Visit) -> Answer:
    """Return the service worker that opens the page offline, with the list of files it keeps."""
    static = Path(current_app.static_folder or "")
    precache = {
        "version": fingerprint(static, timezones_in_use(visit.session)),
        "page": visit.address("scan_page.scan"),
        "pages": {code: visit.address("scan_page.scan", lang=code) for code in LANGUAGES},
        "files": [
            visit.address("scan_page.decoder"),
            *(visit.address("static", filename=name) for name in scan_page_files(static)),
        ],
    }
    program = (static / "js/scan/camera/page-worker.js").read_text("utf-8")
    response = make_response(f"const PRECACHE = {json.dumps(precache)};\n{program}")
    response.mimetype = "text/javascript"
    response.headers["Cache-Control"] = "no-cache"
    response.headers["Service-Worker-Allowed"] = visit.address("scan_page.scan")
    return response
