"""The page of the sheet at an address: where it is, how it went the last time, what waits."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, request
from flask_babel import gettext as _

from checkin.db.engine import in_transaction
from checkin.db.models import SheetSource
from checkin.domain.common.problems import InvalidValue
from checkin.domain.events.details import whole_number
from checkin.domain.integrations.sheets import LONGEST, SHORTEST, USUAL, Waits
from checkin.domain.people.fields import KEY_OF
from checkin.domain.people.importing.row_numbers import row_label
from checkin.errors import NotFound
from checkin.services.integrations.sheet_fetching import SheetFault, fetch, record_fault
from checkin.services.integrations.sheets import (
    DECIDE,
    FETCH,
    ShownDecision,
    ask_for_job,
    dismiss,
    look_at,
    opened_sheet,
    pause_sheet,
    remove_sheet,
    running_job,
    set_sheet,
    sheet_of,
    waiting_counts,
    waiting_decisions,
)
from checkin.services.jobs.own_jobs import own_job
from checkin.services.jobs.queue import result_of
from checkin.services.limits.rules import UPLOADS
from checkin.services.network.outgoing import Destination
from checkin.services.people.importing.import_drafts import UploadedFile
from checkin.web.integrations.sheet_words import fault_sentence, kind_words
from checkin.web.jobs.asking import wait_for
from checkin.web.jobs.job_state import job_state
from checkin.web.people.importing.import_pages import take_fetched
from checkin.web.site.numbers import row_number
from checkin.web.site.refusals.limits import by_operator, limited
from checkin.web.site.visits import STAFF, Answer, EventVisit, pages, visited_by
from checkin.words.problems import column_name, problem_advice, problem_sentence

bp = pages(__name__)

_PAGE = "/events/<slug>/sheet"
_MOST = 25


@bp.get(_PAGE)
@visited_by(STAFF)
def show(visit: EventVisit) -> Answer:
    """Show the sheet, how it went the last time, what waits, and the form."""
    return _page(visit)


@bp.post(_PAGE)
@visited_by(STAFF)
def save(visit: EventVisit) -> Answer:
    """Set the address and how often it is fetched; an empty address stays as it is."""
    url, minutes = request.form.get("url", "").strip(), request.form.get("minutes", "").strip()
    problems: dict[str, str] = {}
    destination: Destination | None = None
    every = USUAL
    try:
        every = whole_number(minutes, SHORTEST, LONGEST) if minutes else USUAL
    except InvalidValue as fault:
        problems["minutes"] = problem_advice(fault.in_column("row"), visit.language)
    try:
        if url or sheet_of(visit.session, visit.event) is None:
            destination = visit.server.settings.caller.check(url)
    except InvalidValue as fault:
        problems["url"] = problem_advice(fault.in_column("destination"), visit.language)
    if problems:
        return _page(visit, said={"url": url, "minutes": minutes}, problems=problems), 400
    visit.write(lambda v: set_sheet(v.session, v.event, v.keys, destination, every, **v.who))
    if destination is None:
        flash(_("Saved."))
    return _back(visit)


@bp.post(f"{_PAGE}/look")
@limited(UPLOADS, by_operator)
@visited_by(STAFF)
def look(visit: EventVisit) -> Answer:
    """Fetch the sheet now, and lead to what is asked about it, as about an uploaded list."""
    opened = opened_sheet(visit.session, visit.keys, visit.event)
    of, caller, now = opened.kept.id, visit.server.settings.caller, visit.now
    visit.session.close()  # the other server may be slow
    try:
        fetched = fetch(caller, opened, anew=True)
    except SheetFault as fault:
        database = visit.server.database
        failed = fault
        in_transaction(database, lambda s: record_fault(s, of, failed, now))
        return _back(visit)
    content = fetched.content if fetched else b""
    file = UploadedFile("sheet.csv", content)
    return take_fetched(visit, file, lambda v, number: look_at(v.session, v.event, number))


@bp.post(f"{_PAGE}/fetch")
@limited(UPLOADS, by_operator)
@visited_by(STAFF)
def fetch_now(visit: EventVisit) -> Answer:
    """Fetch the sheet before its time."""
    return _do(visit, FETCH)


@bp.post(f"{_PAGE}/pause")
@visited_by(STAFF)
def pause(visit: EventVisit) -> Answer:
    """Fetch the sheet no more, or again."""
    is_paused = request.form.get("do") != "resume"
    visit.write(lambda v: pause_sheet(v.session, v.event, is_paused=is_paused, **v.who))
    flash(_("Saved."))
    return _back(visit)


@bp.post(f"{_PAGE}/remove")
@visited_by(STAFF)
def remove(visit: EventVisit) -> Answer:
    """Forget the sheet; the people stay."""
    visit.write(lambda v: remove_sheet(v.session, v.event, **v.who))
    flash(_("The address is forgotten. Those who were registered from the sheet stay registered."))
    return _back(visit)


@bp.post(f"{_PAGE}/decide")
@visited_by(STAFF)
def decide(visit: EventVisit) -> Answer:
    """Accept or leave one thing that waits, or all of a kind."""
    number, kind = request.form.get("id", type=row_number), request.form.get("kind", "")
    ids = [number] if number else []
    if not ids and kind not in set(Waits):
        return _back(visit)
    if request.form.get("do") == "dismiss":
        count = visit.write(lambda v: dismiss(v.session, v.event, ids=ids, kind=kind, **v.who))
        flash(_("Left as it is: %(count)s.", count=count))
        return _back(visit, kind=kind)
    return _do(visit, DECIDE, kind, {"ids": ids, "kind": kind})


def _do(
    visit: EventVisit, job: str, back: str = "", arguments: dict[str, Any] | None = None
) -> Answer:
    """Ask for a job of the sheet, wait a moment for it, and say what came of it."""
    number = visit.write(
        lambda v: ask_for_job(v.session, v.keys, job, v.event.id, v.operator.id, v.now, arguments)
    )
    if number is None:
        flash(_("Something is being done with this sheet already. Try again in a moment."))
        return _back(visit, kind=back)
    wait_for(visit, number)
    return _back(visit, kind=back, job=number)


def _back(visit: EventVisit, **more: Any) -> Answer:
    given = {name: value for name, value in more.items() if value}
    return redirect(visit.address("sheet.show", **given), 303)


def _page(
    visit: EventVisit,
    *,
    said: dict[str, str] | None = None,
    problems: dict[str, str] | None = None,
) -> str:
    source = sheet_of(visit.session, visit.event)
    running = running_job(visit.session, visit.event.id) if source else None
    values = {"minutes": str(source.every_minutes if source else USUAL)}
    return visit.show(
        "integrations/sheet.html",
        source=source,
        fault=fault_sentence(source, visit.language) if source else "",
        values=values | (said or {}),
        problems=problems or {},
        shortest=SHORTEST,
        longest=LONGEST,
        running=job_state(visit, running) if running else None,
        end=_end(visit),
        row_label=row_label,
        **_waiting(visit, source),
    )


def _waiting(visit: EventVisit, source: SheetSource | None) -> dict[str, Any]:
    if source is None:
        return {"counts": {}, "decisions": []}
    counts = waiting_counts(visit.session, source.id)
    there = [kind for kind in Waits if counts.get(kind)]
    asked = request.args.get("kind", "")
    kind = Waits(asked) if asked in there else next(iter(there), None)
    after = request.args.get("after", 0, type=row_number) or 0
    found = (
        waiting_decisions(visit.session, visit.keys, source, kind, after=after, most=_MOST + 1)
        if kind
        else []
    )
    return {
        "counts": counts,
        "kinds": [(one, kind_words()[one], counts[one]) for one in there],
        "kind": kind,
        "decisions": [_words(visit, one) for one in found[:_MOST]],
        "next_after": found[_MOST - 1].id if len(found) > _MOST else None,
    }


def _words(visit: EventVisit, one: ShownDecision) -> dict[str, Any]:
    language = visit.language
    return {
        "id": one.id,
        "kind": one.kind,
        "row": one.row,
        "person": one.person,
        "is_acceptable": one.is_acceptable,
        "problems": [problem_sentence(problem, language) for problem in one.why],
        "before": [
            (column_name(KEY_OF.get(column, column), language), now, then)
            for column, now, then in one.before
        ],
    }


def _end(visit: EventVisit) -> str:
    """Return what came of the job that the address names."""
    number = request.args.get("job", type=row_number)
    if number is None:
        return ""
    try:
        job = own_job(visit.session, visit.event.id, visit.operator.id, number)
    except NotFound:
        return ""
    told = result_of(visit.keys, job)
    if "accepted" in told:
        left = told["left"]
        done = _("Accepted: %(count)s.", count=told["accepted"])
        more = _("Refused all the same: %(count)s; look at them below.", count=left)
        return f"{done} {more}" if left else str(done)
    if "added" in told:
        return str(_("The sheet has come. New people registered: %(count)s.", count=told["added"]))
    return ""
