"""What the pages of an import do, of one delegation's lists and of the whole event's.

Jobs read the file, ask about it, compare its rows with those who are registered, and register them:
these pages ask for the jobs, and show a page of what they have kept.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from typing import Any

from flask import Response, flash, redirect, request, session
from flask_babel import gettext as _

from checkin.db.models import Job
from checkin.domain.people.corrections import Corrections, correct
from checkin.domain.people.fields import COLUMNS
from checkin.domain.people.importing.row_numbers import row_label
from checkin.domain.people.importing.unreadable import UnreadableFile
from checkin.errors import NotFound
from checkin.services.events.events import delegations_of
from checkin.services.jobs.own_jobs import own_job
from checkin.services.jobs.queue import FINAL, cancel
from checkin.services.people.figures import places_left
from checkin.services.people.importing.import_drafts import (
    OpenedDraft,
    UploadedFile,
    Uploader,
    draft_id,
    forget_draft,
    keep_upload,
    opened_draft,
)
from checkin.services.people.importing.import_reviews import (
    Summary,
    asked_about,
    page_of,
    summary_of,
)
from checkin.services.people.importing.import_standing import ImportStanding
from checkin.services.people.importing.list_headings import remember_headings
from checkin.web.jobs.asking import ask_within, wait_for
from checkin.web.jobs.job_state import job_state
from checkin.web.people.importing.import_answers import (
    answered_choices,
    create_asked_for,
    shown_questions,
)
from checkin.web.people.importing.import_ends import End, end_of
from checkin.web.people.importing.import_review import (
    Place,
    group_words,
    left_out_words,
    place_in,
    place_named,
    review_of,
    sent_corrections,
)
from checkin.web.site.numbers import row_number
from checkin.web.site.visits import Answer, DelegationVisit, EventVisit
from checkin.words.languages import DEFAULT_LANGUAGE, spoken
from checkin.words.problems import column_name
from checkin.words.unreadable import unreadable_sentence
from checkin.worker.context import Kind
from checkin.worker.work.uploaded_lists import LIST_CHECK, LIST_READ, LIST_REGISTER, LIST_SETTLE

#: enough for 100,000 rows as CSV; larger files are for the command line
MAX_UPLOAD_BYTES = 10_000_000
#: where the cookie keeps the secret of the draft
_KEPT = "import"


def take_files(endpoint: str | None, _values: object) -> None:
    """Let an upload be larger than any other request; called before anything reads the form."""
    if (endpoint or "").endswith(".upload"):
        request.max_content_length = MAX_UPLOAD_BYTES


def show_import(visit: EventVisit) -> Answer:
    """Show the form that takes a file, what is being done with it, what is asked, or its rows."""
    draft = _draft(visit)
    if running := _running(visit, draft):
        return _page(visit, "people/importing/import_running.html", **job_state(visit, running))
    if draft is None or (draft.kept.summary is None and draft.standing is None):
        return _page(visit, "people/importing/import_new.html", end=_end(visit, draft))
    if draft.standing is not None:
        end = _end(visit, draft)
        return _page(
            visit, "people/importing/import_interrupted.html", end=end, **_interrupted(draft)
        )
    try:
        if asked := asked_about(draft):
            _workbook, choices = draft.source()
            shown = shown_questions(visit, asked, choices)
            return _page(
                visit, "people/importing/import_questions.html", end=_end(visit, None), **shown
            )
        shown = _review(visit, draft)
    except UnreadableFile as fault:
        return _refused(visit, fault)
    return _page(visit, "people/importing/import_review.html", end=_end(visit, None), **shown)


def model_list(visit: EventVisit) -> Answer:
    """Return an empty list with the headings, to be filled in."""
    file = io.StringIO()
    csv.writer(file, lineterminator="\r\n").writerow(
        _model_headings(visit.language, alone=isinstance(visit, DelegationVisit))
    )
    response = Response("\ufeff" + file.getvalue(), mimetype="text/csv")
    response.headers["Content-Disposition"] = 'attachment; filename="participants.csv"'
    return response


def take_upload(visit: EventVisit) -> Answer:
    """Keep a file encrypted as a draft, and let a job read it."""
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        return _refused(visit, UnreadableFile("no_file")), 400
    _discard(visit)
    file = UploadedFile(sent.filename, sent.stream.read())
    session[_KEPT] = visit.write(lambda v: keep_upload(v.session, _uploader(v), file, v.now))
    return _ask(visit, LIST_READ)


def take_fetched(
    visit: EventVisit, file: UploadedFile, also: Callable[[EventVisit, bytes], object]
) -> Answer:
    """Keep a file that was fetched as one that was uploaded for the event, and let a job read it.

    Args:
        also: called with the draft's id in the transaction that keeps it.
    """

    def keep(v: EventVisit) -> str:
        secret = keep_upload(v.session, _uploader(v), file, v.now)
        also(v, draft_id(secret))
        return secret

    _discard(visit)
    session[_KEPT] = visit.write(keep)
    wait_for(visit, visit.write(lambda v: _ask_once(v, LIST_READ, {})))
    return redirect(visit.address("event_importing.show"), 303)


def settle_import(visit: EventVisit) -> Answer:
    """Let the file be read as it was chosen; what was asked to be created is there before."""
    draft = _draft(visit)
    if draft is None:
        return _gone(visit)
    try:
        asked = asked_about(draft)
    except UnreadableFile:
        asked = None
    if asked is None:
        return _redirect_to_import(visit)
    _workbook, choices = draft.source()
    given = answered_choices(request.form, asked, choices)
    created, problems = visit.write(
        lambda v: create_asked_for(v, request.form, asked, alone=isinstance(v, DelegationVisit))
    )
    if problems:
        shown = shown_questions(visit, asked, given, problems, sent=request.form)
        return _page(visit, "people/importing/import_questions.html", end=None, **shown), 400
    given = given.with_values(created)
    visit.write(lambda v: remember_headings(v.session, v.event, given.columns))
    return _ask(
        visit, LIST_SETTLE, choices=given.as_json(), asks=request.form.get("do") == "update"
    )


def check_import(visit: EventVisit) -> Answer:
    """Let the corrections be saved and the rows be checked again, or registered."""
    draft = _draft(visit)
    if draft is None:
        return _gone(visit)
    shown = place_named(request.form.get("shown", ""))
    asked = request.form.get("do", "")
    if asked == "questions" and draft.kept.source is not None:
        return _ask(visit, LIST_SETTLE, choices=None, asks=True)
    corrections = sent_corrections(request.form)
    whole = asked.removeprefix("all-") if asked.startswith("all-") else ""
    if asked == "check" or whole or _has_changes(visit, draft, shown, corrections):
        place = None if asked == "register" or whole else place_named(asked) or shown
        given = _as_arguments(corrections) | {"was_to_register": asked == "register", "all": whole}
        return _ask(visit, LIST_CHECK, place, **given)
    if asked == "register":
        return _ask(visit, LIST_REGISTER)
    return _redirect_to_import(visit, place_named(asked))


def cancel_import(visit: EventVisit) -> Answer:
    """Cancel what is being done with the list; who is registered from it already stays."""
    number = visit.write(_cancel)
    return _redirect_to_import(visit, job=number)


def discard_import(visit: EventVisit) -> Answer:
    """Discard the draft: it is deleted, and nobody more is registered from it."""
    draft = _draft(visit)
    _discard(visit)
    if draft is not None and draft.standing is not None:
        flash(_("The list is deleted. Those who are registered from it already stay registered."))
    else:
        flash(_("The list is deleted. Nobody was registered from it."))
    return _redirect_to_import(visit)


def _gone(visit: EventVisit) -> Answer:
    flash(_("This list is no longer kept. Upload it again."))
    return _redirect_to_import(visit)


def _page(visit: EventVisit, template: str, **shown: Any) -> str:
    """Render a page of an import; `to` gives its templates the address of each of its routes."""
    return visit.show(
        template,
        to=lambda name, **more: visit.address(f"{request.blueprint}.{name}", **more),
        row_label=row_label,
        is_of_event=not isinstance(visit, DelegationVisit),
        **shown,
    )


def _model_headings(language: str, *, alone: bool) -> list[str]:
    # "الاسم" alone would be read as the name in Arabic.
    latin = column_name("name", DEFAULT_LANGUAGE if spoken(language).is_from_right else language)
    others = [c for c in COLUMNS if c != "name" and not (alone and c == "delegation")]
    return [latin, *(column_name(column, language) for column in others)]


def _uploader(visit: EventVisit) -> Uploader:
    return Uploader(visit.operator.id, visit.event.id, _delegation_id(visit))


def _delegation_id(visit: EventVisit) -> int | None:
    return visit.delegation.id if isinstance(visit, DelegationVisit) else None


def _draft(visit: EventVisit, *, to_change: bool = False) -> OpenedDraft | None:
    secret = session.get(_KEPT)
    if secret is None:
        return None
    uploader = _uploader(visit)
    try:
        return opened_draft(visit.session, secret, uploader, visit.now, to_change=to_change)
    except NotFound:
        return None


def _job_of(visit: EventVisit, draft: OpenedDraft | None) -> Job | None:
    number = draft.kept.job_id if draft else None
    return visit.session.get(Job, number) if number else None


def _running(visit: EventVisit, draft: OpenedDraft | None) -> Job | None:
    job = _job_of(visit, draft)
    return job if job is not None and job.state not in FINAL else None


def _end(visit: EventVisit, draft: OpenedDraft | None) -> End | None:
    """Return how the job has ended that the address names, or else the draft's last."""
    number = request.args.get("job", type=row_number)
    if number is None:
        return end_of(visit, _job_of(visit, draft))
    try:
        return end_of(visit, own_job(visit.session, visit.event.id, visit.operator.id, number))
    except NotFound:
        return None


