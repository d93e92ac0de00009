"""Change all people of a list at once: what it would do, the question, and what became of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import redirect, request
from flask_babel import gettext as _

from checkin.db.models import Job, Participant
from checkin.domain.common.problems import Problem
from checkin.domain.messages.kinds import MessageKind
from checkin.domain.people.bulk_changes import ALIKE, CONFLICT, GONE, TARGET, TOLD, BulkChange
from checkin.errors import InvalidRequest, NotFound
from checkin.services.events.events import categories_of, delegations_of
from checkin.services.jobs.own_jobs import own_job
from checkin.services.jobs.queue import result_of
from checkin.services.limits.rules import SHEETS
from checkin.services.selection.changes import (
    Wanted,
    foreseen,
    mark_of,
    note_begun,
    people_concerned,
)
from checkin.web.jobs.asking import ask_within, wait_for
from checkin.web.jobs.job_state import job_state
from checkin.web.people.listing import address_of, asked_selection, change_words
from checkin.web.site.addressing.outgoing import mail_refusals
from checkin.web.site.designs import asked_design
from checkin.web.site.languages import both_names
from checkin.web.site.numbers import row_number
from checkin.web.site.refusals.limits import by_operator
from checkin.web.site.visits import REGISTRARS, Answer, EventVisit, pages, visited_by
from checkin.words.problems import problem_advice
from checkin.worker.work.badge_sheets import BADGE_SHEETS
from checkin.worker.work.bulk_changes import BULK_CHANGE

bp = pages(__name__)

#: of those who were left as they were, so many stand on the page
MOST_SHOWN = 500


@dataclass(frozen=True, slots=True)
class Left:
    """Somebody who was left as they were, and why."""

    person: Participant | None
    number: int
    why: str


@bp.get("/events/<slug>/participants/change")
@visited_by(REGISTRARS)
def preview(visit: EventVisit) -> Answer:
    """Say what a change of all people of a list would do, and ask whether it is meant."""
    return _question(visit)


@bp.post("/events/<slug>/participants/change")
@visited_by(REGISTRARS)
def begin(visit: EventVisit) -> Answer:
    """Change the people who were shown; if they are others meanwhile, ask once more.

    Sheets of their badges count as those of a delegation or of the whole event do.
    """
    prints = _asked_change(visit) is BulkChange.PRINT
    tried = visit.server.limits.reserve((SHEETS, by_operator())) if prints else None
    may_send = not mail_refusals()
    number = visit.write(lambda v: _begin(v, may_send=may_send))
    if number is None:
        if tried:
            tried.give_back()
        return _question(visit, is_overtaken=True), 409
    wait_for(visit, number)
    visit.nudge()
    if prints:
        return redirect(visit.address("jobs.show", job_id=number), 303)
    return redirect(visit.address("bulk.result", job=number), 303)


@bp.get("/events/<slug>/participants/changed")
@visited_by(REGISTRARS)
def result(visit: EventVisit) -> Answer:
    """Show how far a change is, and at its end who was left as they were, with the reason."""
    number = request.args.get("job", 0, row_number)
    job = own_job(visit.session, visit.event.id, visit.operator.id, number)
    if job.kind != BULK_CHANGE.name or visit.own_delegation not in (None, job.delegation_id):
        raise NotFound("there is no such change")
    told = result_of(visit.keys, job)
    return visit.show(
        "people/bulk_result.html",
        people=told.get("people", 0),
        refused=len(told.get("refused", ())),
        left=_left(visit, job, told),
        is_resent=told.get("change") == BulkChange.RESEND,
        most=MOST_SHOWN,
        **job_state(visit, job),
    )


def _question(visit: EventVisit, *, is_overtaken: bool = False) -> str:
    wanted = _wanted(visit)
    needs_target = wanted.change in TARGET
    is_ready = not needs_target or wanted.target is not None
    return visit.show(
        "people/bulk_preview.html",
        change=wanted.change,
        given=_given(visit, wanted),
        list_of=request.args.get("list_of", type=row_number),
        foreseen=foreseen(visit.session, visit.event, wanted) if is_ready else None,
        target=wanted.target,
        target_field=TARGET.get(wanted.change),
        targets=_targets(visit, wanted.change) if needs_target else [],
        is_told=wanted.change in TOLD,
        kind=MessageKind.CANCELED if wanted.change is BulkChange.CANCEL else None,
        is_overtaken=is_overtaken,
    )


def _begin(visit: EventVisit, *, may_send: bool) -> int | None:
    """Ask for the job; None if those who are chosen are others than were shown."""
    wanted = _wanted(visit)
    if wanted.change in TARGET and wanted.target is None:
        raise InvalidRequest("choose one of the list")
    ids = list(people_concerned(visit.session, visit.event, wanted))
    if not ids or request.form.get("mark") != mark_of(ids):
        return None
    who = visit.who
    note_begun(visit.session, visit.event, wanted, len(ids), **who)
    if wanted.change is BulkChange.PRINT:
        return ask_within(visit, BADGE_SHEETS, design=asked_design(), participant_ids=ids)
    return ask_within(
        visit,
        BULK_CHANGE,
        change=wanted.change,
        target=wanted.target,
        ids=ids,
        is_told=request.form.get("tell") == "yes",
        may_send=may_send,
        endpoint="bulk.begin",
        asked_at=who["now"].isoformat(),
    )


def _wanted(visit: EventVisit) -> Wanted:
    change = _asked_change(visit)
    return Wanted(
        change=change,
        selection=asked_selection(visit).unordered(),
        target=request.args.get("target", type=row_number),
        seen_at=visit.seen_at,
    )


def _asked_change(visit: EventVisit) -> BulkChange:
    asked = request.args.get("change", "")
    if asked not in {change for change, _word in change_words(visit)}:
        raise InvalidRequest("choose what is to be done with these people")
    return BulkChange(asked)


def _given(visit: EventVisit, wanted: Wanted) -> dict[str, str]:
    return {**address_of(visit, wanted.selection), "change": str(wanted.change)}


def _targets(visit: EventVisit, change: BulkChange) -> Sequence[tuple[int, str]]:
    found: Sequence[Any]
    if change is BulkChange.MOVE:
        found = delegations_of(visit.session, visit.event)
    else:
        found = categories_of(visit.session, visit.event)
    return [(one.id, both_names(one)[0]) for one in found]


def _left(visit: EventVisit, job: Job, told: Mapping[str, Any]) -> list[Left]:
    refused = told.get("refused", ())[:MOST_SHOWN]
    found = {one["id"]: visit.session.get(Participant, one["id"]) for one in refused}
    own = job.delegation_id

    def shown(number: int) -> Participant | None:
        person = found[number]
        is_theirs = person is not None and own in (None, person.delegation_id)
        return person if is_theirs else None

    return [Left(shown(one["id"]), one["id"], _why(visit, one)) for one in refused]


def _why(visit: EventVisit, refused: Mapping[str, Any]) -> str:
    words: dict[str, str] = {
        GONE: _("This record is no longer there, or belongs to another delegation now."),
        ALIKE: _(
            "Somebody there may be the same person. Open the page, compare, and move them there."
        ),
        CONFLICT: _("Somebody else has changed this person at the same moment. Try again."),
    }
    if said := words.get(refused["code"]):
        return said
    value, *hints = list[str](refused["values"]) or [""]
    problem = Problem("delegation", refused["code"], value, tuple(one for one in hints if one))
    sentence = problem_advice(problem, visit.language)
    return sentence[:1].upper() + sentence[1:]
