"""A delegation's own link as its coordinator sees it: open it, share it, decide on who waits."""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import quote

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session

from badges.link_qr import link_qr_address, link_qr_png
from checkin.db.engine import in_transaction
from checkin.errors import NotFound
from checkin.services.events.events import categories_of
from checkin.services.people.applications import count_waiting, decide_on, waiting_applications
from checkin.services.people.public_registration import link_address, link_of, renew_link, set_link
from checkin.web.site.addresses import this_address
from checkin.web.site.errors import register_page_errors
from checkin.web.site.event_changes import opened_delegation
from checkin.web.site.languages import both_names
from checkin.web.site.outgoing import address_for_others, address_refusal, public_address
from checkin.web.site.sessions import current_operator
from checkin.web.site.state import database, marhaba

bp = Blueprint("delegation_link", __name__)
register_page_errors(bp)

PAGE_SIZE = 50


@bp.get("/events/<slug>/delegations/<int:delegation_id>/link")
def show(slug: str, delegation_id: int) -> ResponseReturnValue:
    """Show the link with its QR, its settings, and who waits for a decision."""
    server = public_address()
    with database().read() as session:
        event, delegation = opened_delegation(session, slug, delegation_id)
        link = link_of(session, delegation)
        shared = link is not None and not server.is_only_here
        address = link_address(marhaba().keys, server.url, link) if link and shared else ""
        words = _("Register with this link: %(address)s", address=address)
        return render_template(
            "people/delegation_link.html",
            event=event,
            delegation=delegation,
            link=link,
            address=address,
            picture=link_qr_address(address),
            whatsapp="https://wa.me/?text=" + quote(words, safe=""),
            sms="sms:?body=" + quote(words, safe=""),
            categories=[(c.id, both_names(c)[0]) for c in categories_of(session, event)],
            waiting=waiting_applications(session, delegation, PAGE_SIZE),
            waiting_count=count_waiting(session, delegation),
            refusal=address_refusal(server),
            back=this_address(),
        )


@bp.get("/events/<slug>/delegations/<int:delegation_id>/link/qr.png")
def picture(slug: str, delegation_id: int) -> ResponseReturnValue:
    """Return the QR of the link, for a poster."""
    with database().read() as session:
        _event, delegation = opened_delegation(session, slug, delegation_id)
        link = link_of(session, delegation)
    if link is None:
        raise NotFound("this delegation has no link yet")
    address = link_address(marhaba().keys, address_for_others(), link)
    response = make_response(link_qr_png(address))
    response.headers["Content-Type"] = "image/png"
    response.headers["Content-Disposition"] = 'attachment; filename="registration.png"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


@bp.post("/events/<slug>/delegations/<int:delegation_id>/link")
def save(slug: str, delegation_id: int) -> ResponseReturnValue:
    """Open or close the link, and say who decides."""

    def work(session: Session) -> None:
        _event, delegation = opened_delegation(session, slug, delegation_id)
        set_link(
            session,
            delegation,
            is_open=request.form.get("open") == "yes",
            approval=request.form.get("approval") != "no",
            category_id=request.form.get("category", 0, int),
            now=datetime.now(UTC),
            operator_id=current_operator().id,
        )

    in_transaction(database(), work)
    return _back(slug, delegation_id)


@bp.post("/events/<slug>/delegations/<int:delegation_id>/link/renew")
def renew(slug: str, delegation_id: int) -> ResponseReturnValue:
    """Give the delegation a new address; the old one leads nowhere."""

    def work(session: Session) -> None:
        _event, delegation = opened_delegation(session, slug, delegation_id)
        renew_link(session, delegation, now=datetime.now(UTC), operator_id=current_operator().id)

    in_transaction(database(), work)
    flash(_("There is a new link. The old one leads nowhere from now on."))
    return _back(slug, delegation_id)


@bp.post("/events/<slug>/delegations/<int:delegation_id>/applications")
def decide(slug: str, delegation_id: int) -> ResponseReturnValue:
    """Register those who were chosen, or erase what they sent."""
    chosen = request.form.getlist("application", type=int)[:PAGE_SIZE]
    approved = request.form.get("do") == "approve"

    def work(session: Session) -> tuple[int, int]:
        event, delegation = opened_delegation(session, slug, delegation_id)
        count = decide_on(
            session,
            event,
            delegation,
            chosen,
            approved=approved,
            keys=marhaba().keys,
            now=datetime.now(UTC),
            operator_id=current_operator().id,
        )
        return event.id, count

    event_id, count = in_transaction(database(), work)
    marhaba().live.nudge(event_id)
    flash(_said(count, approved=approved))
    return _back(slug, delegation_id)


def _said(count: int, *, approved: bool) -> str:
    if approved:
        return str(ngettext("%(num)s person registered.", "%(num)s people registered.", count))
    return str(ngettext("%(num)s request erased.", "%(num)s requests erased.", count))


def _back(slug: str, delegation_id: int) -> ResponseReturnValue:
    return redirect(url_for("delegation_link.show", slug=slug, delegation_id=delegation_id), 303)
