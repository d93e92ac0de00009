"""The conflicts' page: what doors without the network decided against the rules."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from apiflask import APIBlueprint
from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from checkin.db.engine import in_transaction
from checkin.db.models import Event
from checkin.domain.people.registration import Likeness
from checkin.domain.scanning.messages import let_in_message
from checkin.domain.scanning.reasons import REASONS, Reason
from checkin.services.events.visibility import visible_event
from checkin.services.scanning.conflicts import Decision, conflicts_of, decide_conflict
from checkin.services.scanning.possible_duplicates import decide_duplicate, duplicates_of
from checkin.web.site.errors import register_page_errors
from checkin.web.site.languages import page_language
from checkin.web.site.sessions import current_operator
from checkin.web.site.state import database, marhaba

bp = APIBlueprint("conflicts", __name__, enable_openapi=False)
register_page_errors(bp)

MAX_NOTE = 500

Decide = Callable[[Session, Event, int, Decision, str, int, datetime], None]


@bp.get("/events/<slug>/conflicts")
def index(slug: str) -> ResponseReturnValue:
    """List an event's conflicts: those that wait for a decision, then the decided ones."""
    return _page(slug)


@bp.post("/events/<slug>/conflicts/<int:conflict_id>")
def decide(slug: str, conflict_id: int) -> ResponseReturnValue:
    """Decide a conflict with a note; it is logged with the operator's name."""
    return _decided(slug, conflict_id, decide_conflict, f"conflict-{conflict_id}")


@bp.post("/events/<slug>/conflicts/duplicates/<int:participant_id>")
def decide_duplicated(slug: str, participant_id: int) -> ResponseReturnValue:
    """Decide whether a walk-in is somebody who was registered before; it is logged likewise."""
    return _decided(slug, participant_id, decide_duplicate, f"duplicate-{participant_id}")


def _decided(slug: str, number: int, decide: Decide, form: str) -> ResponseReturnValue:
    """Decide as a form of the page says; one without a note or a choice is shown again."""
    note = request.form.get("note", "").strip()[:MAX_NOTE]
    decision = request.form.get("decision", "")
    if not note or decision not in set(Decision):
        return _page(slug, without_note=form), 400
    operator, now = current_operator(), datetime.now(UTC)

    def work(session: Session) -> int:
        event = visible_event(session, operator, slug)
        decide(session, event, number, Decision(decision), note, operator.id, now)
        return event.id

    marhaba().live.nudge(in_transaction(database(), work))
    return redirect(url_for("conflicts.index", slug=slug))


def _page(slug: str, **more: object) -> str:
    with database().read() as session:
        event = visible_event(session, current_operator(), slug)
        found = conflicts_of(session, event)
        doubles = duplicates_of(session, event)
    return render_template(
        "gates/conflicts.html",
        event=event,
        waiting=[one for one in found if one.decision is None],
        decided=[one for one in found if one.decision is not None],
        doubles=[one for one in doubles if one.decision is None],
        decided_doubles=[one for one in doubles if one.decision is not None],
        why=_what_happened(page_language()),
        alike=_likenesses(),
        **more,
    )


def _what_happened(language: str) -> dict[Reason, str]:
    """Return what happened, by the reason for which the rules would have refused."""
    return {row.reason: let_in_message(row.reason, language) for row in REASONS}


def _likenesses() -> dict[Likeness, str]:
    """Return by what two registrations look like one person's."""
    return {
        Likeness.NAME: _("The same name in the delegation"),
        Likeness.PHONE: _("The same phone number"),
        Likeness.EMAIL: _("The same e-mail address"),
    }
