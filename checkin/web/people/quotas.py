"""The pages of delegations and their quotas: forms, or a sheet that is reviewed first."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence

from flask import Response, flash, redirect, request
from flask_babel import gettext as _

from checkin.domain.common.problems import InvalidValue
from checkin.domain.people.importing.unreadable import UnreadableFile
from checkin.domain.people.quotas import (
    COLUMNS,
    MAX_DELEGATIONS,
    DelegationDetails,
    KnownDelegation,
    PlannedQuota,
    QuotaAction,
    QuotaRow,
    plan_quotas,
    shown_of,
    unseen,
    validate_delegation,
)
from checkin.services.limits.rules import UPLOADS
from checkin.services.people.delegation_deletion import delete_delegation
from checkin.services.people.quotas import (
    apply_quotas,
    change_delegation,
    known_delegation,
    known_delegations,
    new_delegation,
    waiting_in,
)
from checkin.services.uploads.tables import read_quota_sheet
from checkin.web.people.importing.import_review import line_words
from checkin.web.people.listed_forms import (
    NONE_REFUSED,
    ChangeByDetails,
    ReadValues,
    Refused,
    change_by_form,
)
from checkin.web.site.addressing.outgoing import is_told
from checkin.web.site.languages import list_separator
from checkin.web.site.refusals.limits import by_operator, limited
from checkin.web.site.shared_forms import FormOvertaken, change_said, read_anew
from checkin.web.site.visits import STAFF, Answer, DelegationVisit, EventVisit, pages, visited_by
from checkin.words.problems import problem_advice
from checkin.words.unreadable import unreadable_sentence

bp = pages(__name__)
#: what was not shown beside rows of a sheet: by row and column, what it is now
Unseen = Mapping[int, Mapping[str, str]]


@bp.get("/events/<slug>/quotas")
@visited_by(STAFF)
def show(visit: EventVisit) -> Answer:
    """List the delegations with their quotas, each with a form that changes it."""
    return _page(visit)


@bp.post("/events/<slug>/quotas")
@visited_by(STAFF)
def add(visit: EventVisit) -> Answer:
    """Add a delegation."""
    return _changed(visit, "new-", lambda v, new: new_delegation(v.session, v.event, new, **v.who))


@bp.post("/events/<slug>/quotas/<int:delegation_id>")
@visited_by(STAFF)
def change(visit: DelegationVisit) -> Answer:
    """Rename a delegation, or change its quota."""
    number = visit.delegation.id
    return _changed(
        visit,
        f"{number}-",
        lambda v, new: change_delegation(
            v.session, v.event, number, new, is_told=is_told(), **v.who
        ),
        lambda v: delegation_values(known_delegation(v.session, v.event, number, v.now)),
    )


@bp.post("/events/<slug>/quotas/<int:delegation_id>/remove")
@visited_by(STAFF)
def remove(visit: DelegationVisit) -> Answer:
    """Delete a delegation that nobody belongs to."""
    number = visit.delegation.id
    try:
        visit.write(lambda v: delete_delegation(v.session, v.event, number, **v.who))
    except InvalidValue as fault:
        said = problem_advice(fault.in_column("delegation"), visit.language)
        return _page(visit, notice=said), 400
    visit.nudge()
    flash(_("The delegation is deleted."))
    return redirect(visit.address("quotas.show"), 303)


@bp.get("/events/<slug>/quotas/sheet")
@visited_by(STAFF)
def sheet(visit: EventVisit) -> Answer:
    """Show the form that takes a sheet."""
    return _sheet_page(visit, [])


@bp.get("/events/<slug>/quotas/sheet/model.csv")
@visited_by(STAFF)
def model(visit: EventVisit) -> Answer:  # noqa: ARG001 - that the event is visible is enough
    """Return an empty sheet with the headings, to be filled in."""
    file = io.StringIO()
    csv.writer(file, delimiter=list_separator(), lineterminator="\r\n").writerow(
        [
            _("Delegation"),
            _("Name in Arabic"),
            _("Places"),
            _("Places kept for gates without network"),
            _("Phone of its coordinators"),
        ]
    )
    response = Response("\ufeff" + file.getvalue(), mimetype="text/csv")
    response.headers["Content-Disposition"] = 'attachment; filename="delegations.csv"'
    return response


@bp.post("/events/<slug>/quotas/sheet")
@limited(UPLOADS, by_operator)
@visited_by(STAFF)
def upload(visit: EventVisit) -> Answer:
    """Read a sheet and show what each row would do; nothing is written."""
    file = request.files.get("file")
    try:
        if file is None or not file.filename:
            raise UnreadableFile("no_file")
        rows, proposed = read_quota_sheet(file.stream.read(), file.filename)
        if not rows:
            raise UnreadableFile("empty_file")
    except UnreadableFile as fault:
        return _sheet_page(visit, [], problem=unreadable_sentence(fault, visit.language)), 400
    return _sheet_page(visit, rows, proposed=proposed)


@bp.post("/events/<slug>/quotas/sheet/check")
@visited_by(STAFF)
def check(visit: EventVisit) -> Answer:
    """Check the corrected rows again, or write them when all of them are right and were seen."""
    rows = _sent_rows()
    if request.form.get("do") != "apply" or not rows:
        return _sheet_page(visit, rows)
    try:
        plan = visit.write(lambda v: _write(v, rows))
    except FormOvertaken as fault:
        return _sheet_page(visit, rows, unseen_of=fault.form), 409
    actions = [one.action for one in plan]
    if QuotaAction.REFUSE in actions:
        return _sheet_page(visit, rows), 400
    visit.nudge()
    flash(
        _(
            "New delegations: %(new)s; changed: %(changed)s.",
            new=actions.count(QuotaAction.ADD),
            changed=actions.count(QuotaAction.CHANGE),
        )
    )
    after = "first_steps.resume" if request.form.get("then") == "start" else "quotas.show"
    return redirect(visit.address(after), 303)


def _changed(
    visit: EventVisit,
    form: str,
    change: ChangeByDetails[DelegationDetails],
    read: ReadValues | None = None,
) -> Answer:
    refused = change_by_form(visit, form, COLUMNS, validate_delegation, change, read)
    if refused is not None:
        return _page(visit, refused), refused.status
    return redirect(visit.address("quotas.show"), 303)


def _write(visit: EventVisit, rows: list[QuotaRow]) -> Sequence[PlannedQuota]:
    """Write the rows, unless one of them would do what its page has not shown.

    Raises:
        FormOvertaken: one would.
    """
    read_anew(visit)
    found = {
        one.row.number: changed
        for one in plan_quotas(rows, known_delegations(visit.session, visit.event, visit.now))
        if (changed := unseen(one, request.form.get(f"shown-{one.row.number}", "")))
    }
    if found:
        raise FormOvertaken(found)
    return apply_quotas(visit.session, visit.event, rows, is_told=is_told(), **visit.who)


def _sent_rows() -> list[QuotaRow]:
    numbers = request.form.getlist("row", type=int)[: MAX_DELEGATIONS + 1]
    left_out = set(request.form.getlist("left-out", type=int))
    return [_sent_row(number) for number in numbers if number not in left_out]


def _sent_row(number: int) -> QuotaRow:
    return QuotaRow(number, {c: request.form.get(f"{c}-{number}", "")[:400] for c in COLUMNS})


def delegation_values(delegation: KnownDelegation) -> dict[str, str]:
    """Return the values with which a delegation's form is filled in."""
    return {
        "name": delegation.name,
        "name_ar": delegation.name_ar or "",
        "quota": str(delegation.quota),
        "kept": str(delegation.kept),
        "coordinator_phone": delegation.coordinator_phone or "",
    }


