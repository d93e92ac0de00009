"""The page of those whom an organiser has to check: the same as somebody else, or not."""

from __future__ import annotations

from flask import flash, redirect, request
from flask_babel import gettext as _

from checkin.errors import MergedAway
from checkin.services.mail.sending_job import start_telling
from checkin.services.people.registering.checking import PAGE_SIZE, people_to_check
from checkin.services.people.registering.registration import confirm_checked
from checkin.web.site.addressing.outgoing import mail_refusals
from checkin.web.site.visits import STAFF, Answer, EventVisit, pages, visited_by

bp = pages(__name__)


@bp.get("/events/<slug>/to-check")
@visited_by(STAFF)
def index(visit: EventVisit) -> Answer:
    """List those who are to be checked, with the people of other delegations whom they may be."""
    number = max(1, request.args.get("page", 1, int))
    found = people_to_check(visit.session, visit.event, page=number)
    return visit.show(
        "people/to_check.html",
        people=found[:PAGE_SIZE],
        number=number,
        more=len(found) > PAGE_SIZE,
    )


@bp.post("/events/<slug>/to-check/<int:participant_id>")
@visited_by(STAFF)
def confirm(visit: EventVisit, participant_id: int) -> Answer:
    """Register somebody who is another person than thought."""
    may_send = not mail_refusals()
    try:
        visit.write(lambda v: _confirm(v, participant_id, may_send=may_send))
    except MergedAway:
        flash(_("Somebody else has merged these two meanwhile."))
    visit.server.wake_worker()
    visit.nudge()
    return redirect(visit.address("to_check.index"), 303)


def _confirm(visit: EventVisit, participant_id: int, *, may_send: bool) -> None:
    confirm_checked(visit.session, visit.event, participant_id, keys=visit.keys, **visit.who)
    if may_send:
        endpoint = request.endpoint or ""
        start_telling(visit.session, visit.keys, visit.event, endpoint=endpoint, **visit.who)
