"""A delegation's page, for its coordinator: places, the reserve list, people."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from checkin.services.accounts.own_delegation import own_delegation
from checkin.services.events.events import delegations_of
from checkin.services.events.visibility import visible_event
from checkin.services.people.delegations import arrivals_of, places_of, reserve_list
from checkin.services.people.search import participant_page
from checkin.web.site.errors import register_page_errors
from checkin.web.site.event_changes import opened_delegation
from checkin.web.site.sessions import current_operator
from checkin.web.site.state import database

bp = Blueprint("delegations", __name__)
register_page_errors(bp)


@bp.get("/events/<slug>/delegations")
def index(slug: str) -> ResponseReturnValue:
    """List the delegations with their places; a coordinator is led to their own."""
    operator, now = current_operator(), datetime.now(UTC)
    with database().read() as session:
        event = visible_event(session, operator, slug)
        if own := own_delegation(operator):
            return redirect(url_for("delegations.show", slug=slug, delegation_id=own))
        lines = [(each, places_of(session, each, now)) for each in delegations_of(session, event)]
    return render_template("people/delegations.html", event=event, lines=lines)


@bp.get("/events/<slug>/delegations/<int:delegation_id>")
def show(slug: str, delegation_id: int) -> ResponseReturnValue:
    """Show a delegation's places, reserve list and people, with ?q= only those named so."""
    text = request.args.get("q", "")[:200]
    with database().read() as session:
        event, delegation = opened_delegation(session, slug, delegation_id)
        return render_template(
            "people/delegation.html",
            event=event,
            delegation=delegation,
            places=places_of(session, delegation, datetime.now(UTC)),
            reserve=reserve_list(session, delegation),
            page=participant_page(
                session,
                event.id,
                text=text,
                delegation_id=delegation.id,
                page=request.args.get("page", 1, int),
            ),
            text=text,
        )


@bp.get("/events/<slug>/delegations/<int:delegation_id>/arrivals")
def arrivals(slug: str, delegation_id: int) -> ResponseReturnValue:
    """Show who came and whom to call; printable."""
    now = datetime.now(UTC)
    with database().read() as session:
        event, delegation = opened_delegation(session, slug, delegation_id)
        found = arrivals_of(session, delegation)
    return render_template(
        "people/delegation_arrivals.html",
        event=event,
        delegation=delegation,
        arrivals=found,
        now=now,
    )
