"""The pages of an import: upload a delegation's spreadsheet, correct its rows, register them.

Jobs read the file, compare its rows with those who are registered, and register them: these pages
ask for the jobs, and show a page of what they have kept.
"""

from __future__ import annotations

import csv
import io
from typing import Any

from flask import Response, flash, redirect, request, session
from flask_babel import gettext as _

from checkin.db.models import Job
from checkin.domain.people.corrections import Corrections, correct
from checkin.domain.people.fields import COLUMNS
from checkin.domain.people.unreadable import UnreadableFile
from checkin.errors import NotFound
from checkin.services.jobs.own_jobs import own_job
from checkin.services.jobs.queue import FINAL, cancel
from checkin.services.limits.rules import UPLOADS
from checkin.services.people.figures import places_left
from checkin.services.people.import_drafts import (
    OpenedDraft,
    UploadedFile,
    Uploader,
    forget_draft,
    keep_upload,
    opened_draft,
)
from checkin.services.people.import_reviews import page_of, summary_of
from checkin.services.people.import_standing import ImportStanding
from checkin.web.jobs.asking import ask_within, wait_for
from checkin.web.jobs.job_state import job_state
from checkin.web.people.import_ends import End, end_of
from checkin.web.people.import_review import (
    Place,
    action_words,
    place_in,
    place_named,
    review_of,
    sent_corrections,
)
from checkin.web.site.limits import by_operator, limited
from checkin.web.site.numbers import row_number
from checkin.web.site.visits import REGISTRARS, Answer, DelegationVisit, pages, visited_by
from checkin.words.languages import DEFAULT_LANGUAGE, spoken
from checkin.words.problems import column_name
from checkin.words.unreadable import unreadable_sentence
from checkin.worker.context import Kind
from checkin.worker.uploaded_lists import LIST_CHECK, LIST_READ, LIST_REGISTER

bp = pages(__name__)

#: enough for 100,000 rows as CSV; larger files are for the command line
MAX_UPLOAD_BYTES = 10_000_000
#: where the cookie keeps the secret of the draft
_KEPT = "import"


@bp.url_value_preprocessor
def _take_files(endpoint: str | None, _values: object) -> None:
    # Before anything reads the form; every other route keeps the small limit of all.
    if endpoint == "importing.upload":
        request.max_content_length = MAX_UPLOAD_BYTES


@bp.get("/events/<slug>/delegations/<int:delegation_id>/import")
@visited_by(REGISTRARS)
def show(visit: DelegationVisit) -> Answer:
    """Show the form that takes a file, what is being done with it, or the list to be corrected."""
    draft = _draft(visit)
    if running := _running(visit, draft):
        return visit.show("people/import_running.html", **job_state(visit, running))
    if draft is None or (draft.kept.summary is None and draft.standing is None):
        return visit.show("people/import_new.html", end=_end(visit, draft))
    if draft.standing is not None:
        end = _end(visit, draft)
        return visit.show("people/import_interrupted.html", end=end, **_interrupted(draft))
    try:
        shown = _review(visit, draft)
    except UnreadableFile as fault:
        return _refused(visit, fault)
    return visit.show("people/import_review.html", end=_end(visit, None), **shown)


@bp.get("/events/<slug>/delegations/<int:delegation_id>/import/model.csv")
@visited_by(REGISTRARS)
def model(visit: DelegationVisit) -> Answer:
    """Return an empty list with the headings, to be filled in."""
    file = io.StringIO()
    csv.writer(file, lineterminator="\r\n").writerow(_model_headings(visit.language))
    response = Response("\ufeff" + file.getvalue(), mimetype="text/csv")
    response.headers["Content-Disposition"] = 'attachment; filename="participants.csv"'
    return response


@bp.post("/events/<slug>/delegations/<int:delegation_id>/import")
@limited(UPLOADS, by_operator)
@visited_by(REGISTRARS)
def upload(visit: DelegationVisit) -> Answer:
    """Keep a file encrypted as a draft, and let a job read it."""
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        return _refused(visit, UnreadableFile("no_file")), 400
    _discard(visit)
    file = UploadedFile(sent.filename, sent.stream.read())
    session[_KEPT] = visit.write(lambda v: keep_upload(v.session, _uploader(v), file, v.now))
    return _ask(visit, LIST_READ)


@bp.post("/events/<slug>/delegations/<int:delegation_id>/import/check")
@visited_by(REGISTRARS)
def check(visit: DelegationVisit) -> Answer:
    """Let the corrections be saved and the rows be checked again, or registered."""
    draft = _draft(visit)
    if draft is None:
        flash(_("This list is no longer kept. Upload it again."))
        return _redirect_to_import(visit)
    shown = place_named(request.form.get("shown", ""))
    asked = request.form.get("do", "")
    corrections = sent_corrections(request.form)
    if asked == "check" or _has_changes(visit, draft, shown, corrections):
        place = None if asked == "register" else place_named(asked) or shown
        to_register = asked == "register"
        given = _as_arguments(corrections)
        return _ask(visit, LIST_CHECK, place, was_to_register=to_register, **given)
    if asked == "register":
        return _ask(visit, LIST_REGISTER)
    return _redirect_to_import(visit, place_named(asked))


@bp.post("/events/<slug>/delegations/<int:delegation_id>/import/cancel")
@visited_by(REGISTRARS)
def end_job(visit: DelegationVisit) -> Answer:
    """Cancel what is being done with the list; who is registered from it already stays."""
    number = visit.write(_cancel)
    return _redirect_to_import(visit, job=number)


