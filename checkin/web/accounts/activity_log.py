"""The page of the activity log: for organisers on events, for administrators on accounts, too."""

from __future__ import annotations

import csv
import io
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Any

from flask import Response, request
from flask_babel import gettext as _

from checkin.protocol.time_zones import time_zone
from checkin.services.accounts.activity_log import Entry, Wanted, log_entries, people_in_log
from checkin.services.events.visibility import house_timezone, visible_events
from checkin.services.spreadsheets.writing import harmless
from checkin.web.accounts.activity_words import (
    about_words,
    action_words,
    kind_words,
    who_without_name,
)
from checkin.web.site.languages import both_names, list_separator
from checkin.web.site.numbers import row_number
from checkin.web.site.visits import STAFF, Answer, Visit, pages, visited_by
from checkin.words.export_columns import heading

bp = pages(__name__)

PAGE_SIZE = 50
#: a spreadsheet that still opens on an old laptop
MOST_ROWS = 50_000
_COLUMNS = ("at", "event", "who", "action", "about")


@bp.get("/activity")
@visited_by(STAFF)
def index(visit: Visit) -> Answer:
    """Show a page of the activity log."""
    session, me, timezone = visit.session, visit.operator, house_timezone(visit.session)
    found = log_entries(session, me, _wanted(timezone), PAGE_SIZE + 1)
    return visit.show(
        "accounts/activity.html",
        entries=found[:PAGE_SIZE],
        older=found[PAGE_SIZE - 1].id if len(found) > PAGE_SIZE else None,
        filters=_filters(),
        events=visible_events(session, me),
        people=people_in_log(session),
        kinds=kind_words(),
        words=action_words(),
        who_without_name=who_without_name,
        about_words=about_words,
        timezone=timezone,
    )


@bp.get("/activity.csv")
@visited_by(STAFF)
def download(visit: Visit) -> Answer:
    """Download the filtered entries as a spreadsheet."""
    response = Response(_csv(visit), mimetype="text/csv")
    response.headers["Content-Disposition"] = 'attachment; filename="activity.csv"'
    response.headers["Cache-Control"] = "no-store"
    return response


def _csv(visit: Visit) -> str:
    wanted, words = _wanted(house_timezone(visit.session)), action_words()
    file = io.StringIO()
    file.write("\ufeff")  # tells spreadsheets that this is UTF-8
    writer = csv.writer(file, delimiter=list_separator(), lineterminator="\r\n")
    writer.writerow([heading(column, visit.language) for column in _COLUMNS])
    zone = time_zone(house_timezone(visit.session))
    for entry in log_entries(visit.session, visit.operator, wanted, MOST_ROWS):
        writer.writerow([harmless(cell) for cell in _row(entry, words, zone)])
    return file.getvalue()


def _row(entry: Entry, words: dict[str, str], zone: tzinfo) -> list[Any]:
    number = entry.participant_id
    person = _("person no. %(number)s", number=number) if number else None
    about = [entry.account, person, *about_words(entry)]
    return [
        entry.at.astimezone(zone).replace(tzinfo=None),
        both_names(entry.event)[0] if entry.event else "",
        entry.operator or entry.device or who_without_name(entry.action),
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
        event_id=request.args.get("event", type=row_number),
        operator_id=request.args.get("who", type=row_number),
        kind=kind if kind in kind_words() else None,
        since=since,
        until=until,
        before=request.args.get("before", type=row_number),
    )


def _day(text: str, timezone: str) -> tuple[datetime | None, datetime | None]:
    try:
        day = date.fromisoformat(text)
        begins = datetime.combine(day, time(), time_zone(timezone))
        return begins, begins + timedelta(days=1)
    except (ValueError, OverflowError):
        return None, None
