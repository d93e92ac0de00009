"""The page of the server's address, with where it is set."""

from __future__ import annotations

from collections.abc import Callable

from flask import flash, redirect, request
from flask_babel import gettext as _

from checkin.domain.common.problems import InvalidValue
from checkin.domain.network.public_address import BASE_URL, RULING, AddressSource
from checkin.errors import Conflict, Forbidden
from checkin.services.network.interfaces import interface_names, own_addresses
from checkin.services.network.public_address import (
    choose_lan_address,
    keep_base_url,
    lan_choices,
)
from checkin.services.network.telephone_check import (
    Opening,
    opened_elsewhere,
    opening_of,
    record_opening,
)
from checkin.web.network.telephone import asking_browser, telephone_check
from checkin.web.site.addressing.addresses import own_address
from checkin.web.site.addressing.outgoing import (
    address_refusal,
    public_address,
    source_words,
)
from checkin.web.site.json import json_response, utc_text
from checkin.web.site.permissions import may_use
from checkin.web.site.refusals.limits import limit_wrong_links
from checkin.web.site.visits import ADMINISTRATORS, PUBLIC, STAFF, Answer, Visit, pages, visited_by
from checkin.words.problems import problem_advice

bp = pages(__name__)

_limited = limit_wrong_links(status=410)

Keep = Callable[..., None]


@bp.get("/server-address")
@visited_by(STAFF)
def show(visit: Visit) -> Answer:
    """Show the address with its source, the choices, and a QR code to open it on a telephone."""
    return _page(visit)


# Whoever sets it receives what links of other people's accounts lead to.
@bp.post("/server-address")
@visited_by(ADMINISTRATORS)
def save(visit: Visit) -> Answer:
    """Save the address, and go back to the form's page."""
    if public_address().source in RULING:
        raise Conflict("CHECKIN_BASE_URL is set already")
    return _save_address(visit, keep_base_url)


@bp.post("/server-address/lan")
@visited_by(STAFF)
def choose_lan(visit: Visit) -> Answer:
    """Save the choice among the machine's own addresses."""
    source = public_address().source
    if source in RULING:
        raise Conflict("CHECKIN_BASE_URL is set already")
    # It ends what an administrator has set, and links for a new password lead there.
    if source is AddressSource.PAGE and not may_use(visit.operator, "server_address.save"):
        raise Forbidden("an administrator has set the address: ask one to change it")
    return _save_address(visit, choose_lan_address)


@bp.get("/server-address/opened")
@visited_by(STAFF)
def opened(visit: Visit) -> Answer:
    """Answer when another device has opened the address, for the page that waits for it."""
    url = visit.server.settings.public_address(visit.session).url
    return json_response({"opened_at": utc_text(opened_elsewhere(visit.session, url))})


@bp.get("/t/<secret>")
@_limited
@visited_by(PUBLIC)
def telephone(visit: Visit, secret: str) -> Answer:
    """Thank the device that has opened the QR, unless it is the one that shows it."""
    url, browser, own = public_address().url, asking_browser(), own_addresses()
    opening = opening_of(visit.keys, url, secret, browser, own=own, now=visit.now)
    if opening is Opening.ELSEWHERE:
        opening = visit.write(lambda v: record_opening(v.session, url, secret, v.now))
    status = 410 if opening is Opening.NOWHERE else 200
    return visit.show("network/telephone.html", opening=opening), status


def _save_address(visit: Visit, keep: Keep) -> Answer:
    try:
        visit.write(lambda v: keep(v.session, _written(), **v.who))
    except InvalidValue as fault:
        return _page(visit, problem_advice(fault.in_column(BASE_URL), visit.language)), 400
    visit.server.public_url.forget()
    flash(_("Saved."))
    return redirect(_form_page(), 303)


def _page(visit: Visit, problem: str = "") -> str:
    address = public_address()
    warning = visit.server.settings.address_warning(visit.session)
    names = {str(one): name for one, name in interface_names().items()}
    choices = lan_choices(visit.session).items()
    return visit.show(
        "network/server_address.html",
        address=address,
        source=source_words(address.source),
        is_ruled=address.source in RULING,
        problem=problem,
        written=_written() if problem else "",
        choices=[(one, url, names.get(one, "")) for one, url in choices],
        refusal=address_refusal(address),
        warning=problem_advice(warning, visit.language) if warning else "",
        check=None if address.is_only_here else telephone_check(visit, address.url),
        back=_form_page(),
    )


def _written() -> str:
    return request.form.get("value", "")[:400]


def _form_page() -> str:
    """Return the address of the form's page, which is always one of this server's pages."""
    return own_address(request.form.get("back"), otherwise="server_address.show")
