"""The page that copies an event to another day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from flask import flash, redirect, request
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from checkin.db.models import Event
from checkin.domain.common.names import clean_name
from checkin.domain.common.problems import InvalidValue
from checkin.domain.events.details import is_demos_slug, validate_slug
from checkin.protocol.time_zones import in_time_zone
from checkin.services.lifecycle.copying import Copied, Part, copy_event
from checkin.web.jobs.asking import ask_for
from checkin.web.site.visits import STAFF, Answer, EventVisit, pages, visited_by
from checkin.words.problems import problem_advice
from checkin.worker.work.people_copy import PEOPLE_COPY

bp = pages(__name__)

#: beside the parts, and never ticked beforehand
_PEOPLE = "people"
_TEXTS = ("name", "name_ar", "slug", "day")
_LONGEST_SLUG = 50


@dataclass(frozen=True, slots=True)
class Tick:
    """Something that may be copied: what it is called, and what of it is copied."""

    name: str
    title: str
    explained: str


@bp.get("/events/<slug>/copy")
@visited_by(STAFF)
def show(visit: EventVisit) -> Answer:
    """Show what of the event would be copied, all of it ticked but the people."""
    texts = {"name": visit.event.name, "name_ar": visit.event.name_ar or "", "slug": "", "day": ""}
    return _page(visit, texts, set(Part))


@bp.post("/events/<slug>/copy")
@visited_by(STAFF)
def copy(visit: EventVisit) -> Answer:
    """Copy the event, or say beside each field what is wrong."""
    texts = {name: request.form.get(name, "").strip()[:400] for name in _TEXTS}
    ticked = {name for name in (*Part, _PEOPLE) if request.form.get(name) == "yes"}
    problems = _missing(ticked)
    copied = _read(visit, texts, ticked, problems)
    if copied is None or problems:
        return _page(visit, texts, ticked, problems), 400
    try:
        visit.write(lambda v: copy_event(v.session, v.event, copied, v.keys, **v.who))
    except InvalidValue as fault:
        taken = {"slug": problem_advice(fault.in_column("slug"), visit.language)}
        return _page(visit, texts, ticked, taken), 400
    flash(_("The event is copied: look through its settings once."))
    with_people = _PEOPLE in ticked
    return _copy_people(visit, copied.slug) if with_people else _lead_to(visit, copied.slug)


def _copy_people(visit: EventVisit, slug: str) -> Answer:
    source = visit.event.id
    event = visit.session.scalars(select(Event).where(Event.slug == slug)).one()
    return ask_for(EventVisit(visit.session, visit.now, event), PEOPLE_COPY, source=source)


def _lead_to(visit: EventVisit, slug: str) -> Answer:
    return redirect(visit.address("first_steps.resume", slug=slug), 303)


def _missing(ticked: set[str]) -> dict[str, str]:
    """Return what is wrong with the ticks: buses and people are of delegations."""
    needed = {Part.DELEGATIONS: {Part.BUSES, _PEOPLE}, Part.CATEGORIES: {_PEOPLE}}
    sentence = _("Buses are of delegations, people of delegations and categories: tick these, too.")
    return {part: sentence for part, by in needed.items() if part not in ticked and by & ticked}


def _read(
    visit: EventVisit, texts: Mapping[str, str], ticked: set[str], problems: dict[str, str]
) -> Copied | None:
    """Return the copy that the fields describe; what is wrong is added to the problems."""

    def told(column: str, fault: InvalidValue) -> None:
        problems[column] = problem_advice(fault.in_column(column), visit.language)

    name, day, slug = "", None, ""
    name_ar: str | None = None
    try:
        name = clean_name(texts["name"])
    except InvalidValue as fault:
        told("name", fault)
    try:
        name_ar = clean_name(texts["name_ar"]) if texts["name_ar"] else None
    except InvalidValue as fault:
        told("name_ar", fault)
    try:
        day = _day(texts["day"])
    except InvalidValue as fault:
        told("day", fault)
    try:
        slug = validate_slug(texts["slug"], name or "x")
    except InvalidValue as fault:
        told("slug", fault)
    if problems or day is None:
        return None
    if not texts["slug"]:
        slug = _free_slug(visit.session, slug, day)
    return Copied(slug, name, name_ar, day, frozenset(Part(one) for one in ticked - {_PEOPLE}))


def _day(text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise InvalidValue("invalid_moment" if text else "missing_text", text) from None
    if not 2000 <= day.year < 2200:
        raise InvalidValue("invalid_moment", text)
    return day


def _free_slug(session: Session, slug: str, day: date) -> str:
    """Return a short name made of the event's name; with its day where another event has it."""
    if (
        not is_demos_slug(slug)
        and session.scalar(select(Event.id).where(Event.slug == slug)) is None
    ):
        return slug
    end = f"-{day.isoformat()}"
    return slug[: _LONGEST_SLUG - len(end)].rstrip("-") + end


def _page(
    visit: EventVisit,
    texts: Mapping[str, str],
    ticked: set[str] | set[Part],
    problems: Mapping[str, str] | None = None,
) -> str:
    return visit.show(
        "events/copy.html",
        values=texts,
        problems=problems or {},
        ticks=_ticks(),
        ticked={str(one) for one in ticked},
        first_day=in_time_zone(visit.event.starts_at, visit.event.timezone).date().isoformat(),
    )


def _ticks() -> list[Tick]:
    return [
        Tick(Part.CATEGORIES, _("Categories"), _("Names in both scripts, colours, shapes, order.")),
        Tick(
            Part.DELEGATIONS,
            _("Delegations and quotas"),
            _(
                "With the phones of coordinators, and the places kept for gates. Accounts of "
                "coordinators and links for registering are made anew."
            ),
        ),
        Tick(Part.BUSES, _("Buses"), _("Names, leaders, seats; nobody is seated yet.")),
        Tick(
            Part.GATES,
            _("Gates"),
            _(
                "Names in both scripts, which categories each admits, help desks, and opening "
                "hours on the new day. Devices are paired anew."
            ),
        ),
        Tick(Part.FLAGS, _("Flags"), _("What gates show with VIP, a wheelchair and the like.")),
        Tick(Part.TEXTS, _("The texts of messages"), _("In every language.")),
        Tick(Part.LOOK, _("Logo and colours"), _("As on the badges of this event.")),
        Tick(Part.STEPS, _("First steps"), _("What you have skipped is skipped there, too.")),
        Tick(
            _PEOPLE,
            _("People"),
            _(
                "All who are registered or wait, with their contacts; whoever is canceled is left "
                "out. They get new badges, which nobody sends by itself. Ask yourself whether they "
                "have agreed to be registered again."
            ),
        ),
    ]
