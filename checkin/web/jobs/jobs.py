"""The pages of one's own jobs: how far one is, what it made, and how to end it."""

from __future__ import annotations

from collections.abc import Iterator

from flask import Response, flash, redirect
from flask_babel import gettext as _

from checkin.db.models import Delegation, Event, Job
from checkin.errors import NotFound
from checkin.services.common.activity import note
from checkin.services.jobs.files import JobFiles, sweep
from checkin.services.jobs.forgetting import KEPT_FOR, forget
from checkin.services.jobs.own_jobs import file_of, files_of, own_job, own_jobs
from checkin.services.jobs.queue import FINAL, cancel, result_of
from checkin.web.jobs.job_state import job_state
from checkin.web.jobs.job_words import (
    OWN_PAGES,
    RESULT_PAGES,
    RESULT_PAGES_OF_EVENT,
    size_text,
    state_words,
    title_words,
)
from checkin.web.jobs.zipping import zipped
from checkin.web.site.permissions import may_use
from checkin.web.site.visits import REGISTRARS, Answer, EventVisit, pages, visited_by
from checkin.worker.kinds import KINDS

bp = pages(__name__)


@bp.get("/events/<slug>/jobs")
@visited_by(REGISTRARS)
def index(visit: EventVisit) -> Answer:
    """List one's own jobs of the last day."""
    found = own_jobs(visit.session, visit.event.id, visit.operator.id)
    return visit.show(
        "jobs/jobs.html",
        jobs=[(job, _about(visit, job)) for job in found if _may_see(visit, job)],
        titles=title_words(),
        states=state_words(),
    )


@bp.get("/events/<slug>/jobs/<int:job_id>")
@visited_by(REGISTRARS)
def show(visit: EventVisit, job_id: int) -> Answer:
    """Show how far a job is, and at its end the files, or why there are none."""
    session, job = visit.session, _job(visit, job_id)
    if job.kind in OWN_PAGES:
        return redirect(visit.address(OWN_PAGES[job.kind]), 303)
    files = files_of(session, job)
    return visit.show(
        "jobs/job.html",
        about=_about(visit, job),
        led_to=_result_page(visit, job),
        files=files,
        size=size_text,
        whole_size=sum(file.size for file in files),
        erased_at=job.finished_at + KEPT_FOR if job.finished_at else None,
        **job_state(visit, job),
    )


@bp.post("/events/<slug>/jobs/<int:job_id>/cancel")
@visited_by(REGISTRARS)
def end(visit: EventVisit, job_id: int) -> Answer:
    """Cancel a job, or erase what one has made that has ended."""
    has_ended = visit.write(lambda v: _cancel_or_forget(v, job_id))
    sweep(visit.server.database, visit.server.settings.home)
    if not has_ended:
        return redirect(visit.address("jobs.show", job_id=job_id), 303)
    flash(_("What it made is erased."))
    return redirect(visit.address("jobs.index"), 303)


@bp.get("/events/<slug>/jobs/<int:job_id>/files/<int:number>")
@visited_by(REGISTRARS)
def download(visit: EventVisit, job_id: int, number: int) -> Answer:
    """Return a file of a job, and note in the activity log who has it."""
    file = file_of(visit.session, _job(visit, job_id), number)
    visit.write(lambda v: _note_download(v, job_id, file.name))
    response = _attachment(_files(visit).read(file), file.mime, file.name)
    response.content_length = file.size
    return response


@bp.get("/events/<slug>/jobs/<int:job_id>/files.zip")
@visited_by(REGISTRARS)
def download_all(visit: EventVisit, job_id: int) -> Answer:
    """Return all files of a job in one ZIP archive."""
    job = _job(visit, job_id)
    files = files_of(visit.session, job)
    if not files:
        raise NotFound("there is no file, or it was erased")
    name = f"{job.kind.replace('_', '-')}-{job.id}.zip"
    visit.write(lambda v: _note_download(v, job_id, name))
    reading = _files(visit)
    moment = job.finished_at or visit.now
    content = zipped(((file.name, reading.read(file)) for file in files), moment)
    return _attachment(content, "application/zip", name)


def _job(visit: EventVisit, job_id: int) -> Job:
    job = own_job(visit.session, visit.event.id, visit.operator.id, job_id)
    if not _may_see(visit, job):
        raise NotFound("there is no such job, or it is no longer yours")
    return job


def _may_see(visit: EventVisit, job: Job) -> bool:
    """Say whether the operator could still ask for this job."""
    is_theirs = visit.own_delegation in (None, job.delegation_id)
    return is_theirs and may_use(visit.operator, job.endpoint)


def _about(visit: EventVisit, job: Job) -> Delegation | Event:
    """Return what a job is about: its delegation, or the whole event."""
    if job.delegation_id is None:
        return visit.event
    return visit.session.get_one(Delegation, job.delegation_id)


def _result_page(visit: EventVisit, job: Job) -> str | None:
    if job.kind not in RESULT_PAGES:
        return None
    page = RESULT_PAGES[job.kind]
    if job.delegation_id is None:
        return visit.address(RESULT_PAGES_OF_EVENT.get(page, page), job=job.id)
    return visit.address(page, job=job.id, delegation_id=job.delegation_id)


def _cancel_or_forget(visit: EventVisit, job_id: int) -> bool:
    job = _job(visit, job_id)
    if job.state in FINAL:
        forget(visit.session, Job.id == job.id)
        return True
    cancel(visit.session, job, visit.now)
    return False


def _note_download(visit: EventVisit, job_id: int, name: str) -> None:
    job = _job(visit, job_id)
    note(
        visit.session,
        visit.event.id,
        KINDS[job.kind].downloaded,
        visit.now,
        operator_id=visit.operator.id,
        delegation_id=job.delegation_id,
        file=name,
        **result_of(visit.keys, job),
    )


def _files(visit: EventVisit) -> JobFiles:
    visit.session.close()  # to send a file takes as long as the reader's line is slow
    return JobFiles(visit.server.database, visit.keys, visit.server.settings.home)


def _attachment(content: Iterator[bytes], mime: str, name: str) -> Response:
    response = Response(content, content_type=mime)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "private, no-store"
    return response
