"""What pages say of jobs: their titles, their states, and why they failed."""

from __future__ import annotations

from typing import Any

from babel.numbers import format_decimal
from flask_babel import gettext as _
from flask_babel import pgettext

from checkin.db.models import JobState
from checkin.services.jobs.problems import ProblemCode
from checkin.web.site.languages import babel_locale
from checkin.words.problems import shown

#: an answer of a mail server may be long
_LONGEST_VALUE = 300
#: kinds whose jobs are shown on a page of their subject
OWN_PAGES = {
    "announce": "announcements.index",
    "mail": "delivery.index",
    "webhooks": "webhooks.show",
}
#: where one sees what a job about a list of the whole event has made
RESULT_PAGES_OF_EVENT = {"importing.show": "event_importing.show"}
#: where one sees what a job has made, if that is no file; the page is told the job
RESULT_PAGES = {
    "bulk_change": "bulk.result",
    "list_read": "importing.show",
    "list_check": "importing.show",
    "list_register": "importing.show",
    "list_settle": "importing.show",
    "list_take_back": "import_runs.index",
    "look": "look.edit",
    "people_copy": "first_steps.resume",
    "sheet_decide": "sheet.show",
    "sheet_fetch": "sheet.show",
}


def title_words() -> dict[str, str]:
    """Return the title of each kind of jobs."""
    return {
        "announce": _("A message to many"),
        "announcement_list": _("People whom no e-mail reaches"),
        "badge_pictures": _("Pictures of badges"),
        "badge_sheets": _("Badges to print"),
        "bulk_change": _("A change of many people"),
        "list_read": _("Reading a list of participants"),
        "list_check": _("Checking a list of participants"),
        "list_register": _("Registering a list of participants"),
        "list_settle": _("Reading a list of participants"),
        "list_take_back": _("Taking a list back"),
        "look": _("Checking a logo"),
        "delivery_list": _("People and their e-mails"),
        "event_export": pgettext("job", "Export"),
        "mail": _("Badges by e-mail"),
        "people_copy": _("Copying the people of an event"),
        "sheet_decide": _("Changes from a sheet at an address"),
        "sheet_fetch": _("Fetching a sheet at an address"),
        "webhooks": _("Messages to other programs"),
    }


def state_words() -> dict[str, str]:
    """Return the word for each state."""
    return {
        JobState.QUEUED: _("Job waiting"),
        JobState.RUNNING: _("Job in progress"),
        JobState.DONE: _("Job done"),
        JobState.FAILED: _("Job failed"),
        JobState.CANCELED: _("Job canceled"),
    }


def problem_sentence(problem: dict[str, Any]) -> str:
    """Return why a job failed and what to do, with its values filled in."""
    values = {name: shown(str(value), _LONGEST_VALUE) for name, value in problem["values"].items()}
    return problem_words()[problem["code"]].format(**values)


def problem_words() -> dict[str, str]:
    """Return the sentence for each code of a problem."""
    return {
        ProblemCode.OUT_OF_MEMORY: _(
            "It needed more memory than one job may have. Ask for less at once, or ask the "
            "administrator to raise the limit."
        ),
        ProblemCode.OUT_OF_TIME: _("It took longer than it may. Ask for less at once."),
        ProblemCode.DIED: _(
            "The system ended it. Try again; if it happens again, tell the administrator."
        ),
        ProblemCode.WORKER_DIED: _(
            "It was begun three times, and interrupted each time. Tell the administrator."
        ),
        ProblemCode.FAULT: _(
            "The program made a mistake. Tell the administrator: the server's log says more."
        ),
        ProblemCode.MAIL_REFUSED: _(
            "The mail server takes no messages now, so nothing more was tried. Its answer: "
            "{answer}. Check the e-mail settings, then send again."
        ),
        ProblemCode.MAIL_ADDRESS: _(
            "Nobody else can reach the address of this server or of the sender. Correct it, then "
            "send again."
        ),
        ProblemCode.NO_BADGES: _("Nobody is confirmed yet: there is no badge to print."),
        ProblemCode.UNREADABLE_LIST: _("The file cannot be read as a list: the result says why."),
        ProblemCode.LIST_GONE: _("This list is no longer kept. Upload it again."),
        ProblemCode.LOOK_REFUSED: _("The logo cannot be used: the result says why."),
    }


def size_text(size: int) -> str:
    """Return a size in bytes as people read it, isolated from the direction of what is around."""
    if size < 10**6:
        shown = _("%(size)s kB", size=_decimal(max(size, 100) / 10**3))
    else:
        shown = _("%(size)s MB", size=_decimal(size / 10**6))
    return f"\u2068{shown}\u2069"


def _decimal(value: float) -> str:
    return str(format_decimal(value, "#,##0.#", locale=babel_locale()))
