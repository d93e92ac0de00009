"""Delegations and their quotas: one by one, or from a sheet that is checked first."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime
from functools import partial

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from checkin.db.engine import in_transaction
from checkin.domain.people.quotas import (
    COLUMNS,
    MAX_DELEGATIONS,
    DelegationDetails,
    QuotaAction,
    QuotaRow,
    plan_quotas,
    validate_delegation,
)
from checkin.domain.people.unreadable import UnreadableFile
from checkin.services.events.visibility import visible_event
from checkin.services.limits.rules import UPLOADS
from checkin.services.people.quotas import (
    apply_quotas,
    change_delegation,
    known_delegations,
    new_delegation,
    read_quota_sheet,
)
from checkin.web.site.errors import register_page_errors
from checkin.web.site.languages import page_language
from checkin.web.site.limits import by_operator, limited
from checkin.web.site.listed_forms import NONE_REFUSED, ChangeByDetails, Refused, change_by_form
from checkin.web.site.sessions import current_operator
from checkin.web.site.state import database, marhaba
from checkin.words.problems import problem_advice
from checkin.words.unreadable import unreadable_sentence

bp = Blueprint("quotas", __name__)
register_page_errors(bp)


@bp.get("/events/<slug>/quotas")
def show(slug: str) -> ResponseReturnValue:
    """List the delegations with their quotas, each with a form that changes it."""
    return _page(slug)


@bp.post("/events/<slug>/quotas")
def add(slug: str) -> ResponseReturnValue:
    """Add a delegation."""
    return _changed(slug, "new-", new_delegation)


@bp.post("/events/<slug>/quotas/<int:delegation_id>")
def change(slug: str, delegation_id: int) -> ResponseReturnValue:
    """Rename a delegation, or change its quota."""
    change = partial(change_delegation, delegation_id=delegation_id)
    return _changed(slug, f"{delegation_id}-", change)


@bp.get("/events/<slug>/quotas/sheet")
def sheet(slug: str) -> ResponseReturnValue:
    """Show the form that takes a sheet."""
    return _sheet_page(slug, [])


@bp.get("/events/<slug>/quotas/sheet/model.csv")
def model(slug: str) -> ResponseReturnValue:
    """Return an empty sheet with the headings, to be filled in."""
    with database().read() as session:
        visible_event(session, current_operator(), slug)
    file = io.StringIO()
    csv.writer(file, lineterminator="\r\n").writerow(
        [_("Delegation"), _("Name in Arabic"), _("Places")]
    )
    response = Response("\ufeff" + file.getvalue(), mimetype="text/csv")
    response.headers["Content-Disposition"] = 'attachment; filename="delegations.csv"'
    return response


@bp.post("/events/<slug>/quotas/sheet")
@limited(UPLOADS, by_operator)
def upload(slug: str) -> ResponseReturnValue:
    """Read a sheet and show what each row would do; nothing is written."""
    file = request.files.get("file")
    try:
        if file is None or not file.filename:
            raise UnreadableFile("no_file")
        rows = read_quota_sheet(file.stream.read(), file.filename)
        if not rows:
            raise UnreadableFile("empty_file")
    except UnreadableFile as fault:
        return _sheet_page(slug, [], problem=unreadable_sentence(fault, page_language())), 400
    return _sheet_page(slug, rows)


@bp.post("/events/<slug>/quotas/sheet/check")
def check(slug: str) -> ResponseReturnValue:
    """Check the corrected rows again, or write them when all of them are right."""
    rows = _sent_rows()
    if request.form.get("do") != "apply" or not rows:
        return _sheet_page(slug, rows)
    operator, now = current_operator(), datetime.now(UTC)

    def work(session: Session) -> tuple[int, list[QuotaAction]]:
        event = visible_event(session, operator, slug)
        plan = apply_quotas(session, event, rows, operator_id=operator.id, now=now)
        return event.id, [one.action for one in plan]

    event_id, actions = in_transaction(database(), work)
    if QuotaAction.REFUSE in actions:
        return _sheet_page(slug, rows), 400
    marhaba().live.nudge(event_id)
    flash(
        _(
            "Delegations: %(new)s new, %(changed)s changed.",
            new=actions.count(QuotaAction.ADD),
            changed=actions.count(QuotaAction.CHANGE),
        )
    )
    after = "first_steps.resume" if request.form.get("then") == "start" else "quotas.show"
    return redirect(url_for(after, slug=slug), 303)


def _changed(
    slug: str, form: str, change: ChangeByDetails[DelegationDetails]
) -> ResponseReturnValue:
    refused = change_by_form(slug, form, COLUMNS, validate_delegation, change)
    if refused is not None:
        return _page(slug, refused), 400
    return redirect(url_for("quotas.show", slug=slug), 303)


def _sent_rows() -> list[QuotaRow]:
    numbers = request.form.getlist("row", type=int)[: MAX_DELEGATIONS + 1]
    left_out = set(request.form.getlist("left-out", type=int))
    return [_sent_row(number) for number in numbers if number not in left_out]


def _sent_row(number: int) -> QuotaRow:
    return QuotaRow(number, {c: request.form.get(f"{c}-{number}", "")[:400] for c in COLUMNS})


def _page(slug: str, refused: Refused = NONE_REFUSED) -> str:
    with database().read() as session:
        event = visible_event(session, current_operator(), slug)
        return render_template(
            "people/quotas.html",
            event=event,
            delegations=known_delegations(session, event, datetime.now(UTC)),
            **refused.shown(),
        )


def _sheet_page(slug: str, rows: list[QuotaRow], problem: str = "") -> str:
    with database().read() as session:
        event = visible_event(session, current_operator(), slug)
        plan = plan_quotas(rows, known_delegations(session, event, datetime.now(UTC)))
    problems = {
        one.row.number: {p.column: problem_advice(p, page_language()) for p in one.problems}
        for one in plan
    }
    counts = {str(a): sum(one.action == a for one in plan) for a in QuotaAction}
    return render_template(
        "people/quota_sheet.html",
        event=event,
        plan=plan,
        problems=problems,
        counts=counts,
        problem=problem,
        then="start" if request.form.get("then") == "start" else "",
    )