def _page(visit: EventVisit, refused: Refused = NONE_REFUSED, notice: str = "") -> str:
    known = known_delegations(visit.session, visit.event, visit.now)
    return visit.show(
        "people/quotas.html",
        delegations=known,
        values={one.id: delegation_values(one) for one in known},
        waiting=waiting_in(visit.session, visit.event),
        notice=notice,
        **refused.shown(visit.language),
    )


def _sheet_page(
    visit: EventVisit,
    rows: list[QuotaRow],
    problem: str = "",
    proposed: Mapping[int, str] | None = None,
    unseen_of: Unseen | None = None,
) -> str:
    """Show a sheet's rows with what each would do.

    Args:
        proposed: why rows are proposed to be left out, by number.
        unseen_of: what would be overwritten though nobody has seen it; then nothing was written.
    """
    words = line_words()
    plan = plan_quotas(rows, known_delegations(visit.session, visit.event, visit.now))
    problems = {
        one.row.number: {p.column: problem_advice(p, visit.language) for p in one.problems}
        for one in plan
    }
    for number, columns in (unseen_of or {}).items():
        problems[number] |= {name: _unseen_said(name, text) for name, text in columns.items()}
    return visit.show(
        "people/quota_sheet.html",
        plan=plan,
        shown={one.row.number: shown_of(one) for one in plan},
        waiting=sum(waiting_in(visit.session, visit.event).get(of, 0) for of in _grown(plan)),
        is_overtaken=bool(unseen_of),
        problems=problems,
        counts={str(a): sum(one.action == a for one in plan) for a in QuotaAction},
        problem=problem,
        proposed={number: words[why] for number, why in (proposed or {}).items()},
        then="start" if request.form.get("then") == "start" else "",
    )


def _grown(plan: Sequence[PlannedQuota]) -> Sequence[int]:
    """Return the ids of the delegations that a sheet gives more places."""
    return [
        one.known.id
        for one in plan
        if one.known and one.details and one.details.quota > one.known.quota
    ]


def _unseen_said(column: str, text: str) -> str:
    if column == "name":
        return str(_("This row would now do something else than what you have seen."))
    return change_said(text)
