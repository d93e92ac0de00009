"""The page of an event's days, and of the hours that gates and categories have of their own."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from flask import flash, redirect, request
from flask_babel import gettext as _

from checkin.db.models import Event, OpeningHours
from checkin.domain.common.form_marks import (
    Overtaken,
    OvertakenRows,
    Row,
    form_mark,
    overtaken_rows,
    rows_mark,
)
from checkin.domain.common.problems import InvalidValue, Problem
from checkin.domain.events.days import FIRST_DAY, MOST_DAYS
from checkin.domain.events.opening_times import (
    DAY_FIELDS,
    HOUR_FIELDS,
    DayTimes,
    HourTimes,
    validate_days,
    validate_hours,
)
from checkin.protocol.time_zones import time_zone
from checkin.services.events.days import day_rows
from checkin.services.events.events import categories_of
from checkin.services.gates.devices import gates_of
from checkin.services.gates.hours import hour_rows
from checkin.services.lifecycle.opening_times import change_days, change_hours
from checkin.web.site.languages import both_names
from checkin.web.site.shared_forms import (
    MARK,
    FormOvertaken,
    changes_said,
    read_anew,
    refuse_overtaken,
)
from checkin.web.site.visits import STAFF, Answer, EventVisit, pages, visited_by
from checkin.words.problems import problem_advice

bp = pages(__name__)

MOST_HOURS = 60
#: so many rows are left empty for more
_FREE_ROWS = 2
Values = Mapping[str, str]


@bp.get("/events/<slug>/hours")
@visited_by(STAFF)
def show(visit: EventVisit) -> Answer:
    """Show the days of the event, and the hours of gates and categories."""
    return _page(visit)


@bp.post("/events/<slug>/hours/days")
@visited_by(STAFF)
def save_days(visit: EventVisit) -> Answer:
    """Change the days, or show beside each field what is wrong."""
    values = _sent(DAY_FIELDS, MOST_DAYS)
    days = validate_days(values, visit.event.timezone, MOST_DAYS)
    if isinstance(days, list):
        return _page(visit, days=values, problems=days, days_mark=_sent_mark()), 400
    try:
        return _saved(visit, lambda v: _change_days(v, values, days))
    except InvalidValue as fault:
        gone = fault.in_column(f"starts_at-{fault.value}")
        return _page(visit, days=values, problems=[gone], days_mark=_sent_mark()), 409
    except FormOvertaken as fault:
        return _page(visit, days=fault.form.values, days_overtaken=fault.form), 409


@bp.post("/events/<slug>/hours")
@visited_by(STAFF)
def save_hours(visit: EventVisit) -> Answer:
    """Change the hours, or show beside each field what is wrong."""
    values = _sent(HOUR_FIELDS, MOST_HOURS)
    known = [key for key, _name in _whose(visit)]
    hours = validate_hours(values, visit.event.timezone, MOST_HOURS, known)
    if isinstance(hours, list):
        return _page(visit, hours=values, problems=hours, hours_mark=_sent_mark()), 400
    try:
        return _saved(visit, lambda v: _change_hours(v, values, hours))
    except FormOvertaken as fault:
        return _page(visit, hours_overtaken=fault.form), 409


def _change_days(visit: EventVisit, values: Values, days: Sequence[DayTimes]) -> None:
    refuse_overtaken(visit, values, _day_values)
    change_days(visit.session, visit.event, days, **visit.who)


def _change_hours(visit: EventVisit, values: Values, hours: Sequence[HourTimes]) -> None:
    read_anew(visit)
    found = overtaken_rows(_sent_mark(), _hour_lines(values, MOST_HOURS), _stored_lines(visit))
    if found is not None:
        raise FormOvertaken(found)
    change_hours(visit.session, visit.event, hours, **visit.who)


def _sent_mark() -> str:
    return request.form.get(MARK, "")


def _saved(visit: EventVisit, change: Callable[[EventVisit], None]) -> Answer:
    visit.write(change)
    visit.server.devices.forget()  # the very next scan is decided by the new times
    visit.nudge()
    flash(_("Saved."))
    return redirect(visit.address("opening_times.show"), 303)


def _sent(fields: Sequence[str], rows: int) -> dict[str, str]:
    names = (f"{name}-{number}" for number in range(1, rows + 1) for name in fields)
    return {name: request.form.get(name, "")[:40] for name in names}


def _whose(visit: EventVisit) -> list[tuple[str, str]]:
    """Return the gates and categories of the event: the key of each in the form, and its name."""
    gates = [(f"gate-{one.id}", one.name) for one in gates_of(visit.session, visit.event.id)]
    categories = categories_of(visit.session, visit.event)
    return gates + [(f"category-{one.id}", both_names(one)[0]) for one in categories]


def _page(
    visit: EventVisit,
    *,
    days: Values | None = None,
    days_mark: str = "",
    days_overtaken: Overtaken | None = None,
    hours: Values | None = None,
    hours_mark: str = "",
    hours_overtaken: OvertakenRows | None = None,
    problems: Sequence[Problem] = (),
) -> str:
    """Show both forms.

    Args:
        days_mark, hours_mark: of what a refused form had shown; "" marks what is stored now.
    """
    now_days, now_lines = _day_values(visit), _stored_lines(visit)
    if hours_overtaken:
        now_lines, hours_mark = hours_overtaken.rows, hours_overtaken.mark
    day_values, hour_values = days or now_days, hours or _line_values(now_lines)
    said = changes_said(days_overtaken) if days_overtaken else _hours_said(hours_overtaken)
    return visit.show(
        "events/opening_times.html",
        days=day_values,
        days_mark=days_mark or form_mark(now_days),
        days_overtaken=days_overtaken is not None,
        day_numbers=_rows(day_values, MOST_DAYS),
        hours=hour_values,
        hours_mark=hours_mark or rows_mark(now_lines),
        hours_overtaken=hours_overtaken is not None,
        hour_numbers=_rows(hour_values, MOST_HOURS),
        whose=[("", "–"), *_whose(visit)],
        problems={one.column: problem_advice(one, visit.language) for one in problems} | said,
        today=visit.today,
        first_day=FIRST_DAY,
    )


def _rows(values: Values, most: int) -> range:
    """Return the numbers of the rows to show: those with something in them, and some more."""
    written = [int(name.rpartition("-")[2]) for name, value in values.items() if value]
    return range(1, min(most, max(written, default=0) + _FREE_ROWS) + 1)


def _hours_said(form: OvertakenRows | None) -> dict[str, str]:
    """Return a sentence beside each line that somebody else has changed."""
    if form is None:
        return {}
    added = _("Somebody else has just written this line.")
    gone = _("Somebody else has just changed or removed this line; here it is as you wrote it.")
    return {f"whose-{number}": added for number in form.added} | {
        f"whose-{number}": gone for number in form.gone
    }


def _day_values(visit: EventVisit) -> dict[str, str]:
    """Return all fields of the form of days as they are stored, with the empty ones."""
    empty = {f"{name}-{n}": "" for n in range(1, MOST_DAYS + 1) for name in DAY_FIELDS}
    rows = day_rows(visit.session, visit.event.id)
    return empty | _moments(visit.event, DAY_FIELDS, rows)


def _stored_lines(visit: EventVisit) -> Sequence[Row]:
    rows = hour_rows(visit.session, visit.event.id)
    return _hour_lines(_hour_values(visit.event, rows), len(rows))


def _hour_values(event: Event, rows: Sequence[OpeningHours]) -> dict[str, str]:
    whose = {
        f"whose-{number}": f"gate-{row.gate_id}" if row.gate_id else f"category-{row.category_id}"
        for number, row in enumerate(rows, 1)
    }
    return whose | _moments(event, HOUR_FIELDS[1:], rows)


def _hour_lines(values: Values, count: int) -> Sequence[Row]:
    """Return the first lines of the form of hours, also the empty ones."""
    return [
        tuple(values.get(f"{name}-{number}", "") for name in HOUR_FIELDS)
        for number in range(1, count + 1)
    ]


def _line_values(lines: Sequence[Row]) -> dict[str, str]:
    return {
        f"{name}-{number}": text
        for number, line in enumerate(lines, 1)
        for name, text in zip(HOUR_FIELDS, line, strict=True)
    }


def _moments(event: Event, fields: Sequence[str], rows: Sequence[object]) -> dict[str, str]:
    """Return the moments of stored rows as the form writes them, by the event's clocks."""
    zone = time_zone(event.timezone)
    moments = {
        f"{name}-{number}": getattr(row, name)
        for number, row in enumerate(rows, 1)
        for name in fields
    }
    return {name: f"{at.astimezone(zone):%Y-%m-%dT%H:%M}" for name, at in moments.items() if at}
