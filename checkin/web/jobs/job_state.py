"""What the pages that show a job say of its state: `templates/_partials/jobs/state.html`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from checkin.db.models import Job, JobState
from checkin.services.jobs.own_jobs import waiting_before
from checkin.services.jobs.queue import FINAL
from checkin.services.jobs.workers import is_any_alive
from checkin.web.jobs.job_words import problem_sentence, state_words, title_words
from checkin.web.site.visits import EventVisit


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast a job goes.

    Attributes:
        rate: how many a second.
        left_s: the seconds that are left.
    """

    rate: float
    left_s: float


def job_state(visit: EventVisit, job: Job) -> dict[str, Any]:
    """Return what the template is given."""
    session = visit.session
    return {
        "job": job,
        "title": title_words()[job.kind],
        "states": state_words(),
        "is_going": job.state not in FINAL,
        "before": waiting_before(session, job) if job.state == JobState.QUEUED else 0,
        "has_worker": is_any_alive(session, visit.now),
        "pace": _pace(visit, job),
        "problem": problem_sentence(job.problem) if job.problem else "",
    }


def _pace(visit: EventVisit, job: Job) -> Pace | None:
    if job.state != JobState.RUNNING or not job.done or job.claimed_at is None:
        return None
    rate = job.done / max((visit.now - job.claimed_at).total_seconds(), 0.1)
    return Pace(rate, (job.total - job.done) / rate)
