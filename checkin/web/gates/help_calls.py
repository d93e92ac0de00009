"""Taking a call for help, from the board."""

from __future__ import annotations

from flask import redirect

from checkin.services.gates.help_calls import take_call
from checkin.web.site.visits import SUPERVISORS, Answer, EventVisit, pages, visited_by

bp = pages(__name__)


@bp.post("/events/<slug>/help/<int:call_id>")
@visited_by(SUPERVISORS)
def take(visit: EventVisit, call_id: int) -> Answer:
    """Take a call for help: the gate says that somebody is coming."""
    visit.write(lambda v: take_call(v.session, v.event, call_id, **v.who))
    visit.nudge()
    return redirect(visit.address("board.show"), 303)
