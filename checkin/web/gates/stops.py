"""The page that stops all entries of an event, and lets them go on."""

from __future__ import annotations

from datetime import datetime

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from checkin.db.models import Event
from checkin.errors import InvalidRequest
from checkin.services.events.visibility import visible_event
from checkin.services.gates.stops import LONGEST_MESSAGE, lift_stop, stop_entries, stops_of
from checkin.web.site.errors import register_page_errors
from checkin.web.site.event_changes import change_event
from checkin.web.site.sessions import current_operator
from checkin.web.site.state import database, marhaba
from checkin.words.catalogues import msgid, say
from checkin.words.languages import LANGUAGES

bp = Blueprint("stops", __name__)
register_page_errors(bp)

#: what the form proposes: in a hurry, one press is enough
_READY = msgid("Entries are suspended. Wait for word from the organisers.")


@bp.get("/events/<slug>/stop")
def show(slug: str) -> ResponseReturnValue:
    """Say whether entries are stopped, by whom and since when, with the form that changes it."""
    return _page(slug, {tag: say("pages", tag, _READY) for tag in LANGUAGES})


@bp.post("/events/<slug>/stop")
def stop(slug: str) -> ResponseReturnValue:
    """Order all gates to admit nobody, with the messages of the form."""
    messages = {language: request.form.get(f"message_{language}", "") for language in LANGUAGES}

    def stop(session: Session, event: Event, /, *, operator_id: int, now: datetime) -> None:
        stop_entries(session, event, messages, operator_id=operator_id, now=now)

    try:
        event_id = change_event(slug, stop)
    except InvalidRequest:
        return _page(slug, messages, refused=True), 400
    return _told(slug, event_id)


@bp.post("/events/<slug>/stop/lift")
def lift(slug: str) -> ResponseReturnValue:
    """Let the gates admit people again."""
    return _told(slug, change_event(slug, lift_stop))


def _told(slug: str, event_id: int) -> ResponseReturnValue:
    marhaba().devices.forget()  # the very next scan is decided by the new order
    marhaba().live.nudge(event_id)
    return redirect(url_for("stops.show", slug=slug))


def _page(slug: str, messages: dict[str, str], **more: object) -> str:
    with database().read() as session:
        event = visible_event(session, current_operator(), slug)
        found = stops_of(session, event)
    return render_template(
        "gates/stop.html",
        event=event,
        stops=found,
        messages=messages,
        longest=LONGEST_MESSAGE,
        **more,
    )
