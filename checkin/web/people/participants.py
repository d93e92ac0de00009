"""The participants' pages: list, search, register, cancel."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from checkin.db.models import Category, Delegation
from checkin.domain.people.fields import AskedIn, asked_in
from checkin.services.accounts.own_delegation import own_delegation
from checkin.services.events.events import categories_of, delegations_of
from checkin.services.events.visibility import visible_event
from checkin.services.people.search import participant_page
from checkin.web.people.registering import (
    Attempt,
    cancel_one,
    edit_one,
    person_of,
    register_one,
    reinstate_one,
    values_of,
)
from checkin.web.site.errors import register_page_errors
from checkin.web.site.languages import both_names
from checkin.web.site.sessions import current_operator
from checkin.web.site.state import database

bp = Blueprint("participants", __name__)
register_page_errors(bp)


@bp.get("/events/<slug>/participants")
def index(slug: str) -> ResponseReturnValue:
    """List an event's participants, or a coordinator's own, with ?q= only those named so."""
    operator, text = current_operator(), request.args.get("q", "")[:200]
    with database().read() as session:
        event = visible_event(session, operator, slug)
        page = participant_page(
            session,
            event.id,
            text=text,
            delegation_id=own_delegation(operator),
            page=request.args.get("page", 1, int),
        )
    return render_template("people/participants.html", event=event, page=page, text=text)


@bp.get("/events/<slug>/participants/new")
def new(slug: str) -> ResponseReturnValue:
    """Show the form that registers a participant."""
    return _form(slug, Attempt({"delegation": request.args.get("delegation", "")}))


@bp.post("/events/<slug>/participants/new")
def create(slug: str) -> ResponseReturnValue:
    """Register a participant, or show what is wrong with the form."""
    attempt = register_one(slug, request.form.to_dict(), now=datetime.now(UTC))
    if attempt.registered is None:
        return _form(slug, attempt), 409 if attempt.duplicate else 400
    return _form(slug, attempt), 201


@bp.post("/events/<slug>/participants/<int:participant_id>/cancel")
def cancel(slug: str, participant_id: int) -> ResponseReturnValue:
    """Cancel a registration; the reserve list moves up."""
    cancel_one(slug, participant_id, now=datetime.now(UTC))
    return _back_to_list(slug)


@bp.post("/events/<slug>/participants/<int:participant_id>/undo-cancel")
def undo_cancel(slug: str, participant_id: int) -> ResponseReturnValue:
    """Give a canceled person a place again, or the end of the reserve list."""
    reinstate_one(slug, participant_id, now=datetime.now(UTC))
    return _back_to_list(slug)


@bp.get("/events/<slug>/participants/<int:participant_id>/edit")
def edit(slug: str, participant_id: int) -> ResponseReturnValue:
    """Show what is known of a participant, to be corrected."""
    with database().read() as session:
        event = visible_event(session, current_operator(), slug)
        values = values_of(person_of(session, event, participant_id))
    return _edit_form(slug, participant_id, Attempt(values))


@bp.post("/events/<slug>/participants/<int:participant_id>/edit")
def save(slug: str, participant_id: int) -> ResponseReturnValue:
    """Correct a participant, or show what is wrong with the form."""
    attempt = edit_one(slug, participant_id, request.form.to_dict(), now=datetime.now(UTC))
    page = _edit_form(slug, participant_id, attempt)
    return page if attempt.saved else (page, 409 if attempt.duplicate else 400)


def _back_to_list(slug: str) -> ResponseReturnValue:
    text, page = request.args.get("q"), request.args.get("page")
    delegation_id = request.args.get("delegation", type=int)
    if delegation_id is not None:
        there = url_for(
            "delegations.show", slug=slug, delegation_id=delegation_id, q=text, page=page
        )
        return redirect(there)
    return redirect(url_for("participants.index", slug=slug, q=text, page=page))


def _edit_form(slug: str, participant_id: int, attempt: Attempt) -> str:
    with database().read() as session:
        event = visible_event(session, current_operator(), slug)
        person = person_of(session, event, participant_id)
        categories = categories_of(session, event)
    return render_template(
        "people/participant_edit.html",
        event=event,
        person=person,
        fields=asked_in(AskedIn.EDIT),
        options={"category": _options(categories)},
        attempt=attempt,
    )


def _form(slug: str, attempt: Attempt) -> str:
    operator = current_operator()
    with database().read() as session:
        event = visible_event(session, operator, slug)
        own = own_delegation(operator)
        delegations = [d for d in delegations_of(session, event) if own in (None, d.id)]
        categories = categories_of(session, event)
    return render_template(
        "people/participant_new.html",
        event=event,
        fields=asked_in(AskedIn.NEW),
        options={"delegation": _options(delegations), "category": _options(categories)},
        attempt=attempt,
    )


def _options(things: Iterable[Delegation | Category]) -> list[tuple[int, str]]:
    return [(thing.id, both_names(thing)[0]) for thing in things]
