"""The page of an event's logo and colours, with a preview of a badge."""

from __future__ import annotations

import base64
from collections.abc import Mapping

from flask import Response, flash, redirect, request
from flask_babel import gettext as _

from checkin.db.models import Job, JobState
from checkin.services.events.events import categories_of
from checkin.services.events.look import LookRefused, NewLook, change_look, look_of
from checkin.services.jobs.own_jobs import own_job
from checkin.services.mail.previews import preview_picture
from checkin.web.events.look_words import Refusal, refusal, refusal_of
from checkin.web.jobs.asking import ask_within, wait_for
from checkin.web.jobs.job_state import job_state
from checkin.web.site.numbers import row_number
from checkin.web.site.shared_forms import FormOvertaken, changes_said, refuse_overtaken
from checkin.web.site.visits import STAFF, Answer, EventVisit, pages, visited_by
from checkin.worker.work.look import LOOK

bp = pages(__name__)


@bp.get("/events/<slug>/look")
@visited_by(STAFF)
def edit(visit: EventVisit) -> Answer:
    """Show the logo and the colours beside a badge that has them; and what is checked now."""
    job = _asked_job(visit)
    if job is None:
        return _page(visit)
    refused = refusal_of(job)
    is_saved, given = job.state == JobState.DONE, request.args if refused else None
    return _page(visit, refused, given, is_saved=is_saved, **job_state(visit, job))


@bp.post("/events/<slug>/look")
@visited_by(STAFF)
def save(visit: EventVisit) -> Answer:
    """Save the logo and the colours; if one is refused, none is saved and the reason is shown.

    A job checks a logo first.
    """
    file = request.files.get("logo")
    if file is not None and file.filename and "no_logo" not in request.form:
        return _let_check(visit, file.read())
    try:
        visit.write(_save)
    except LookRefused as fault:
        return _page(visit, refusal(fault.problem, fault.value), request.form), 400
    except FormOvertaken as fault:
        return _overtaken(visit, fault)
    flash(_("Saved."))
    return redirect(visit.address("look.edit"), 303)


@bp.get("/events/<slug>/look/preview.png")
@visited_by(STAFF)
def preview(visit: EventVisit) -> Answer:
    """Return an invented participant's badge as a picture."""
    session, event = visit.session, visit.event
    picture = preview_picture(session, event, event.language)
    response = Response(picture, mimetype="image/png")
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _values(visit: EventVisit) -> dict[str, str]:
    """Return the colours with which the form is filled in."""
    return {"colour": look_of(visit.session, visit.event).colour} | {
        f"category-{one.id}": one.colour for one in categories_of(visit.session, visit.event)
    }


def _refuse_overtaken(visit: EventVisit) -> None:
    # What is not sent stays as it is: an older page may not know a new category.
    refuse_overtaken(visit, _values(visit) | request.form.to_dict(), _values)


def _overtaken(visit: EventVisit, fault: FormOvertaken) -> Answer:
    said = changes_said(fault.form)
    return _page(visit, None, fault.form.values, changed=said), 409


def _save(visit: EventVisit) -> None:
    _refuse_overtaken(visit)
    new = NewLook(
        is_without_logo="no_logo" in request.form,
        colour=request.form.get("colour") or None,
        category_colours=_category_colours(visit),
    )
    change_look(visit.session, visit.event, new, **visit.who)


def _let_check(visit: EventVisit, logo: bytes) -> Answer:
    def ask(within: EventVisit) -> int:
        _refuse_overtaken(within)
        stored, colour = _values(within), request.form.get("colour") or None
        # Only what is changed: the job ends later, and what others change until then stays.
        return ask_within(
            within,
            LOOK,
            logo=base64.b64encode(logo).decode(),
            colour=colour if colour != stored["colour"] else None,
            category_colours={
                number: chosen
                for number, chosen in _category_colours(within).items()
                if chosen != stored[f"category-{number}"]
            },
        )

    try:
        number = visit.write(ask)
    except FormOvertaken as fault:
        return _overtaken(visit, fault)
    wait_for(visit, number)
    # The colours, so that they need not be chosen again if the logo is refused.
    chosen = {k: v for k, v in request.form.items() if k == "colour" or k.startswith("category-")}
    return redirect(visit.address("look.edit", **chosen, job=number), 303)


def _category_colours(visit: EventVisit) -> dict[int, str]:
    categories = categories_of(visit.session, visit.event)
    return {c.id: request.form.get(f"category-{c.id}", c.colour) for c in categories}


def _asked_job(visit: EventVisit) -> Job | None:
    number = request.args.get("job", type=row_number)
    if number is None:
        return None
    job = own_job(visit.session, visit.event.id, visit.operator.id, number)
    return job if job.kind == LOOK.name else None


def _page(
    visit: EventVisit,
    refused: Refusal | None = None,
    given: Mapping[str, str] | None = None,
    *,
    changed: Mapping[str, str] | None = None,
    **job: object,
) -> str:
    """Show the form.

    Args:
        changed: a sentence for each colour that somebody else has changed since it was shown.
    """
    shown = {
        "values": _values(visit),
        "changed": changed or {},
        "look": look_of(visit.session, visit.event),
        "categories": categories_of(visit.session, visit.event),
        "given": given or {},
        "refused": refused,
    }
    return visit.show("events/look.html", **job | shown)
