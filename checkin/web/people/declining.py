"""The page on which a participant declines, by the link in their message."""

from __future__ import annotations

from flask import make_response

from checkin.services.mail.sending_job import start_telling
from checkin.services.people.registering.declining import (
    Declining,
    Invited,
    decline,
    invited_by_link,
)
from checkin.web.site.addressing.addresses import this_address
from checkin.web.site.addressing.outgoing import mail_refusals
from checkin.web.site.visits import LINK, Answer, Visit, pages, visited_by

bp = pages(__name__)


@bp.get("/n/<secret>")
@visited_by(LINK)
def ask(visit: Visit, secret: str) -> Answer:
    """Ask for confirmation, because mail programs open links to check them."""
    return _page(visit, invited_by_link(visit.session, visit.keys, secret, visit.now))


@bp.post("/n/<secret>")
@visited_by(LINK)
def confirm(visit: Visit, secret: str) -> Answer:
    """Cancel the participant's registration. The link is the permission; no cookie is read."""
    may_send = not mail_refusals()
    invited = visit.write(lambda v: _decline(v, secret, may_send=may_send))
    visit.server.wake_worker()
    if invited.declining is Declining.DECLINED:
        visit.server.live.nudge(invited.event.id)
    return _page(visit, invited)


def _decline(visit: Visit, secret: str, *, may_send: bool) -> Invited:
    """Decline, and have those told at once who move up."""
    session, keys, now = visit.session, visit.keys, visit.now
    was_open = invited_by_link(session, keys, secret, now).declining is Declining.OPEN
    invited = decline(session, keys=keys, secret=secret, now=now)
    if was_open and may_send:
        start_telling(
            session, keys, invited.event, endpoint="delivery.send", operator_id=None, now=now
        )
    return invited


def _page(visit: Visit, invited: Invited) -> Answer:
    shown = visit.show("people/decline.html", invited=invited, address=this_address())
    page = make_response(shown)
    page.headers["X-Robots-Tag"] = "noindex"
    return page