def _refused(visit: EventVisit, fault: UnreadableFile) -> str:
    problem = unreadable_sentence(fault, visit.language)
    return _page(visit, "people/importing/import_new.html", problem=problem)


def _interrupted(draft: OpenedDraft) -> dict[str, Any]:
    standing = draft.standing or ImportStanding()
    rows = sum(summary_of(draft).counts.values())
    return {"counts": standing.counts, "left": rows - standing.done}


def _review(visit: EventVisit, draft: OpenedDraft) -> dict[str, Any]:
    summary = summary_of(draft)
    place = place_in(summary, request.args.get("show", ""), request.args.get("page", 1, int))
    page = page_of(visit.session, draft, place.group, place.number)
    return {
        "review": review_of(summary, place, page),
        "beyond": _beyond(visit, summary),
        "words": group_words(),
        "left_out": left_out_words(summary.left_out),
        "may_ask_again": draft.kept.source is not None,
        "is_outdated": summary.list_version != visit.event.list_version,
    }


def _beyond(visit: EventVisit, summary: Summary) -> list[tuple[str, int, int]]:
    """Return the delegations with more new people than places: name, new people, places left."""
    left = places_left(visit.session, visit.event.id, visit.now)
    known = {one.id: one.name for one in delegations_of(visit.session, visit.event)}
    return [
        (known[of], count, left.get(of, 0))
        for of, count in summary.added.items()
        if of in known and count > left.get(of, 0)
    ]


