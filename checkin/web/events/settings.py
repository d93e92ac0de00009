"""Create an event, and change what it lays down."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from checkin.db.engine import in_transaction
from checkin.db.models import Event
from checkin.domain.common.problems import InvalidValue, Problem
from checkin.domain.events.details import MOMENTS, validate_event, validate_slug
from checkin.protocol.time_zones import time_zone, time_zone_names
from checkin.services.events.visibility import visible_event
from checkin.services.lifecycle.first_steps import Step
from checkin.services.lifecycle.settings import change_event, open_event
from checkin.web.events.first_steps import step_names
from checkin.web.site.errors import register_page_errors
from checkin.web.site.languages import page_language
from checkin.web.site.sessions import current_operator
from checkin.web.site.state import database, marhaba
from checkin.words.languages import DEFAULT_LANGUAGE
from checkin.words.problems import problem_advice

bp = Blueprint("event_settings", __name__)
register_page_errors(bp)

_TEXTS = ("name", "name_ar", "venue", "venue_ar", "timezone", "language", "reentry")
_FIELDS = (
    *("slug", *_TEXTS, *MOMENTS, "grace_minutes", "capacity", "sensitive"),
    *("organiser", "contact", "retention_days"),
)
_FRESH = {
    "timezone": "Africa/Casablanca",
    "language": DEFAULT_LANGUAGE,
    "reentry": "single",
    "grace_minutes": "0",
    "sensitive": "yes",
    "retention_days": "30",
}


@bp.get("/events/new")
def new() -> ResponseReturnValue:
    """Show the form of a new event."""
    return _page(None, _FRESH)


@bp.post("/events/new")
def create() -> ResponseReturnValue:
    """Create the event, or say beside each field what is wrong."""
    values = _sent()
    details = validate_event(values)
    try:
        slug = validate_slug(values["slug"], values["name"])
        if isinstance(details, list):
            return _page(None, values, details), 400
        given, operator, now = details, current_operator(), datetime.now(UTC)
        in_transaction(
            database(),
            lambda session: open_event(
                session, slug, given, marhaba().keys, operator_id=operator.id, now=now
            ),
        )
    except InvalidValue as fault:
        found = details if isinstance(details, list) else []
        return _page(None, values, [*found, fault.in_column("slug")]), 400
    return redirect(url_for("first_steps.resume", slug=slug), 303)


@bp.get("/events/<slug>/settings")
def edit(slug: str) -> ResponseReturnValue:
    """Show what an event lays down."""
    with database().read() as session:
        event = visible_event(session, current_operator(), slug)
    return _page(event, _values_of(event))


@bp.post("/events/<slug>/settings")
def save(slug: str) -> ResponseReturnValue:
    """Change what an event lays down, or say beside each field what is wrong."""
    values, operator = _sent(), current_operator()
    with database().read() as session:
        event = visible_event(session, operator, slug)
    details = validate_event(values)
    if isinstance(details, list):
        return _page(event, values, details), 400

    def work(session: Session) -> None:
        changed = visible_event(session, operator, slug)
        change_event(session, changed, details, operator_id=operator.id, now=datetime.now(UTC))

    try:
        in_transaction(database(), work)
    except InvalidValue as fault:
        return _page(event, values, [fault.in_column("capacity")]), 400
    marhaba().devices.forget()  # the very next scan is decided by the new rules
    marhaba().live.nudge(event.id)
    flash(_("Saved."))
    return redirect(url_for("event_settings.edit", slug=slug), 303)


def _sent() -> dict[str, str]:
    return {name: request.form.get(name, "")[:400] for name in _FIELDS}


def _values_of(event: Event) -> dict[str, str]:
    zone = time_zone(event.timezone)
    texts = {name: getattr(event, name) or "" for name in (*_TEXTS, "organiser", "contact")}
    moments = {name: getattr(event, name) for name in MOMENTS}
    return {
        **texts,
        **{name: f"{at.astimezone(zone):%Y-%m-%dT%H:%M}" for name, at in moments.items() if at},
        "grace_minutes": str(event.grace_s // 60),
        "capacity": str(event.capacity or ""),
        "sensitive": "yes" if event.sensitive else "",
        "retention_days": str(event.retention_days),
    }


def _page(
    event: Event | None, values: Mapping[str, str], problems: list[Problem] | None = None
) -> str:
    return render_template(
        "events/settings.html",
        event=event,
        values=values,
        problems={one.column: problem_advice(one, page_language()) for one in problems or ()},
        time_zones=_time_zones(),
        names=step_names(),
        steps={},
        shown=Step.EVENT,
    )


@cache
def _time_zones() -> list[str]:
    return time_zone_names()
