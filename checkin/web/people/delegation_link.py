"""The page of a delegation's registration link: settings, sharing, and waiting applications."""

from __future__ import annotations

from urllib.parse import quote

from flask import flash, make_response, redirect, request
from flask_babel import gettext as _
from flask_babel import ngettext

from badges.link_qr import link_qr_address, link_qr_png
from checkin.errors import NotFound
from checkin.services.events.events import categories_of
from checkin.services.people.registering.applications import (
    count_waiting,
    decide_on,
    waiting_applications,
)
from checkin.services.people.registering.giving_out import count_to_give_out, give_out_badges
from checkin.services.people.registering.public_registration import (
    link_address,
    link_of,
    renew_link,
    set_link,
)
from checkin.web.site.addressing.addresses import this_address
from checkin.web.site.addressing.outgoing import address_for_others, address_refusal, public_address
from checkin.web.site.languages import both_names
from checkin.web.site.numbers import row_number
from checkin.web.site.visits import REGISTRARS, Answer, DelegationVisit, pages, visited_by

bp = pages(__name__)

PAGE_SIZE = 50


@bp.get("/events/<slug>/delegations/<int:delegation_id>/link")
@visited_by(REGISTRARS)
def show(visit: DelegationVisit) -> Answer:
    """Show the link with its QR code, its settings, and the applications that wait."""
    server, session, delegation = public_address(), visit.session, visit.delegation
    link = link_of(session, delegation)
    shared = link is not None and not server.is_only_here
    address = link_address(visit.keys, server.url, link) if link and shared else ""
    invitation = _("Register with this link:")
    words = quote(f"{invitation}\n{address}", safe="")
    return visit.show(
        "people/delegations/delegation_link.html",
        link=link,
        address=address,
        picture=link_qr_address(address),
        whatsapp=f"https://wa.me/?text={words}",
        sms=f"sms:?body={words}",
        categories=[(c.id, both_names(c)[0]) for c in categories_of(session, visit.event)],
        waiting=waiting_applications(session, delegation, PAGE_SIZE, alone=visit.by_coordinator),
        waiting_count=count_waiting(session, delegation),
        to_give_out=count_to_give_out(session, delegation),
        refusal=address_refusal(server),
        back=this_address(),
    )


@bp.get("/events/<slug>/delegations/<int:delegation_id>/link/qr.png")
@visited_by(REGISTRARS)
def picture(visit: DelegationVisit) -> Answer:
    """Return the QR code of the link, for a poster."""
    link = link_of(visit.session, visit.delegation)
    if link is None:
        raise NotFound("this delegation has no link yet")
    address = link_address(visit.keys, address_for_others(), link)
    response = make_response(link_qr_png(address))
    response.headers["Content-Type"] = "image/png"
    response.headers["Content-Disposition"] = 'attachment; filename="registration.png"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


@bp.post("/events/<slug>/delegations/<int:delegation_id>/link")
@visited_by(REGISTRARS)
def save(visit: DelegationVisit) -> Answer:
    """Open or close the link, and set whether applications need approval."""
    if not request.form.get("category"):
        flash(_("Nothing was saved: choose as what people are registered who use the link."))
        return redirect(visit.address("delegation_link.show"), 303)
    visit.write(_set_link)
    return redirect(visit.address("delegation_link.show"), 303)


@bp.post("/events/<slug>/delegations/<int:delegation_id>/link/renew")
@visited_by(REGISTRARS)
def renew(visit: DelegationVisit) -> Answer:
    """Give the link a new address; the old address stops working."""
    visit.write(lambda v: renew_link(v.session, v.delegation, **v.who))
    flash(_("There is a new link. The old one no longer works."))
    return redirect(visit.address("delegation_link.show"), 303)


@bp.post("/events/<slug>/delegations/<int:delegation_id>/applications")
@visited_by(REGISTRARS)
def decide(visit: DelegationVisit) -> Answer:
    """Approve or reject the selected applications."""
    approved = request.form.get("do") == "approve"
    count = visit.write(lambda v: _decide(v, approved=approved))
    visit.nudge()
    flash(_decision_message(count, approved=approved))
    return redirect(visit.address("delegation_link.show"), 303)


@bp.post("/events/<slug>/delegations/<int:delegation_id>/link/badges")
@visited_by(REGISTRARS)
def give_out(visit: DelegationVisit) -> Answer:
    """Give out the badges of those who have registered by the link."""
    count = visit.write(lambda v: give_out_badges(v.session, v.event, v.delegation, **v.who))
    visit.nudge()
    flash(ngettext("%(num)s badge is given out.", "%(num)s badges are given out.", count))
    return redirect(visit.address("delegation_link.show"), 303)


def _set_link(visit: DelegationVisit) -> None:
    set_link(
        visit.session,
        visit.delegation,
        is_open=request.form.get("open") == "yes",
        approval=request.form.get("approval") != "no",
        category_id=request.form.get("category", 0, int),
        **visit.who,
    )


def _decide(visit: DelegationVisit, *, approved: bool) -> int:
    chosen = request.form.getlist("application", type=row_number)[:PAGE_SIZE]
    session, event, delegation = visit.session, visit.event, visit.delegation
    keys, who = visit.keys, visit.who
    alone = visit.by_coordinator
    return decide_on(
        session, event, delegation, chosen, approved=approved, keys=keys, alone=alone, **who
    )


def _decision_message(count: int, *, approved: bool) -> str:
    if approved:
        return str(ngettext("%(num)s person registered.", "%(num)s people registered.", count))
    return str(ngettext("%(num)s request erased.", "%(num)s requests erased.", count))
