"""The pages of an import of a delegation: its coordinator's, and organisers'."""

from __future__ import annotations

from flask import flash, redirect, request
from flask_babel import gettext as _

from checkin.domain.common.problems import InvalidValue
from checkin.services.limits.rules import UPLOADS
from checkin.services.people.category_wishes import ask_for_category
from checkin.web.people.importing.import_pages import (
    cancel_import,
    check_import,
    discard_import,
    model_list,
    settle_import,
    show_import,
    take_files,
    take_upload,
)
from checkin.web.site.refusals.limits import by_operator, limited
from checkin.web.site.visits import REGISTRARS, Answer, DelegationVisit, pages, visited_by
from checkin.words.problems import problem_sentence

bp = pages(__name__)
bp.url_value_preprocessor(take_files)


@bp.get("/events/<slug>/delegations/<int:delegation_id>/import")
@visited_by(REGISTRARS)
def show(visit: DelegationVisit) -> Answer:
    """Show the form that takes a file, what is being done with it, what is asked, or its rows."""
    return show_import(visit)


@bp.get("/events/<slug>/delegations/<int:delegation_id>/import/model.csv")
@visited_by(REGISTRARS)
def model(visit: DelegationVisit) -> Answer:
    """Return an empty list with the headings, to be filled in."""
    return model_list(visit)


@bp.post("/events/<slug>/delegations/<int:delegation_id>/import")
@limited(UPLOADS, by_operator)
@visited_by(REGISTRARS)
def upload(visit: DelegationVisit) -> Answer:
    """Keep a file encrypted as a draft, and let a job read it."""
    return take_upload(visit)


@bp.post("/events/<slug>/delegations/<int:delegation_id>/import/settle")
@visited_by(REGISTRARS)
def settle(visit: DelegationVisit) -> Answer:
    """Let the file be read as it was chosen."""
    return settle_import(visit)


@bp.post("/events/<slug>/delegations/<int:delegation_id>/import/category")
@limited(UPLOADS, by_operator)
@visited_by(REGISTRARS)
def ask_category(visit: DelegationVisit) -> Answer:
    """Ask organisers for a category that the list names."""
    name = request.form.get("name", "")[:200]
    try:
        visit.write(lambda v: ask_for_category(v.session, v.event, v.delegation, name, **v.who))
    except InvalidValue as fault:
        flash(problem_sentence(fault.in_column("category"), visit.language))
    else:
        flash(_("The organisers see what you have asked for. Once it is there, choose it here."))
    return redirect(visit.address("importing.show"), 303)


@bp.post("/events/<slug>/delegations/<int:delegation_id>/import/check")
@visited_by(REGISTRARS)
def check(visit: DelegationVisit) -> Answer:
    """Let the corrections be saved and the rows be checked again, or registered."""
    return check_import(visit)


@bp.post("/events/<slug>/delegations/<int:delegation_id>/import/cancel")
@visited_by(REGISTRARS)
def end_job(visit: DelegationVisit) -> Answer:
    """Cancel what is being done with the list; who is registered from it already stays."""
    return cancel_import(visit)


@bp.post("/events/<slug>/delegations/<int:delegation_id>/import/discard")
@visited_by(REGISTRARS)
def discard(visit: DelegationVisit) -> Answer:
    """Discard the draft: it is deleted, and nobody more is registered from it."""
    return discard_import(visit)
