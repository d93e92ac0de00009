"""The page of the lists that were registered, each of which can be taken back."""

from __future__ import annotations

from flask import redirect, request
from flask_babel import gettext as _

from checkin.db.models import Job
from checkin.domain.people.importing.row_numbers import row_label
from checkin.errors import NotFound
from checkin.services.jobs.own_jobs import own_job
from checkin.services.people.importing.import_runs import TakenBack, kept_rows, runs_of
from checkin.services.scanning.taking_back import run_named
from checkin.web.jobs.asking import ask_within, wait_for
from checkin.web.jobs.job_state import job_state
from checkin.web.site.numbers import row_number
from checkin.web.site.visits import REGISTRARS, Answer, EventVisit, pages, visited_by
from checkin.worker.work.taking_back import LIST_TAKE_BACK

bp = pages(__name__)

#: rows that stay are shown up to so many; the others are counted
_MOST_KEPT = 100


@bp.get("/events/<slug>/imports")
@visited_by(REGISTRARS)
def index(visit: EventVisit) -> Answer:
    """List who has registered which lists, when and how many, each to be taken back."""
    own, session = visit.own_delegation, visit.session
    runs = runs_of(session, visit.event, own_delegation=own)
    job = _job(visit)
    state = job_state(visit, job) if job is not None else {"job": None, "is_going": False}
    kept = {
        run.id: kept_rows(session, run.id, _MOST_KEPT, own_delegation=own)
        for run in runs
        if run.taken_back_at
    }
    return visit.show(
        "people/importing/import_runs.html",
        runs=runs,
        kept=kept,
        why=_why(),
        row_label=row_label,
        **state,
    )


@bp.post("/events/<slug>/imports/<int:run_id>/take-back")
@visited_by(REGISTRARS)
def take_back(visit: EventVisit, run_id: int) -> Answer:
    """Let a list be taken back."""
    run_named(visit.session, visit.event, run_id, visit.own_delegation)
    number = visit.write(lambda v: ask_within(v, LIST_TAKE_BACK, run=run_id))
    wait_for(visit, number)
    visit.nudge()
    return redirect(visit.address("import_runs.index", job=number, _anchor=f"list-{run_id}"), 303)


def _job(visit: EventVisit) -> Job | None:
    number = request.args.get("job", type=row_number)
    try:
        return own_job(visit.session, visit.event.id, visit.operator.id, number) if number else None
    except NotFound:
        return None


def _why() -> dict[str, str]:
    return {
        TakenBack.ARRIVED: _("has arrived"),
        TakenBack.CHANGED: _("was changed since"),
    }
