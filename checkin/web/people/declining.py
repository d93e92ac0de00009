"""The page on which a participant declines, by the link in their message."""

from __future__ import annotations

from flask import make_response

from checkin.services.people.declining import Declining, Invited, decline, invited_by_link
from checkin.web.site.addresses import this_address
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
    invited = visit.write(lambda v: decline(v.session, keys=v.keys, secret=secret, now=v.now))
    if invited.declining is Declining.DECLINED:
        visit.server.live.nudge(invited.event.id)
    return _page(visit, invited)


def _page(visit: Visit, invited: Invited) -> Answer:
    shown = visit.show("people/decline.html", invited=invited, address=this_address())
    page = make_response(shown)
    page.headers["X-Robots-Tag"] = "noindex"
    return page
