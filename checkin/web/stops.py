"""The page that stops all entries of an event, and lets them go on."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from checkin.db.engine import in_transaction
from checkin.domain.messages import LANGUAGES
from checkin.errors import InvalidRequest
from checkin.services.stops import LONGEST_MESSAGE, lift_stop, stop_entries, stops_of
from checkin.services.visible_events import visible_event
from checkin.web.page_errors import register_page_errors
from checkin.web.sessions import current_operator
from checkin.web.state import database, marhaba

bp = Blueprint("stops", __name__)
register_page_errors(bp)

#: what the form proposes: in a hurry, one press is enough
READY = {
    "fr": "Entrées suspendues. Attendez les consignes des organisateurs.",
    "ar": "تم توقيف الدخول مؤقتا. يُرجى انتظار تعليمات المنظمين.",
    "en": "Entries are suspended. Wait for word from the organisers.",
}


@bp.get("/events/<slug>/stop")
def show(slug: str) -> ResponseReturnValue:
    """Say whether entries are stopped, by whom and since when, with the form that changes it."""
    return _page(slug, READY)


@bp.post("/events/<slug>/stop")
def stop(slug: str) -> ResponseReturnValue:
    """Order all gates to admit nobody, with the messages of the form."""
    messages = {language: request.form.get(f"message_{language}", "") for language in LANGUAGES}
    operator, now = current_operator(), datetime.now(UTC)

    def work(session: Session) -> int:
        event = visible_event(session, operator, slug)
        stop_entries(session, event, messages, operator_id=operator.id, now=now)
        return event.id

    try:
        event_id = in_transaction(database(), work)
    except InvalidRequest:
        return _page(slug, messages, refused=True), 400
    return _told(slug, event_id)


@bp.post("/events/<slug>/stop/lift")
def lift(slug: str) -> ResponseReturnValue:
    """Let the gates admit people again."""
    operator, now = current_operator(), datetime.now(UTC)

    def work(session: Session) -> int:
        event = visible_event(session, operator, slug)
        lift_stop(session, event, operator_id=operator.id, now=now)
        return event.id

    return _told(slug, in_transaction(database(), work))


def _told(slug: str, event_id: int) -> ResponseReturnValue:
    marhaba().devices.forget()  # the very next scan is decided by the new order
    marhaba().live.nudge(event_id)
    return redirect(url_for("stops.show", slug=slug))


def _page(slug: str, messages: dict[str, str], **more: object) -> str:
    with database().read() as session:
        event = visible_event(session, current_operator(), slug)
        found = stops_of(session, event)
    return render_template(
        "stop.html",
        event=event,
        stops=found,
        messages=messages,
        longest=LONGEST_MESSAGE,
        **more,
    )
