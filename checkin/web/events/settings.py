"""The pages that create an event and change its settings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache

from flask import flash, redirect, request
from flask_babel import gettext as _

from checkin.db.models import Event
from checkin.domain.common.form_marks import Overtaken
from checkin.domain.common.problems import FieldProblem, InvalidValue, Problem
from checkin.domain.events.details import MOMENTS, EventDetails, validate_event, validate_slug
from checkin.domain.people.public_badges import BADGE_DELAY_S
from checkin.domain.people.searching import DESK_BUDGET, GATE_BUDGET
from checkin.protocol.time_zones import time_zone, time_zone_names
from checkin.services.channels.badge_requests import finding_address
from checkin.services.lifecycle.first_steps import Step
from checkin.services.lifecycle.settings import CapacityBelowPeople, change_event, open_event
from checkin.services.messages.changes import ask_about_change, told_of
from checkin.web.events.first_steps import step_names
from checkin.web.site.addressing.outgoing import public_address
from checkin.web.site.shared_forms import FormOvertaken, changes_said, refuse_overtaken
from checkin.web.site.visits import STAFF, Answer, EventVisit, Visit, pages, visited_by
from checkin.words.languages import LANGUAGES
from checkin.words.problems import problem_advice

bp = pages(__name__)

_TEXTS = (
    *("name", "name_ar", "venue", "venue_ar", "timezone", "language", "reentry"),
    *("without_badge", "map_point"),
)
#: who answers for the personal data
_ANSWERABLE = ("organiser", "contact", "organiser_address", "cndp_number")
_FIELDS = (
    *("slug", *_TEXTS, *MOMENTS, "grace_minutes", "capacity", "sensitive"),
    *(*_ANSWERABLE, "retention_days", "badge_delay_minutes"),
    *("gates_may_search", "search_while_closed", "search_budget_gate", "search_budget_desk"),
    *("gates_call_coordinators", "finds_badges"),
)
_TICKED = (
    *("sensitive", "gates_may_search", "search_while_closed", "gates_call_coordinators"),
    "finds_badges",
)
_FRESH = {
    "timezone": "Africa/Casablanca",
    "language": "fr",
    "reentry": "single",
    "without_badge": "everyone",
    "grace_minutes": "0",
    "sensitive": "yes",
    "retention_days": "30",
    "gates_may_search": "yes",
    "search_budget_gate": str(GATE_BUDGET),
    "search_budget_desk": str(DESK_BUDGET),
    "badge_delay_minutes": str(BADGE_DELAY_S // 60),
}


@bp.get("/events/new")
@visited_by(STAFF)
def new(visit: Visit) -> Answer:
    """Show the form of a new event."""
    return _page(visit, _FRESH)


@bp.post("/events/new")
@visited_by(STAFF)
def create(visit: Visit) -> Answer:
    """Create the event, or show beside each field what is wrong."""
    values = _sent()
    details = validate_event(values)
    try:
        slug = validate_slug(values["slug"], values["name"])
        if isinstance(details, list):
            return _page(visit, values, details), 400
        given = details
        visit.write(lambda v: open_event(v.session, slug, given, v.keys, **v.who))
    except InvalidValue as fault:
        found = details if isinstance(details, list) else []
        return _page(visit, values, [*found, fault.in_column("slug")]), 400
    return redirect(visit.address("first_steps.resume", slug=slug), 303)


@bp.get("/events/<slug>/settings")
@visited_by(STAFF)
def edit(visit: EventVisit) -> Answer:
    """Show the form of an event's settings."""
    return _page(visit, _values_of(visit.event))


@bp.post("/events/<slug>/settings")
@visited_by(STAFF)
def save(visit: EventVisit) -> Answer:
    """Change an event's settings, or show beside each field what is wrong."""
    values = _sent()
    details = validate_event(values)
    if isinstance(details, list):
        return _page(visit, values, details), 400
    try:
        number = visit.write(lambda v: _change(v, values, details))
    except CapacityBelowPeople as fault:
        return _page(visit, values, [fault.in_column("capacity")], too_small=fault), 400
    except FieldProblem as fault:
        return _page(visit, values, [fault.problem]), 400
    except FormOvertaken as fault:
        return _page(visit, fault.form.values, overtaken=fault.form), 409
    visit.server.devices.forget()  # the very next scan is decided by the new rules
    visit.nudge()
    flash(_("Saved."))
    if number is not None:
        return redirect(visit.address("announcements.show", number=number), 303)
    return redirect(visit.address("settings.edit"), 303)


