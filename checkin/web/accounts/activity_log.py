"""Who did what, and when: for organisers of events, for administrators of accounts too."""

from __future__ import annotations

import csv
import io
from datetime import date, datetime, time, timedelta

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from checkin.protocol.time_zones import time_zone
from checkin.services.accounts.activity_log import Entry, Wanted, log_entries, people_in_log
from checkin.services.events.visibility import house_timezone, visible_events
from checkin.services.spreadsheets.writing import harmless
from checkin.web.accounts.activity_words import action_words, kind_words, who_without_name
from checkin.web.accounts.role_words import role_names
from checkin.web.site.errors import register_page_errors
from checkin.web.site.sessions import current_operator
from checkin.web.site.state import database

bp = Blueprint("activity_log", __name__)
register_page_errors(bp)

PAGE_SIZE = 50
#: a spreadsheet that still opens on an old laptop
MOST_ROWS = 50_000
_COLUMNS = ("at", "event", "who", "action", "what", "about")


@bp.get("/activity")
def index() -> ResponseReturnValue:
    """Show a page of the log."""
    with database().read() as session:
        timezone, me = house_timezone(session), current_operator()
        found = log_entries(session, me, _wanted(timezone), PAGE_SIZE + 1)
        return render_template(
            "accounts/activity.html",
            entries=found[:PAGE_SIZE],
            older=found[PAGE_SIZE - 1].id if len(found) > PAGE_SIZE else None,
            filters=_filters(),
            events=visible_events(session, me),
            people=people_in_log(session),
            kinds=kind_words(),
            words=action_words(),
            who_without_name=who_without_name,
            roles=role_names(),
            timezone=timezone,
        )


@bp.get("/activity.csv")
def download() -> ResponseReturnValue:
    """Write what the filters leave, for a spreadsheet."""
    with database().read() as session:
        text = _csv(session)
    response = Response(text, mimetype="text/csv")
    response.headers["Content-Disposition"] = 'attachment; filename="activity.csv"'
    response.headers["Cache-Control"] = "no-store"
    return response


def _csv(session: Session) -> str:
    wanted, words = _wanted(house_timezone(session)), action_words()
    file = io.StringIO()
    file.write("\ufeff")  # tells spreadsheets that this is UTF-8
    writer = csv.writer(file, lineterminator="\r\n")
    writer.writerow(_COLUMNS)
    for entry in log_entries(session, current_operator(), wanted, MOST_ROWS):
        writer.writerow([harmless(cell) for cell in _row(entry, words)])
    return file.getvalue()


def _row(entry: Entry, words: dict[str, str]) -> list[str]:
    person = f"no. {entry.participant_id}" if entry.participant_id else None
    about = [entry.account, person, *entry.about]
    return [
        entry.at.isoformat(timespec="seconds"),
        entry.event.name if entry.event else "",
        entry.operator or entry.device or who_without_name(entry.action),
        entry.action,
        words.get(entry.action, entry.action),
        " · ".join(one for one in about if one),
    ]


def _filters() -> dict[str, str]:
    asked = {name: request.args.get(name, "") for name in ("event", "who", "kind", "day")}
    return {name: value for name, value in asked.items() if value}


def _wanted(timezone: str) -> Wanted:
    since, until = _day(request.args.get("day", ""), timezone)
    kind = request.args.get("kind", "")
    return Wanted(
        event_id=request.args.get("event", type=int),
        operator_id=request.args.get("who", type=int),
        kind=kind if kind in kind_words() else None,
        since=since,
        until=until,
        before=request.args.get("before", type=int),
    )


def _day(text: str, timezone: str) -> tuple[datetime | None, datetime | None]:
    try:
        day = date.fromisoformat(text)
        begins = datetime.combine(day, time(), time_zone(timezone))
        return begins, begins + timedelta(days=1)
    except (ValueError, OverflowError):
        return None, None
