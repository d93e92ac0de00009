"""A pairing as pages show it: a code to type, a link to scan, and whether a device has answered."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from flask import request
from flask_babel import gettext as _

from badges.link_qr import link_qr_address
from checkin.db.models import Gate, Pairing
from checkin.domain.common.problems import InvalidValue
from checkin.errors import NotFound
from checkin.protocol.fingerprints import pairing_fragment
from checkin.services.gates.devices import gate_name, gate_named, open_pairing
from checkin.services.gates.pairings import (
    PairingProgress,
    PairingState,
    pairing_progress,
    pairing_with_code,
)
from checkin.web.site.addressing.outgoing import public_address
from checkin.web.site.visits import EventVisit
from checkin.words.problems import problem_advice

_NOT_BEGUN = PairingProgress(PairingState.WAITING)


@dataclass(frozen=True, slots=True)
class ShownPairing:
    """A pairing code with its link and QR code; without a code, `problem` says why.

    Attributes:
        number: by which the page asks how far it is.
        link: opens the scan page with the code, on any device; "" where only this machine would
            understand it. It ends with the fingerprint of the server's own authority, if it has
            one: by it a scanner trusts the server.
        picture: the link's QR as a data: address of an SVG.
        here: the same for this very browser, at the address that it uses already.
        check: the fingerprint's beginning, which a scanner shows to whoever types the code.
    """

    gate: str
    code: str = ""
    number: int = 0
    progress: PairingProgress = _NOT_BEGUN
    link: str = ""
    picture: str = ""
    here: str = ""
    check: str = ""
    expires_at: datetime | None = None
    problem: str = ""


def asked_pairing(visit: EventVisit) -> ShownPairing:
    """Open a pairing as a form asks, at a gate that is made if it is new.

    A form that brings the code of one that was opened before is shown that one again: only the
    page knows the code, of which we keep a hash.
    """
    code = request.form.get("code", "")
    shown = pairing_with_code(visit.session, visit.event, code) if code else None
    if shown is not None:
        return _shown(visit, shown, code)
    given = request.form.get("gate", "")
    help_desk = request.form.get("help_desk") == "yes"
    try:
        name = gate_name(given)
    except InvalidValue as fault:
        return ShownPairing(given, problem=problem_advice(fault.in_column("name"), visit.language))
    try:
        code = visit.write(lambda v: _open(v, name, help_desk=help_desk))
    except NotFound:
        problem = _("There is no such gate. A hub makes none: choose one from the list.")
        return ShownPairing(given, problem=problem)
    opened = pairing_with_code(visit.session, visit.event, code)
    if opened is None:
        raise LookupError("a pairing that was just opened is not there")
    return _shown(visit, opened, code)


def _shown(visit: EventVisit, opened: Pairing, code: str) -> ShownPairing:
    authority = visit.server.authority
    pairing = ShownPairing(
        visit.session.get_one(Gate, opened.gate_id).name,
        code,
        opened.id,
        pairing_progress(visit.session, visit.event, opened.id, visit.now),
        here=f"{visit.address('scan_page.scan')}#pair={code}",
        check=authority.check if authority else "",
        expires_at=opened.expires_at,
    )
    address = public_address()
    if address.is_only_here:
        return pairing
    fragment = pairing_fragment(code, authority.fingerprint if authority else "")
    link = f"{address.url}/scan{fragment}"
    return replace(pairing, link=link, picture=link_qr_address(link))


def _open(visit: EventVisit, name: str, *, help_desk: bool) -> str:
    # The gates are the central server's: a hub makes none.
    is_hub = bool(visit.server.central_url)
    gate = gate_named(visit.session, visit.event, name, create=not is_hub, help_desk=help_desk)
    return open_pairing(visit.session, visit.event, gate, help_desk=help_desk or None, **visit.who)
