"""The participants' pages: list, filter, register, change, cancel, block."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from flask import flash, make_response, redirect, request
from flask_babel import gettext as _

from checkin.db.models import Category, Delegation
from checkin.domain.people.fields import AskedIn, asked_in
from checkin.domain.people.place_decisions import Arrival
from checkin.domain.people.selection import LONGEST_TEXT, Selection, selection_in
from checkin.services.events.events import categories_of, delegations_of
from checkin.web.people.listing import address_of, keep_columns, listed_people
from checkin.web.people.registering import (
    Attempt,
    block_one,
    cancel_one,
    edit_one,
    mail_wishes,
    person_of,
    register_one,
    reinstate_one,
    unblock_one,
    values_of,
)
from checkin.web.site.languages import both_names
from checkin.web.site.numbers import row_number
from checkin.web.site.shared_forms import Choices, changes_said
from checkin.web.site.visits import NAMES, REGISTRARS, STAFF, Answer, EventVisit, pages, visited_by
from checkin.words.languages import LANGUAGES

bp = pages(__name__)


@bp.get("/events/<slug>/participants")
@visited_by(NAMES)
def index(visit: EventVisit) -> Answer:
    """List an event's participants, or a coordinator's own, filtered as the address says."""
    return visit.show("people/participants.html", **listed_people(visit))


@bp.post("/events/<slug>/participants/search")
@visited_by(NAMES)
def search(visit: EventVisit) -> Answer:
    """Lead to the list with the filters of a form, in whose address no name can be read."""
    chosen = selection_in(request.form)
    list_of = request.args.get("list_of", type=row_number)
    if list_of is None:
        return redirect(visit.address("participants.index", **address_of(visit, chosen)), 303)
    given = address_of(visit, replace(chosen, delegation=None))
    return redirect(visit.address("delegations.show", delegation_id=list_of, **given), 303)


@bp.post("/events/<slug>/participants/columns")
@visited_by(NAMES)
def columns(visit: EventVisit) -> Answer:
    """Keep in this browser which columns its lists of people show."""
    answer = make_response(_back_to_list(visit, 303))
    keep_columns(answer, request.form.getlist("column"))
    return answer


@bp.get("/events/<slug>/participants/new")
@visited_by(REGISTRARS)
def new(visit: EventVisit) -> Answer:
    """Show the form that registers a participant."""
    return _form(visit, Attempt({"delegation": request.args.get("delegation", "")}))


@bp.post("/events/<slug>/participants/new")
@visited_by(REGISTRARS)
def create(visit: EventVisit) -> Answer:
    """Register a participant, or show what is wrong with the form."""
    attempt = register_one(visit, request.form.to_dict())
    if attempt.registered is None:
        return _form(visit, attempt), 409 if attempt.duplicate else 400
    return _form(visit, attempt), 201


@bp.post("/events/<slug>/participants/<int:participant_id>/cancel")
@visited_by(REGISTRARS)
def cancel(visit: EventVisit, participant_id: int) -> Answer:
    """Cancel a registration; the reserve list moves up, but to no place that an arrival uses."""
    if cancel_one(visit, participant_id, is_told=_is_told()) is Arrival.WITH_PLACE:
        flash(
            _(
                "Canceled. This person has arrived: the place that they use stays theirs, "
                "and is given to nobody."
            )
        )
    return _back_to_list(visit)


@bp.post("/events/<slug>/participants/<int:participant_id>/undo-cancel")
@visited_by(REGISTRARS)
def undo_cancel(visit: EventVisit, participant_id: int) -> Answer:
    """Reinstate a canceled person: confirmed if a place is free, else last on the reserve list."""
    if refused := reinstate_one(visit, participant_id, is_told=_is_told()):
        flash(refused, "bad")
    return _back_to_list(visit)


# A block keeps people out whom others registered: coordinators ask the organisers for it.
@bp.post("/events/<slug>/participants/<int:participant_id>/block")
@visited_by(STAFF)
def block(visit: EventVisit, participant_id: int) -> Answer:
    """Block a participant: every gate refuses them from the next scan on."""
    block_one(visit, participant_id, request.form.get("reason", ""))
    return _back_to_person(visit, participant_id, "blocked")


@bp.post("/events/<slug>/participants/<int:participant_id>/unblock")
@visited_by(STAFF)
def unblock(visit: EventVisit, participant_id: int) -> Answer:
    """Unblock a participant, so that the gates admit them again."""
    unblock_one(visit, participant_id)
    return _back_to_person(visit, participant_id, "unblocked")


@bp.get("/events/<slug>/participants/<int:participant_id>/edit")
@visited_by(REGISTRARS)
def edit(visit: EventVisit, participant_id: int) -> Answer:
    """Show the form that changes a participant."""
    values = values_of(person_of(visit, participant_id))
    return _edit_form(visit, participant_id, Attempt(values))


@bp.post("/events/<slug>/participants/<int:participant_id>/edit")
@visited_by(REGISTRARS)
def save(visit: EventVisit, participant_id: int) -> Answer:
    """Change a participant, or show what is wrong with the form."""
    attempt = edit_one(visit, participant_id, request.form.to_dict())
    return _edit_form(visit, participant_id, attempt), attempt.status


def _is_told() -> bool:
    return request.form.get("tell") == "yes"


def _back_to_person(visit: EventVisit, participant_id: int, said: str) -> Answer:
    there = visit.address("badges.show", participant_id=participant_id, said=said)
    return redirect(there, 303)


def _back_to_list(visit: EventVisit, code: int = 302) -> Answer:
    """Lead back to the list that the address describes, of the event or of one delegation."""
    place = {**request.args.to_dict()}
    list_of = place.pop("list_of", "")
    if list_of.isdigit() and len(list_of) < 10:
        place.pop("delegation", None)
        return redirect(visit.address("delegations.show", delegation_id=list_of, **place), code)
    return redirect(visit.address("participants.index", **place), code)


def _edit_form(visit: EventVisit, participant_id: int, attempt: Attempt) -> str:
    person, choices = person_of(visit, participant_id), _choices(visit)
    return visit.show(
        "people/participant_edit.html",
        person=person,
        fields=asked_in(AskedIn.EDIT),
        options=choices,
        attempt=attempt,
        shown=values_of(person),
        changed=_changed(attempt, choices),
        namesakes=_namesakes(visit, attempt),
    )


def _changed(attempt: Attempt, choices: Choices) -> dict[str, str]:
    if attempt.overtaken is None:
        return {}
    languages = [(one.tag, one.own_name) for one in LANGUAGES.values()]
    return changes_said(attempt.overtaken, {**choices, "language": languages})


def _form(visit: EventVisit, attempt: Attempt) -> str:
    return visit.show(
        "people/participant_new.html",
        fields=asked_in(AskedIn.NEW),
        options=_choices(visit),
        attempt=attempt,
        reserve_from=visit.reserve_from,
        namesakes=_namesakes(visit, attempt),
    )


def _namesakes(visit: EventVisit, attempt: Attempt) -> str:
    """Return the address of the list of those who are called as the form says."""
    name = attempt.values.get("name") or attempt.values.get("name_ar") or ""
    return visit.address(
        "participants.index", **address_of(visit, Selection(text=name.strip()[:LONGEST_TEXT]))
    )


def _choices(visit: EventVisit) -> dict[str, list[tuple[object, str]]]:
    delegations = delegations_of(visit.session, visit.event)
    own = [one for one in delegations if visit.own_delegation in (None, one.id)]
    categories = categories_of(visit.session, visit.event)
    return {
        "delegation": _options(own),
        # Of several none is chosen beforehand: whoever registers somebody says which.
        "category": [*([("", _("Choose…"))] if len(categories) > 1 else []), *_options(categories)],
        "no_mail": mail_wishes(),
    }


def _options(things: Iterable[Delegation | Category]) -> list[tuple[object, str]]:
    return [(thing.id, both_names(thing)[0]) for thing in things]
