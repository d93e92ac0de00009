"""A delegation's spreadsheet: uploaded, corrected in place until it is right, then registered."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime

from flask import Blueprint, Response, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from checkin.db.engine import in_transaction
from checkin.db.models import Delegation, Event
from checkin.domain.common.problem_sentences import COLUMN_NAMES
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
from checkin.web.site.errors import register_page_errors
from checkin.web.site.event_changes import opened_delegation
from checkin.web.site.languages import page_language
from checkin.web.site.limits import by_operator, limited
from checkin.web.site.sessions import current_operator
from checkin.web.site.state import database, marhaba

bp = Blueprint("importing", __name__)
register_page_errors(bp)

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
def show(slug: str, delegation_id: int) -> ResponseReturnValue:
    """Show the form that takes a file, or the list that is being corrected."""
    with database().read() as reading:
        event, delegation = opened_delegation(reading, slug, delegation_id)
        table = _kept_table(reading, delegation)
        if table is None:
            return render_template("people/import_new.html", event=event, delegation=delegation)
        return _review(reading, event, delegation, table)


@bp.get("/events/<slug>/delegations/<int:delegation_id>/import/model.csv")
def model(slug: str, delegation_id: int) -> ResponseReturnValue:
    """Return an empty list with the headings, to be filled in."""
    with database().read() as reading:
        opened_delegation(reading, slug, delegation_id)
    file = io.StringIO()
    csv.writer(file, lineterminator="\r\n").writerow(_model_headings())
    response = Response("\ufeff" + file.getvalue(), mimetype="text/csv")
    response.headers["Content-Disposition"] = 'attachment; filename="participants.csv"'
    return response


@bp.post("/events/<slug>/delegations/<int:delegation_id>/import")
@limited(UPLOADS, by_operator)
def upload(slug: str, delegation_id: int) -> ResponseReturnValue:
    """Read a file and keep it sealed until it is registered or given up."""
    operator = current_operator()
    with database().read() as reading:
        event, delegation = opened_delegation(reading, slug, delegation_id)
    try:
        table = _sent_table()
    except UnreadableFile as fault:
        sentence = fault.sentence(page_language())
        page = render_template(
            "people/import_new.html", event=event, delegation=delegation, problem=sentence
        )
        return page, 400
    _give_up()
    session[_KEPT] = in_transaction(
        database(),
        lambda s: keep_draft(s, delegation, operator.id, table, datetime.now(UTC)),
    )
    return redirect(url_for("importing.show", slug=slug, delegation_id=delegation_id), 303)


@bp.post("/events/<slug>/delegations/<int:delegation_id>/import/check")
def check(slug: str, delegation_id: int) -> ResponseReturnValue:
    """Keep what was corrected, and check again or register what is right."""
    corrections = sent_corrections(request.form)
    with database().read() as reading:
        event, delegation = opened_delegation(reading, slug, delegation_id)
        before = _kept_table(reading, delegation)
    if before is None:
        flash(_("This list is no longer kept. Upload it again."))
        return _back(slug, delegation_id)
    rows = correct(before.rows, corrections)
    table = _rewrite(delegation, rows) if rows != before.rows else before
    if request.form.get("do") != "register":
        return _back(slug, delegation_id, **_place_asked())
    if table is not before:
        flash(_("Your corrections were checked first: look at the result, then register."))
        return _back(slug, delegation_id)
    _register(event, delegation, table)
    return _back(slug, delegation_id)


@bp.post("/events/<slug>/delegations/<int:delegation_id>/import/discard")
def discard(slug: str, delegation_id: int) -> ResponseReturnValue:
    """Give the list up: it is deleted, and nobody is registered."""
    with database().read() as reading:
        opened_delegation(reading, slug, delegation_id)
    _give_up()
    flash(_("The list is deleted. Nobody was registered from it."))
    return _back(slug, delegation_id)


def _model_headings() -> list[str]:
    language = page_language()
    # "الاسم" alone would be read as the name in Arabic.
    latin = COLUMN_NAMES["name"]["fr" if language == "ar" else language]
    others = [c for c in COLUMNS if c not in ("name", "delegation")]
    return [latin, *(COLUMN_NAMES[column][language] for column in others)]


def _sent_table() -> Table:
    file = request.files.get("file")
    if file is None or not file.filename:
        raise UnreadableFile("no_file")
    table = read_table(file.stream.read(), file.filename, delegation_required=False)
    if len(table.rows) > MAX_ROWS:
        raise UnreadableFile("too_many_rows", MAX_ROWS)
    return table


def _kept_table(reading: Session, delegation: Delegation) -> Table | None:
    try:
        secret, operator_id = session[_KEPT], current_operator().id
        return draft_of(reading, secret, delegation, operator_id, datetime.now(UTC))
    except (KeyError, NotFound):
        return None


def _rewrite(delegation: Delegation, rows: list[Row]) -> Table:
    operator_id, now = current_operator().id, datetime.now(UTC)
    return in_transaction(
        database(),
        lambda s: rewrite_draft(s, session[_KEPT], rows, delegation, operator_id, now),
    )


def _give_up() -> None:
    secret = session.pop(_KEPT, None)
    if secret is not None:
        in_transaction(database(), lambda s: forget_draft(s, secret))


def _plan(reading: Session, event: Event, delegation: Delegation, table: Table) -> ImportPlan:
    return plan_table(reading, event, table, delegation=delegation, alone=True)


def _review(reading: Session, event: Event, delegation: Delegation, table: Table) -> str:
    asked, number = request.args.get("show", ""), request.args.get("page", 1, int)
    plan = _plan(reading, event, delegation, table)
    return render_template(
        "people/import_review.html",
        event=event,
        delegation=delegation,
        review=review_of(table, plan, asked, number),
        places=places_of(reading, delegation, datetime.now(UTC)),
        words=action_words(),
    )


def _register(event: Event, delegation: Delegation, table: Table) -> None:
    with database().read() as reading:
        plan = _plan(reading, event, delegation, table)
    done = apply_plan(
        database(),
        event,
        table,
        plan,
        marhaba().keys,
        delegation=delegation,
        alone=True,
        operator_id=current_operator().id,
        now=datetime.now(UTC),
    )
    marhaba().live.nudge(event.id)
    _keep_refused(delegation, table, done)
    counts = done.counts
    flash(
        _(
            "Registered: %(new)s new, %(changed)s changed.",
            new=counts["add"],
            changed=counts["change"],
        )
    )


def _keep_refused(delegation: Delegation, table: Table, done: ImportPlan) -> None:
    refused = {row.row_number for row in done.rows if row.action == Action.REFUSE}
    if refused:
        _rewrite(delegation, [row for row in table.rows if row.number in refused])
        flash(_("The rows that could not be registered are still here, to be corrected."))
    else:
        _give_up()


def _place_asked() -> dict[str, str]:
    shown, _colon, page = request.form.get("do", "").partition(":")
    return {"show": shown, "page": page or "1"} if shown in set(Action) else {}


def _back(slug: str, delegation_id: int, **place: str) -> ResponseReturnValue:
    address = url_for("importing.show", slug=slug, delegation_id=delegation_id, **place)  # type: ignore[arg-type]
    return redirect(address, 303)
