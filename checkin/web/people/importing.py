"""The pages of an import: upload a delegation's spreadsheet, correct its rows, register them."""

from __future__ import annotations

import csv
import io

from flask import Response, flash, redirect, request, session
from flask_babel import gettext as _

from checkin.domain.people.corrections import correct
from checkin.domain.people.fields import COLUMNS
from checkin.domain.people.importing import Action, Row
from checkin.domain.people.unreadable import UnreadableFile
from checkin.errors import NotFound
from checkin.services.limits.rules import UPLOADS
from checkin.services.people.delegations import places_of
from checkin.services.people.import_drafts import draft_of, forget_draft, keep_draft, rewrite_draft
from checkin.services.people.importing import ImportPlan, apply_plan, plan_table
from checkin.services.spreadsheets.reading import Table, read_table
from checkin.web.people.import_review import action_words, review_of, sent_corrections
from checkin.web.site.limits import by_operator, limited
from checkin.web.site.visits import REGISTRARS, Answer, DelegationVisit, pages, visited_by
from checkin.words.languages import DEFAULT_LANGUAGE, spoken
from checkin.words.problems import column_name
from checkin.words.unreadable import unreadable_sentence

bp = pages(__name__)

#: enough for 100,000 rows as CSV; larger files are for the command line
MAX_UPLOAD_BYTES = 10_000_000
MAX_ROWS = 20_000
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
    """Show the form that takes a file, or the list that is being corrected."""
    table = _kept_table(visit)
    return visit.show("people/import_new.html") if table is None else _review(visit, table)


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
    """Read a file and keep it encrypted as a draft until it is registered or discarded."""
    try:
        table = _sent_table()
    except UnreadableFile as fault:
        problem = unreadable_sentence(fault, visit.language)
        return visit.show("people/import_new.html", problem=problem), 400
    _discard(visit)
    session[_KEPT] = visit.write(
        lambda v: keep_draft(v.session, v.delegation, v.operator.id, table, v.now)
    )
    return _redirect_to_import(visit)


@bp.post("/events/<slug>/delegations/<int:delegation_id>/import/check")
@visited_by(REGISTRARS)
def check(visit: DelegationVisit) -> Answer:
    """Save the corrections, and check the rows again or register them."""
    before = _kept_table(visit)
    if before is None:
        flash(_("This list is no longer kept. Upload it again."))
        return _redirect_to_import(visit)
    rows = correct(before.rows, sent_corrections(request.form))
    table = _rewrite(visit, rows) if rows != before.rows else before
    if request.form.get("do") != "register":
        return _redirect_to_import(visit, **_place_asked())
    if table is not before:
        flash(_("Your corrections were checked first: look at the result, then register."))
        return _redirect_to_import(visit)
    _register(visit, table)
    return _redirect_to_import(visit)


@bp.post("/events/<slug>/delegations/<int:delegation_id>/import/discard")
@visited_by(REGISTRARS)
def discard(visit: DelegationVisit) -> Answer:
    """Discard the draft: it is deleted, and nobody is registered."""
    _discard(visit)
    flash(_("The list is deleted. Nobody was registered from it."))
    return _redirect_to_import(visit)


def _model_headings(language: str) -> list[str]:
    # "الاسم" alone would be read as the name in Arabic.
    latin = column_name("name", DEFAULT_LANGUAGE if spoken(language).is_from_right else language)
    others = [c for c in COLUMNS if c not in ("name", "delegation")]
    return [latin, *(column_name(column, language) for column in others)]


def _sent_table() -> Table:
    file = request.files.get("file")
    if file is None or not file.filename:
        raise UnreadableFile("no_file")
    table = read_table(file.stream.read(), file.filename, delegation_required=False)
    if len(table.rows) > MAX_ROWS:
        raise UnreadableFile("too_many_rows", MAX_ROWS)
    return table


def _kept_table(visit: DelegationVisit) -> Table | None:
    secret = session.get(_KEPT)
    if secret is None:
        return None
    try:
        return draft_of(visit.session, secret, visit.delegation, visit.operator.id, visit.now)
    except NotFound:
        return None


def _rewrite(visit: DelegationVisit, rows: list[Row]) -> Table:
    secret, me = session[_KEPT], visit.operator.id
    return visit.write(lambda v: rewrite_draft(v.session, secret, rows, v.delegation, me, v.now))


def _discard(visit: DelegationVisit) -> None:
    secret = session.pop(_KEPT, None)
    if secret is not None:
        visit.write(lambda v: forget_draft(v.session, secret))


def _plan(visit: DelegationVisit, table: Table) -> ImportPlan:
    return plan_table(visit.session, visit.event, table, delegation=visit.delegation, alone=True)


def _review(visit: DelegationVisit, table: Table) -> str:
    asked, number = request.args.get("show", ""), request.args.get("page", 1, int)
    return visit.show(
        "people/import_review.html",
        review=review_of(table, _plan(visit, table), asked, number),
        places=places_of(visit.session, visit.delegation, visit.now),
        words=action_words(),
    )


def _register(visit: DelegationVisit, table: Table) -> None:
    plan = _plan(visit, table)
    visit.session.close()  # to register thousands takes a while
    done = apply_plan(
        visit.server.database,
        visit.event,
        table,
        plan,
        visit.keys,
        delegation=visit.delegation,
        alone=True,
        **visit.who,
    )
    visit.nudge()
    _keep_refused(visit, table, done)
    counts = done.counts
    flash(
        _(
            "Registered: %(new)s new, %(changed)s changed.",
            new=counts["add"],
            changed=counts["change"],
        )
    )


def _keep_refused(visit: DelegationVisit, table: Table, done: ImportPlan) -> None:
    refused = {row.row_number for row in done.rows if row.action == Action.REFUSE}
    if refused:
        _rewrite(visit, [row for row in table.rows if row.number in refused])
        flash(_("The rows that could not be registered are still here, to be corrected."))
    else:
        _discard(visit)


def _place_asked() -> dict[str, str]:
    shown, _colon, page = request.form.get("do", "").partition(":")
    return {"show": shown, "page": page or "1"} if shown in set(Action) else {}


def _redirect_to_import(visit: DelegationVisit, **place: str) -> Answer:
    return redirect(visit.address("importing.show", **place), 303)
