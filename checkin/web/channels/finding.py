"""The public page where people ask for their badge, which tells nobody who is registered."""

from __future__ import annotations

from flask import Response, make_response, redirect, request
from flask_babel import gettext as _

from badges.link_qr import link_qr_png
from checkin.domain.common.problems import InvalidValue, Problem
from checkin.errors import TooManyRequests
from checkin.services.channels.badge_requests import (
    ask_for_badge,
    event_by_finding_link,
    finding_address,
    typed_contact,
)
from checkin.services.limits.rules import FINDING_ADDRESS, FINDING_CONTACT, FINDING_LINK
from checkin.web.site.addressing.outgoing import address_for_others
from checkin.web.site.refusals.limits import by_client, by_path, limit_wrong_links, limited
from checkin.web.site.visits import PUBLIC, STAFF, Answer, EventVisit, Visit, pages, visited_by
from checkin.words.problems import problem_advice

bp = pages(__name__)

LONGEST = 254
_limited = limit_wrong_links()


@bp.get("/f/<secret>")
@_limited
@visited_by(PUBLIC)
def ask(visit: Visit, secret: str) -> Answer:
    """Show the form, or what happens now that it was sent."""
    return _page(visit, secret, sent=request.args.get("sent") == "1")


@bp.post("/f/<secret>")
@_limited
@limited(FINDING_ADDRESS, by_client)
@limited(FINDING_LINK, by_path)
@visited_by(PUBLIC)
def find(visit: Visit, secret: str) -> Answer:
    """Write down what was typed; the worker looks it up. Answer and time tell nothing."""
    event = event_by_finding_link(visit.session, visit.keys, secret, visit.now)
    typed = request.form.get("contact", "")[:LONGEST]
    try:
        contact = typed_contact(typed)
    except InvalidValue as fault:
        return _page(visit, secret, typed=typed, problem=fault.in_column("phone")), 400
    if _may_ask(visit, event.id, contact):
        visit.write(lambda v: _ask(v, secret, contact))
    return redirect(visit.address("finding.ask", secret=secret, sent=1), 303)


@bp.get("/events/<slug>/find-badge/qr.png")
@visited_by(STAFF)
def picture(visit: EventVisit) -> Answer:
    """Return the QR code of the page's address, for a poster, also before the page is opened."""
    address = finding_address(visit.keys, address_for_others(), visit.event.id)
    response = make_response(link_qr_png(address))
    response.headers["Content-Type"] = "image/png"
    response.headers["Content-Disposition"] = 'attachment; filename="find-my-badge.png"'
    return response


@bp.after_request
def _private(response: Response) -> Response:
    response.headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _ask(visit: Visit, secret: str, contact: str) -> None:
    event = event_by_finding_link(visit.session, visit.keys, secret, visit.now)
    ask_for_badge(visit.session, visit.keys, event, contact, visit.now)


def _may_ask(visit: Visit, event_id: int, contact: str) -> bool:
    """Count this attempt for what was typed; beyond the limit nothing is written down."""
    try:
        visit.server.limits.reserve((FINDING_CONTACT, f"{event_id}:{contact}"))
    except TooManyRequests:
        return False
    return True


def _page(
    visit: Visit,
    secret: str,
    *,
    sent: bool = False,
    typed: str = "",
    problem: Problem | None = None,
) -> str:
    event = event_by_finding_link(visit.session, visit.keys, secret, visit.now)
    return visit.show(
        "channels/find_badge.html",
        event_shown=event,
        secret=secret,
        sent=sent,
        typed=typed,
        problem=_sentence(problem, visit.language) if problem else "",
    )


def _sentence(problem: Problem, language: str) -> str:
    if problem.code == "missing_contact":
        return str(_("Write the e-mail or the phone number with which you were registered."))
    return problem_advice(problem, language)
