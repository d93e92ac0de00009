"""The kinds of jobs that a worker does: a row for each, and a file for each beside this one.

A kind is a function that gets a `JobContext`; it tells how far it is, adds files, and returns what
is to be told at the end. Its title is in `checkin.web.jobs.job_words`.
"""

from __future__ import annotations

from collections.abc import Mapping

from checkin.worker.context import Kind
from checkin.worker.sheets import SHEET_DECIDE, SHEET_FETCH
from checkin.worker.webhooks import WEBHOOK_DELIVERY
from checkin.worker.work.announcements import ANNOUNCE, ANNOUNCEMENT_LIST
from checkin.worker.work.badge_pictures import BADGE_PICTURES
from checkin.worker.work.badge_sheets import BADGE_SHEETS
from checkin.worker.work.bulk_changes import BULK_CHANGE
from checkin.worker.work.delivery_list import DELIVERY_LIST
from checkin.worker.work.event_export import EVENT_EXPORT
from checkin.worker.work.look import LOOK
from checkin.worker.work.mail import MAIL
from checkin.worker.work.people_copy import PEOPLE_COPY
from checkin.worker.work.taking_back import LIST_TAKE_BACK
from checkin.worker.work.uploaded_lists import LIST_CHECK, LIST_READ, LIST_REGISTER, LIST_SETTLE

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
