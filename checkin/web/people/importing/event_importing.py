"""The pages of an import of the whole event, whose rows name their delegations."""

from __future__ import annotations

from checkin.services.limits.rules import UPLOADS
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
from checkin.web.site.visits import STAFF, Answer, EventVisit, pages, visited_by

bp = pages(__name__)
bp.url_value_preprocessor(take_files)


@bp.get("/events/<slug>/import")
@visited_by(STAFF)
def show(visit: EventVisit) -> Answer:
    """Show the form that takes a file, what is being done with it, what is asked, or its rows."""
    return show_import(visit)


@bp.get("/events/<slug>/import/model.csv")
@visited_by(STAFF)
def model(visit: EventVisit) -> Answer:
    """Return an empty list with the headings, to be filled in."""
    return model_list(visit)


@bp.post("/events/<slug>/import")
@limited(UPLOADS, by_operator)
@visited_by(STAFF)
def upload(visit: EventVisit) -> Answer:
    """Keep a file encrypted as a draft, and let a job read it."""
    return take_upload(visit)


@bp.post("/events/<slug>/import/settle")
@visited_by(STAFF)
def settle(visit: EventVisit) -> Answer:
    """Let the file be read as it was chosen."""
    return settle_import(visit)


@bp.post("/events/<slug>/import/check")
@visited_by(STAFF)
def check(visit: EventVisit) -> Answer:
    """Let the corrections be saved and the rows be checked again, or registered."""
    return check_import(visit)


@bp.post("/events/<slug>/import/cancel")
@visited_by(STAFF)
def end_job(visit: EventVisit) -> Answer:
    """Cancel what is being done with the list; who is registered from it already stays."""
    return cancel_import(visit)


@bp.post("/events/<slug>/import/discard")
@visited_by(STAFF)
def discard(visit: EventVisit) -> Answer:
    """Discard the draft: it is deleted, and nobody more is registered from it."""
    return discard_import(visit)
