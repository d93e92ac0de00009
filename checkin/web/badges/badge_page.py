"""The page of a participant's badge at its secret address, which needs no account."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from flask import (
    Response,
    abort,
    current_app,
    g,
    make_response,
    redirect,
    render_template,
    request,
)
from flask_babel import refresh
from markupsafe import Markup
from werkzeug.exceptions import HTTPException

from badges.calendar import calendar_file
from badges.look import logo_data_url
from badges.phone import phone_badge_png
from badges.qr import qr_svg
from badges.texts import moment_text, texts_in
from badges.typesetting.shapes import outline_points
from badges.wallet import apple
from checkin.db.engine import in_transaction
from checkin.services.badges.calendar import calendar_entry
from checkin.services.badges.page import (
    ShownBadge,
    is_new_opening,
    record_opening,
    set_mailed,
    shown_badge,
)
from checkin.services.badges.wallets import Wallet, google_link_of, pass_of, wallets_for
from checkin.services.events.days import reserve_hour
from checkin.services.people.registering.declining import decline_address
from checkin.web.badges.ways import contact_of, place_of
from checkin.web.site.refusals.limits import limit_wrong_links
from checkin.web.site.visits import LINK, PUBLIC, Answer, Visit, open_to, pages, visited_by
from checkin.words.catalogues import msgid, say
from checkin.words.languages import LANGUAGES

bp = pages(__name__)

_limited = limit_wrong_links(410)
_NO_BADGE = msgid("There is no badge at this address, or no longer. Ask your delegation for yours.")


@bp.get("/b/<secret>")
@_limited
@visited_by(PUBLIC)
def show(visit: Visit, secret: str) -> Answer:
    """Show a badge on the whole screen; the page works without scripts."""
    shown = _shown(visit, secret)
    _record_opening(visit, shown)
    language = visit.language
    return visit.show(
        "badges/badge_page.html",
        shown=shown,
        spec=shown.spec,
        reserve_from=_reserve_hour(visit, shown),
        secret=secret,
        wallets=wallets_for(shown, visit.server.wallets, visit.now),
        words=texts_in(language),
        logo=logo_data_url(shown.look),
        category_outline=outline_points(shown.spec.category_shape),
        place=place_of(shown.event, language),
        contact=contact_of(shown.event.contact),
        decline=_decline(visit, shown),
        # Made of digits by our own writer: no text of anybody's is in it.
        code_picture=Markup(qr_svg(shown.spec.code)),  # noqa: S704
        when=moment_text(shown.spec.starts_at, language),
    )


def _reserve_hour(visit: Visit, shown: ShownBadge) -> datetime | None:
    """Return from when the reserve list is let in today, for who is on it."""
    if shown.confirmed:
        return None
    return reserve_hour(visit.session, shown.event.id, visit.now)


@bp.get("/b/<secret>/badge.png")
@_limited
@visited_by(PUBLIC)
def picture(visit: Visit, secret: str) -> Answer:
    """Return the badge as a picture, to be saved on the telephone."""
    shown = _shown(visit, secret)
    return _file(phone_badge_png(shown.spec, shown.look), "image/png", "badge.png")


@bp.get("/b/<secret>/calendar.ics")
@_limited
@visited_by(PUBLIC)
def calendar(visit: Visit, secret: str) -> Answer:
    """Return the event's place and time for the telephone's calendar."""
    shown = _shown(visit, secret)
    entry = calendar_entry(visit.session, shown.event, shown.spec, at=visit.now)
    content = calendar_file(entry)
    return _file(content, "text/calendar; charset=utf-8", "badge.ics")


@bp.get(f"/b/<secret>/{Wallet.APPLE}")
@_limited
@visited_by(PUBLIC)
def apple_wallet(visit: Visit, secret: str) -> Answer:
    """Return the badge as a pass for Apple Wallet."""
    content = pass_of(_shown(visit, secret), visit.server.wallets, visit.now) or abort(410)
    return _file(content, apple.MIME_TYPE, "badge.pkpass")


@bp.get(f"/b/<secret>/{Wallet.GOOGLE}")
@_limited
@visited_by(PUBLIC)
def google_wallet(visit: Visit, secret: str) -> Answer:
    """Redirect to Google Wallet; the link is signed now, so there is none for an invalid badge."""
    link = google_link_of(_shown(visit, secret), visit.server.wallets, visit.now) or abort(410)
    return redirect(link, 303)


@bp.post("/b/<secret>/mail")
@_limited
@visited_by(LINK)
def mail_wish(visit: Visit, secret: str) -> Answer:
    """Write down whether the participant wants e-mails. The link is the permission."""
    wish = request.form.get("mail") == "yes"
    change = partial(set_mailed, keys=visit.keys, secret=secret, is_mailed=wish, now=visit.now)
    if visit.write(lambda v: change(v.session)) is None:
        abort(410)
    return redirect(visit.address("badge_page.show", secret=secret, _anchor="mail"), 303)


@bp.get("/b/keep.js")
@open_to(PUBLIC)
def keep() -> Answer:
    """Return the service worker that keeps an opened badge for use without the network.

    It is served here because a service worker controls only addresses below its own.
    """
    return current_app.send_static_file("js/keep-badge.js")


@bp.after_request
def _private(response: Response) -> Response:
    response.headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    if response.mimetype != "text/javascript":
        response.headers["Cache-Control"] = "private, no-store"
    return response


@bp.errorhandler(410)
def _invalid_badge_page(_fault: HTTPException) -> Answer:
    told = {language: say("pages", language.tag, _NO_BADGE) for language in LANGUAGES.values()}
    return render_template("badges/badge_gone.html", told=told), 410


def _decline(visit: Visit, shown: ShownBadge) -> str:
    """Return the address at which the badge's owner says that they are not coming; "" if late."""
    if visit.now >= shown.event.ends_at:
        return ""
    here, language = request.script_root, visit.language
    return decline_address(
        shown.event, visit.keys, shown.badge_id, base_url=here, language=language
    )


def _shown(visit: Visit, secret: str) -> ShownBadge:
    shown = shown_badge(visit.session, visit.keys, secret)
    if shown is None:
        abort(410)
    visit.session.close()  # to draw takes a while
    g.page_language = shown.spec.language
    refresh()
    return shown


def _record_opening(visit: Visit, shown: ShownBadge) -> None:
    """Record the opening once the page has left: it waits for no lock that scans hold."""
    if is_new_opening(shown, visit.now):
        database, badge_id, now = visit.server.database, shown.badge_id, visit.now
        work = partial(record_opening, badge_id=badge_id, now=now)
        visit.server.background_tasks.do(lambda: in_transaction(database, work))


def _file(content: bytes, kind: str, name: str) -> Response:
    response = make_response(content)
    response.headers["Content-Type"] = kind
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
