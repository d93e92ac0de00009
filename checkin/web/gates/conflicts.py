"""The page of conflicts: what offline gates decided against the rules, and possible duplicates."""

from __future__ import annotations

from collections.abc import Callable

from flask import redirect, request
from flask_babel import gettext as _

from checkin.domain.people.registration import Likeness
from checkin.domain.scanning.messages import let_in_message
from checkin.domain.scanning.reasons import REASONS, Reason
from checkin.services.scanning.conflicts import Decision, conflicts_of, decide_conflict
from checkin.services.scanning.possible_duplicates import decide_duplicate, duplicates_of
from checkin.web.site.visits import STAFF, Answer, EventVisit, pages, visited_by

bp = pages(__name__)

MAX_NOTE = 500

Decide = Callable[..., None]


@bp.get("/events/<slug>/conflicts")
@visited_by(STAFF)
def index(visit: EventVisit) -> Answer:
    """List an event's conflicts and possible duplicates, the open ones first."""
    return _page(visit)


@bp.post("/events/<slug>/conflicts/<int:conflict_id>")
@visited_by(STAFF)
def decide(visit: EventVisit, conflict_id: int) -> Answer:
    """Decide a conflict with a note; it is logged with the operator's name."""
    return _decided(visit, conflict_id, decide_conflict, f"conflict-{conflict_id}")


@bp.post("/events/<slug>/conflicts/duplicates/<int:participant_id>")
@visited_by(STAFF)
def decide_duplicated(visit: EventVisit, participant_id: int) -> Answer:
    """Decide a possible duplicate with a note; it is logged with the operator's name."""
    return _decided(visit, participant_id, decide_duplicate, f"duplicate-{participant_id}")


def _decided(visit: EventVisit, number: int, decide: Decide, form: str) -> Answer:
    """Apply a decision form; what takes something back only once it is confirmed.

    A form without a note or a choice is shown again.
    """
    note = request.form.get("note", "").strip()[:MAX_NOTE]
    decision = request.form.get("decision", "")
    if not note or decision not in (Decision.KEEP, Decision.ANNUL):
        return _page(visit, without_note=form), 400
    if decision == Decision.ANNUL and "confirmed" not in request.form:
        return _page(visit, confirming=form, note=note)
    visit.write(lambda v: decide(v.session, v.event, number, Decision(decision), note, **v.who))
    visit.nudge()
    return redirect(visit.address("conflicts.index"))


def _page(visit: EventVisit, **more: object) -> str:
    found = conflicts_of(visit.session, visit.event)
    doubles = duplicates_of(visit.session, visit.event)
    return visit.show(
        "gates/conflicts.html",
        waiting=[one for one in found if one.decision is None],
        decided=[one for one in found if one.decision is not None],
        doubles=[one for one in doubles if one.decision is None],
        decided_doubles=[one for one in doubles if one.decision is not None],
        why=_what_happened(visit.language),
        alike=_likenesses(),
        **more,
    )


def _what_happened(language: str) -> dict[Reason, str]:
    """Return the sentence of what happened, by the reason that the rules would have given."""
    return {row.reason: let_in_message(row.reason, language) for row in REASONS}


def _likenesses() -> dict[Likeness, str]:
    """Return the names of what two registrations may have in common."""
    return {
        Likeness.NAME: _("The same name in the delegation"),
        Likeness.PHONE: _("The same phone number"),
        Likeness.EMAIL: _("The same e-mail address"),
    }
