"""Help for whoever stands at a gate, or answers their questions: the volunteer's card."""

from __future__ import annotations

from checkin.web.site.visits import PUBLIC, Answer, Visit, pages, visited_by
from checkin.words.volunteer_card import volunteer_card

bp = pages(__name__)


@bp.get("/help")
@visited_by(PUBLIC)
def show(visit: Visit) -> Answer:
    """Show the volunteer's card, to be read or printed."""
    return visit.show("gates/help.html", volunteer_card=volunteer_card(visit.language))
