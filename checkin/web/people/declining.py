"""“I am not coming”: the page behind the link in a participant's message."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial

from apiflask import APIBlueprint
from flask import Response, make_response, render_template
from flask.typing import ResponseReturnValue

from checkin.db.engine import in_transaction
from checkin.services.people.declining import Declining, Invited, decline, invited_by_link
from checkin.web.site.addresses import this_address
from checkin.web.site.errors import register_page_errors
from checkin.web.site.state import database, marhaba

bp = APIBlueprint("declining", __name__, enable_openapi=False)
register_page_errors(bp)


@bp.get("/n/<secret>")
def ask(secret: str) -> ResponseReturnValue:
    """Ask before anything is done: mail programs open links to look at them."""
    with database().read() as session:
        invited = invited_by_link(session, marhaba().keys, secret, datetime.now(UTC))
    return _page(invited)


@bp.post("/n/<secret>")
def confirm(secret: str) -> ResponseReturnValue:
    """Free the participant's place. The link is the permission; no cookie is looked at."""
    work = partial(decline, keys=marhaba().keys, secret=secret, now=datetime.now(UTC))
    invited = in_transaction(database(), work)
    if invited.declining is Declining.DECLINED:
        marhaba().live.nudge(invited.event.id)
    return _page(invited)


def _page(invited: Invited) -> Response:
    page = make_response(
        render_template("people/decline.html", invited=invited, address=this_address())
    )
    page.headers["X-Robots-Tag"] = "noindex"
    return page
