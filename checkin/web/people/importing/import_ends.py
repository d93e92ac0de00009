"""What the pages of an import say of a job that has ended."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from checkin.db.models import Job, JobState
from checkin.services.jobs.queue import result_of
from checkin.web.jobs.job_words import problem_sentence
from checkin.web.site.languages import number
from checkin.web.site.visits import EventVisit
from checkin.worker.work.uploaded_lists import LIST_CHECK, LIST_READ, LIST_REGISTER, LIST_SETTLE


@dataclass(frozen=True, slots=True)
class End:
    """How a job about a list has ended.

    Attributes:
        sentences: what it has done, or why it has not.
        is_good: False if it was canceled or has failed.
        has_registered: it was to register the list, and has.
        announcement: the id of what would tell whom the list has moved, or put on a reserve list.
    """

    sentences: list[str]
    is_good: bool = True
    has_registered: bool = False
    announcement: int | None = None


def end_of(visit: EventVisit, job: Job | None) -> End | None:
    """Return how a job has ended; None for one that goes on, or of whose end nothing is said."""
    if job is None or job.kind not in _KINDS:
        return None
    if job.state == JobState.FAILED and job.problem:
        return End([problem_sentence(job.problem)], is_good=False)
    if job.state == JobState.CANCELED:
        return End([_("It was canceled.")], is_good=False)
    return _done(result_of(visit.keys, job), job.kind) if job.state == JobState.DONE else None


_KINDS = (LIST_READ.name, LIST_CHECK.name, LIST_REGISTER.name, LIST_SETTLE.name)


def _done(result: dict[str, Any], kind: str) -> End | None:
    if kind == LIST_REGISTER.name:
        told = result.get("announcement")
        return End(list(_registered(result)), has_registered=True, announcement=told)
    if result.get("was_to_register"):
        return End([_("Your corrections were checked first: look at the result, then register.")])
    return None


def _registered(counts: dict[str, int]) -> Iterator[str]:
    yield _(
        "The list is registered. New: %(new)s. Changed: %(changed)s.",
        new=number(counts["add"]),
        changed=number(counts["change"]),
    )
    if counts["refuse"]:
        yield _("The rows that could not be registered are still here, to be corrected.")
