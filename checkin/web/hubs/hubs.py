"""The page of an event's hubs: add one, see how far its exchange is, revoke it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import flash, redirect, request
from flask_babel import gettext as _

from badges.link_qr import link_qr_address
from checkin.domain.common.problems import InvalidValue
from checkin.errors import Conflict
from checkin.protocol.fingerprints import pairing_fragment
from checkin.services.gates.devices import LONGEST_NAME, PAIRING_LIFETIME
from checkin.services.gates.leases import lent_to
from checkin.services.hubs.pairing import open_hub_pairing
from checkin.services.hubs.reports import hubs_of
from checkin.services.hubs.revocation import revoke_hub
from checkin.web.site.addressing.outgoing import address_refusal, public_address
from checkin.web.site.visits import STAFF, Answer, EventVisit, pages, visited_by
from checkin.words.problems import problem_advice

bp = pages(__name__)


@dataclass(frozen=True, slots=True)
class ShownCode:
    """A code with which a hub is added, shown once.

    Attributes:
        command: what is typed on the hub; "" where only this machine understands its address.
        picture: the QR of the address with the code, as a data: address of an SVG.
        check: the beginning of the fingerprint of the server's own authority, if it has one.
    """

    name: str
    code: str
    expires_at: datetime
    command: str = ""
    picture: str = ""
    check: str = ""


@bp.get("/events/<slug>/hubs")
@visited_by(STAFF)
def show(visit: EventVisit) -> Answer:
    """List the hubs, with the form that makes a code for a new one."""
    return _page(visit)


@bp.post("/events/<slug>/hubs")
@visited_by(STAFF)
def add(visit: EventVisit) -> Answer:
    """Make a code with which a hub is added, and show it once."""
    name = request.form.get("name", "")
    try:
        code = visit.write(lambda v: open_hub_pairing(v.session, v.event, name, **v.who))
    except InvalidValue as fault:
        problem = problem_advice(fault.in_column("name"), visit.language)
    except Conflict:
        problem = _("Add the gates of the event first: a hub serves gates.")
    else:
        return _page(visit, shown=_shown(visit, name.strip(), code)), 201
    return _page(visit, said={"name": name}, problems={"name": problem}), 400


@bp.post("/events/<slug>/hubs/<int:hub_id>/revoke")
@visited_by(STAFF)
def revoke(visit: EventVisit, hub_id: int) -> Answer:
    """Revoke a hub."""
    visit.write(lambda v: revoke_hub(v.session, v.event, hub_id, **v.who))
    visit.nudge()
    flash(_("The hub is revoked. At its next contact it brings what it holds and erases it."))
    return redirect(visit.address("hubs.show"), 303)


def _shown(visit: EventVisit, name: str, code: str) -> ShownCode:
    authority, address = visit.server.authority, public_address()
    expires_at = visit.now + PAIRING_LIFETIME
    check = authority.check if authority else ""
    if address.is_only_here:
        return ShownCode(name, code, expires_at, check=check)
    link = f"{address.url}/{pairing_fragment(code, authority.fingerprint if authority else '')}"
    command = f"marhaba hub --upstream {address.url} --pair {code}"
    if authority:
        command += f" --authority {authority.fingerprint}"
    return ShownCode(name, code, expires_at, command, link_qr_address(link), check)


def _page(
    visit: EventVisit,
    *,
    shown: ShownCode | None = None,
    said: dict[str, str] | None = None,
    problems: dict[str, str] | None = None,
) -> str:
    session, event = visit.session, visit.event
    return visit.show(
        "hubs/hubs.html",
        hubs=hubs_of(session, event.id, visit.now),
        lent={one.device_id: one for one in lent_to(session, event.id, visit.now)},
        shown=shown,
        said=said or {},
        problems=problems or {},
        refusal=address_refusal() if shown else None,
        back=visit.address("hubs.show"),
        longest_name=LONGEST_NAME,
    )
