"""How a message to one participant looks, before something is changed for them."""

from __future__ import annotations

from badges.message import Occasion
from checkin.domain.messages.kinds import MessageKind
from checkin.errors import NotFound
from checkin.services.mail.previews import Previewed, preview_html
from checkin.services.messages.previews import spec_of_person
from checkin.services.people.registering.unchecked import is_withheld_from
from checkin.services.people.search import participant_by_id
from checkin.web.mail.message_texts import mail_page
from checkin.web.site.addressing.outgoing import shown_sender
from checkin.web.site.visits import REGISTRARS, Answer, EventVisit, pages, visited_by

bp = pages(__name__)

#: what a form about one participant offers to tell them
_OFFERED = (
    MessageKind.CANCELED,
    MessageKind.CONFIRMED,
    MessageKind.RESERVE,
    MessageKind.REPLACED,
)


@bp.get("/events/<slug>/participants/<int:participant_id>/message/<kind>")
@visited_by(REGISTRARS)
def preview(visit: EventVisit, participant_id: int, kind: str) -> Answer:
    """Show the HTML of the message as this participant would get it, in their language."""
    if kind not in _OFFERED:
        raise NotFound(f"{kind!r} is no message about one participant")
    session, event = visit.session, visit.event
    person = participant_by_id(session, event, participant_id, visit.own_delegation)
    withheld = is_withheld_from(person, visit.own_delegation, visit.now)
    spec = spec_of_person(session, event, visit.keys, person.id, withheld=withheld)
    previewed = Previewed(person.language, Occasion(kind=kind), spec)
    return mail_page(preview_html(session, event, previewed, shown_sender()))