def _has_changes(
    visit: EventVisit, draft: OpenedDraft, shown: Place | None, corrections: Corrections
) -> bool:
    """Say whether corrections change anything of the page at which they were made."""
    page = page_of(visit.session, draft, shown.group, shown.number) if shown else []
    rows = [reviewed.row for reviewed in page]
    # Rows that are not on this page any more were checked anew meanwhile, in another window.
    return correct(rows, corrections) != rows or not corrections.concerned <= {
        row.number for row in rows
    }


def _as_arguments(corrections: Corrections) -> dict[str, Any]:
    return {
        "cells": corrections.cells,
        "left_out": list(corrections.left_out),
        "right": list(corrections.right),
        "overwrites": list(corrections.overwrites),
    }


def _ask(visit: EventVisit, kind: Kind, place: Place | None = None, **given: Any) -> Answer:
    """Ask for a job about the list, unless one goes on, and wait a moment for its end."""
    number = visit.write(lambda v: _ask_once(v, kind, given))
    wait_for(visit, number)
    return _redirect_to_import(visit, place, job=number)


def _ask_once(visit: EventVisit, kind: Kind, given: dict[str, Any]) -> int:
    draft = _draft(visit, to_change=True)
    if draft is None:
        raise NotFound("this list is no longer kept: upload it again")
    if running := _running(visit, draft):
        return running.id
    number = ask_within(visit, kind, secret=draft.secret, **given)
    draft.kept.job_id = number
    return number


def _cancel(visit: EventVisit) -> int | None:
    job = _job_of(visit, _draft(visit, to_change=True))
    if job is None:
        return None
    cancel(visit.session, job, visit.now)
    return job.id


def _discard(visit: EventVisit) -> None:
    secret = session.get(_KEPT)
    if secret is None:
        return
    visit.write(_cancel)
    visit.write(lambda v: forget_draft(v.session, secret))
    session.pop(_KEPT)


def _redirect_to_import(visit: EventVisit, place: Place | None = None, **more: Any) -> Answer:
    shown = {"show": place.group, "page": place.number} if place else {}
    return redirect(visit.address(f"{request.blueprint}.show", **shown, **more), 303)
