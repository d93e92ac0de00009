"""The page that stops all entries of an event, and lifts the stop."""

from __future__ import annotations

from flask import redirect, request

from checkin.errors import InvalidRequest
from checkin.services.gates.stops import LONGEST_MESSAGE, lift_stop, stop_entries, stops_of
from checkin.web.site.visits import STAFF, Answer, EventVisit, pages, visited_by
from checkin.words.catalogues import msgid, say
from checkin.words.languages import LANGUAGES

bp = pages(__name__)

#: what the form proposes: in a hurry, one press is enough
_READY = msgid("Entries are suspended. Wait for word from the organisers.")


@bp.get("/events/<slug>/stop")
@visited_by(STAFF)
def show(visit: EventVisit) -> Answer:
    """Show whether entries are stopped, by whom and since when, with the form to change it."""
    return _page(visit, {tag: say("pages", tag, _READY) for tag in LANGUAGES})


@bp.post("/events/<slug>/stop")
@visited_by(STAFF)
def stop(visit: EventVisit) -> Answer:
    """Order all gates to admit nobody, with the messages of the form."""
    messages = {language: request.form.get(f"message_{language}", "") for language in LANGUAGES}
    try:
        visit.write(lambda v: stop_entries(v.session, v.event, messages, **v.who))
    except InvalidRequest:
        return _page(visit, messages, refused=True), 400
    return _redirect_with_message(visit)


@bp.post("/events/<slug>/stop/lift")
@visited_by(STAFF)
def lift(visit: EventVisit) -> Answer:
    """Lift the stop, so that the gates admit people again."""
    visit.write(lambda v: lift_stop(v.session, v.event, **v.who))
    return _redirect_with_message(visit)


def _redirect_with_message(visit: EventVisit) -> Answer:
    visit.server.devices.forget()  # the very next scan is decided by the new order
    visit.nudge()
    return redirect(visit.address("stops.show"))


def _page(visit: EventVisit, messages: dict[str, str], **more: object) -> str:
    return visit.show(
        "gates/stop.html",
        stops=stops_of(visit.session, visit.event),
        messages=messages,
        longest=LONGEST_MESSAGE,
        **more,
    )
