"""The kinds of jobs that a worker does: a row for each, and a file for each beside this one.

A kind is a function that gets a `JobContext`; it tells how far it is, adds files, and returns what
is to be told at the end. Its title is in `checkin.web.jobs.job_words`.
"""

from __future__ import annotations

from collections.abc import Mapping

from checkin.worker.announcements import ANNOUNCE, ANNOUNCEMENT_LIST
from checkin.worker.badge_pictures import BADGE_PICTURES
from checkin.worker.badge_sheets import BADGE_SHEETS
from checkin.worker.bulk_changes import BULK_CHANGE
from checkin.worker.context import Kind
from checkin.worker.delivery_list import DELIVERY_LIST
from checkin.worker.event_export import EVENT_EXPORT
from checkin.worker.look import LOOK
from checkin.worker.mail import MAIL
from checkin.worker.people_copy import PEOPLE_COPY
from checkin.worker.sheets import SHEET_DECIDE, SHEET_FETCH
from checkin.worker.taking_back import LIST_TAKE_BACK
from checkin.worker.uploaded_lists import LIST_CHECK, LIST_READ, LIST_REGISTER, LIST_SETTLE
from checkin.worker.webhooks import WEBHOOK_DELIVERY

_ALL = (
    ANNOUNCE,
    ANNOUNCEMENT_LIST,
    BADGE_PICTURES,
    BADGE_SHEETS,
    BULK_CHANGE,
    DELIVERY_LIST,
    EVENT_EXPORT,
    LIST_CHECK,
    LIST_READ,
    LIST_REGISTER,
    LIST_SETTLE,
    LIST_TAKE_BACK,
    LOOK,
    MAIL,
    PEOPLE_COPY,
    SHEET_DECIDE,
    SHEET_FETCH,
    WEBHOOK_DELIVERY,
)
KINDS: Mapping[str, Kind] = {kind.name: kind for kind in _ALL}