@bp.post("/events/<slug>/delegations/<int:delegation_id>/import/discard")
@visited_by(REGISTRARS)
def discard(visit: DelegationVisit) -> Answer:
    """Discard the draft: it is deleted, and nobody more is registered from it."""
    draft = _draft(visit)
    _discard(visit)
    if draft is not None and draft.standing is not None:
        flash(_("The list is deleted. Those who are registered from it already stay registered."))
    else:
        flash(_("The list is deleted. Nobody was registered from it."))
    return _redirect_to_import(visit)


def _model_headings(language: str) -> list[str]:
    # "الاسم" alone would be read as the name in Arabic.
    latin = column_name("name", DEFAULT_LANGUAGE if spoken(language).is_from_right else language)
    others = [c for c in COLUMNS if c not in ("name", "delegation")]
    return [latin, *(column_name(column, language) for column in others)]


def _uploader(visit: DelegationVisit) -> Uploader:
    return Uploader(visit.operator.id, visit.event.id, visit.delegation.id)


def _draft(visit: DelegationVisit, *, to_change: bool = False) -> OpenedDraft | None:
    secret = session.get(_KEPT)
    if secret is None:
        return None
    uploader = _uploader(visit)
    try:
        return opened_draft(visit.session, secret, uploader, visit.now, to_change=to_change)
    except NotFound:
        return None


def _job_of(visit: DelegationVisit, draft: OpenedDraft | None) -> Job | None:
    number = draft.kept.job_id if draft else None
    return visit.session.get(Job, number) if number else None


def _running(visit: DelegationVisit, draft: OpenedDraft | None) -> Job | None:
    job = _job_of(visit, draft)
    return job if job is not None and job.state not in FINAL else None


def _end(visit: DelegationVisit, draft: OpenedDraft | None) -> End | None:
    """Return how the job has ended that the address names, or else the draft's last."""
    number = request.args.get("job", type=row_number)
    if number is None:
        return end_of(visit, _job_of(visit, draft))
    try:
        return end_of(visit, own_job(visit.session, visit.event.id, visit.operator.id, number))
    except NotFound:
        return None


def _refused(visit: DelegationVisit, fault: UnreadableFile) -> str:
    problem = unreadable_sentence(fault, visit.language)
    return visit.show("people/import_new.html", problem=problem)


def _interrupted(draft: OpenedDraft) -> dict[str, Any]:
    standing = draft.standing or ImportStanding()
    rows = sum(summary_of(draft).counts.values())
    return {"counts": standing.counts, "left": rows - standing.done}


def _review(visit: DelegationVisit, draft: OpenedDraft) -> dict[str, Any]:
    summary = summary_of(draft)
    place = place_in(summary, request.args.get("show", ""), request.args.get("page", 1, int))
    page = page_of(visit.session, draft, place.action, place.number)
    return {
        "review": review_of(summary, place, page),
        "places_left": places_left(visit.session, visit.event.id, visit.now)[visit.delegation.id],
        "words": action_words(),
        "is_outdated": summary.list_version != visit.event.list_version,
    }


def _has_changes(
    visit: DelegationVisit, draft: OpenedDraft, shown: Place | None, corrections: Corrections
) -> bool:
    """Say whether corrections change anything of the page at which they were made."""
    page = page_of(visit.session, draft, shown.action, shown.number) if shown else []
    rows = [reviewed.row for reviewed in page]
    concerned = {*corrections.cells, *corrections.left_out, *corrections.right}
    # Rows that are not on this page any more were checked anew meanwhile, in another window.
    return correct(rows, corrections) != rows or not concerned <= {row.number for row in rows}


def _as_arguments(corrections: Corrections) -> dict[str, Any]:
    return {
        "cells": corrections.cells,
        "left_out": list(corrections.left_out),
        "right": list(corrections.right),
    }


def _ask(visit: DelegationVisit, kind: Kind, place: Place | None = None, **given: Any) -> Answer:
    """Ask for a job about the list, unless one goes on, and wait a moment for its end."""
    number = visit.write(lambda v: _ask_once(v, kind, given))
    wait_for(visit, number)
    return _redirect_to_import(visit, place, job=number)


def _ask_once(visit: DelegationVisit, kind: Kind, given: dict[str, Any]) -> int:
    draft = _draft(visit, to_change=True)
    if draft is None:
        raise NotFound("this list is no longer kept: upload it again")
    if running := _running(visit, draft):
        return running.id
    number = ask_within(visit, kind, secret=draft.secret, **given)
    draft.kept.job_id = number
    return number


def _cancel(visit: DelegationVisit) -> int | None:
    job = _job_of(visit, _draft(visit, to_change=True))
    if job is None:
        return None
    cancel(visit.session, job, visit.now)
    return job.id


def _discard(visit: DelegationVisit) -> None:
    secret = session.get(_KEPT)
    if secret is None:
        return
    visit.write(_cancel)
    visit.write(lambda v: forget_draft(v.session, secret))
    session.pop(_KEPT)


def _redirect_to_import(visit: DelegationVisit, place: Place | None = None, **more: Any) -> Answer:
    shown = {"show": place.action, "page": place.number} if place else {}
    return redirect(visit.address("importing.show", **shown, **more), 303)
