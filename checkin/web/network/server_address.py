"""The page of the server's address and the sender of its e-mails, with where each is set."""

from __future__ import annotations

from collections.abc import Callable

from flask import flash, redirect, request
from flask_babel import gettext as _

from checkin.domain.common.problems import InvalidValue
from checkin.domain.network.public_address import BASE_URL, MAIL_FROM, RULING, AddressSource
from checkin.errors import Conflict, Forbidden, InvalidRequest
from checkin.services.network.interfaces import interface_names, own_addresses
from checkin.services.network.public_address import (
    choose_lan_address,
    keep_base_url,
    keep_sender,
    lan_choices,
)
from checkin.services.network.telephone_check import (
    Opening,
    opened_elsewhere,
    opening_of,
    record_opening,
)
from checkin.web.network.telephone import asking_browser, telephone_check
from checkin.web.site.addresses import own_address
from checkin.web.site.json import json_response, utc_text
from checkin.web.site.limits import limit_wrong_links
from checkin.web.site.outgoing import (
    VARIABLES,
    address_refusal,
    public_address,
    sender_address,
    sender_refusal,
)
from checkin.web.site.permissions import may_use
from checkin.web.site.visits import ADMINISTRATORS, PUBLIC, STAFF, Answer, Visit, pages, visited_by
from checkin.words.problems import problem_advice

bp = pages(__name__)

_limited = limit_wrong_links(status=410)

Keep = Callable[..., None]
#: what keeps each field of the page
_KEEP: dict[str, Keep] = {BASE_URL: keep_base_url, MAIL_FROM: keep_sender}


@bp.get("/server-address")
@visited_by(STAFF)
def show(visit: Visit) -> Answer:
    """Show the address with its source, the choices, and a QR code to open it on a telephone."""
    return _page(visit)


# Whoever sets these receives what links of other people's accounts lead to.
@bp.post("/server-address")
@visited_by(ADMINISTRATORS)
def save(visit: Visit) -> Answer:
    """Save the address or the sender, and go back to the form's page."""
    field = request.form.get("field", "")
    if field not in _KEEP:
        raise InvalidRequest("field is base_url or mail_from")
    if _source_of(field) in RULING:
        raise Conflict(f"{VARIABLES[field]} is set already")
    return _save_field(visit, field, _KEEP[field])


@bp.post("/server-address/lan")
@visited_by(STAFF)
def choose_lan(visit: Visit) -> Answer:
    """Save the choice among the machine's own addresses."""
    source = _source_of(BASE_URL)
    if source in RULING:
        raise Conflict("CHECKIN_BASE_URL is set already")
    # It ends what an administrator has set, and links for a new password lead there.
    if source is AddressSource.PAGE and not may_use(visit.operator, "server_address.save"):
        raise Forbidden("an administrator has set the address: ask one to change it")
    return _save_field(visit, BASE_URL, choose_lan_address)


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


def _save_field(visit: Visit, field: str, keep: Keep) -> Answer:
    try:
        visit.write(lambda v: keep(v.session, _written(), **v.who))
    except InvalidValue as fault:
        return _page(visit, field, problem_advice(fault.in_column(field), visit.language)), 400
    visit.server.public_url.forget()
    flash(_("Saved."))
    return redirect(_form_page(), 303)


def _page(visit: Visit, field: str = "", problem: str = "") -> str:
    address, sender = public_address(), sender_address()
    warning = visit.server.settings.address_warning(visit.session)
    names = {str(one): name for one, name in interface_names().items()}
    choices = lan_choices(visit.session).items()
    return visit.show(
        "network/server_address.html",
        address=address,
        sender=sender,
        sources={BASE_URL: source_words(address.source), MAIL_FROM: source_words(sender.source)},
        ruled={BASE_URL: address.source in RULING, MAIL_FROM: sender.source in RULING},
        problems={field: problem} if field else {},
        written=_written() if field else "",
        choices=[(one, url, names.get(one, "")) for one, url in choices],
        refusal=address_refusal(address),
        warning=problem_advice(warning, visit.language) if warning else "",
        refused_sender=sender_refusal(sender),
        check=None if address.is_only_here else telephone_check(visit, address.url),
        back=_form_page(),
    )


def source_words(source: AddressSource) -> str:
    """Return the text that says where an address was set."""
    return str(
        {
            AddressSource.ENVIRONMENT: _("from the server's environment"),
            AddressSource.DOTENV: _("from the server's file .env"),
            AddressSource.PAGE: _("set on this page"),
            AddressSource.LISTENING: _("this machine's address on the network"),
            AddressSource.LOCAL: _("nothing was set"),
        }[source]
    )


def _source_of(field: str) -> AddressSource:
    return (public_address() if field == BASE_URL else sender_address()).source


def _written() -> str:
    return request.form.get("value", "")[:400]


def _form_page() -> str:
    """Return the address of the form's page, which is always one of this server's pages."""
    return own_address(request.form.get("back"), otherwise="server_address.show")