def _change(visit: EventVisit, values: Mapping[str, str], details: EventDetails) -> int | None:
    """Change the event, and return the message that waits to tell the participants, if any does."""
    refuse_overtaken(visit, values, lambda v: _values_of(v.event))
    before = told_of(visit.event)
    is_too_small = request.form.get("is_too_small") == "yes"
    change_event(visit.session, visit.event, details, is_too_small=is_too_small, **visit.who)
    return ask_about_change(visit.session, visit.event, before, **visit.who)


def _sent() -> dict[str, str]:
    return {name: request.form.get(name, "")[:400] for name in _FIELDS}


def _values_of(event: Event) -> dict[str, str]:
    zone = time_zone(event.timezone)
    texts = {name: getattr(event, name) or "" for name in (*_TEXTS, *_ANSWERABLE)}
    moments = {name: getattr(event, name) for name in MOMENTS}
    return {
        **texts,
        **{name: f"{at.astimezone(zone):%Y-%m-%dT%H:%M}" for name, at in moments.items() if at},
        "grace_minutes": str(event.grace_s // 60),
        "capacity": str(event.capacity or ""),
        "sensitive": "yes" if event.sensitive else "",
        "retention_days": str(event.retention_days),
        "gates_may_search": "yes" if event.gates_may_search else "",
        "search_while_closed": "yes" if event.search_while_closed else "",
        "gates_call_coordinators": "yes" if event.gates_call_coordinators else "",
        "finds_badges": "yes" if event.finds_badges else "",
        "search_budget_gate": str(event.search_budget_gate),
        "search_budget_desk": str(event.search_budget_desk),
        "badge_delay_minutes": str(event.badge_delay_s // 60),
    }


def _page(
    visit: Visit,
    values: Mapping[str, str],
    problems: Sequence[Problem] = (),
    *,
    too_small: CapacityBelowPeople | None = None,
    overtaken: Overtaken | None = None,
) -> str:
    sentences = {one.column: problem_advice(one, visit.language) for one in problems}
    return visit.show(
        "events/settings.html",
        values=values,
        problems=sentences | (changes_said(overtaken, _choices()) if overtaken else {}),
        shown_values=_shown_by(visit),
        reentry_choices=_choices()["reentry"],
        without_badge_choices=_choices()["without_badge"],
        too_small=too_small,
        overtaken=overtaken is not None,
        time_zones=_time_zones(),
        finding=_finding(visit),
        names=step_names(),
        steps={},
        shown=Step.EVENT,
    )


def _finding(visit: Visit) -> str:
    """Return the address of the page where people ask for their badge; "" if there is none."""
    address = public_address()
    if not isinstance(visit, EventVisit) or not visit.event.finds_badges or address.is_only_here:
        return ""
    return finding_address(visit.keys, address.url, visit.event.id)


def _shown_by(visit: Visit) -> Mapping[str, str]:
    # Read again: after a refusal the visit's event is as it was before somebody else changed it.
    return _values_of(visit.within(visit.session).event) if isinstance(visit, EventVisit) else {}


def _choices() -> dict[str, list[tuple[object, str]]]:
    return {
        "reentry": [
            ("single", _("Never: one entry for each badge")),
            ("after_exit", _("After an exit was scanned")),
            ("free", _("At any time")),
        ],
        "without_badge": [
            ("everyone", _("Every volunteer")),
            ("supervisors", _("Supervisors, with their PIN")),
            ("nobody", _("Nobody: a badge is needed")),
        ],
        "language": [(one.tag, one.own_name) for one in LANGUAGES.values()],
        **{name: [("yes", _("yes")), ("", _("no"))] for name in _TICKED},
    }


@cache
def _time_zones() -> list[str]:
    return time_zone_names()
