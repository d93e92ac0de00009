"""A pairing as pages show it: a code to type, and a link to scan."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from badges.link_qr import link_qr_address
from checkin.domain.common.problems import InvalidValue
from checkin.protocol.fingerprints import pairing_fragment
from checkin.services.gates.devices import PAIRING_LIFETIME, gate_name, gate_named, open_pairing
from checkin.web.site.outgoing import public_address
from checkin.web.site.visits import EventVisit
from checkin.words.problems import problem_advice


@dataclass(frozen=True, slots=True)
class OpenPairing:
    """A pairing code with its link and QR code; without a code, `problem` says why.

    Attributes:
        link: opens the scan page with the code, on any device; "" where only this machine would
            understand it. It ends with the fingerprint of the server's own authority, if it has
            one: by it a scanner trusts the server.
        picture: the link's QR as a data: address of an SVG.
        here: the same for this very browser, at the address that it uses already.
        check: the fingerprint's beginning, which a scanner shows to whoever types the code.
    """

    gate: str
    code: str = ""
    link: str = ""
    picture: str = ""
    here: str = ""
    check: str = ""
    expires_at: datetime | None = None
    problem: str = ""


def open_pairing_at(visit: EventVisit, given: str, *, help_desk: bool = False) -> OpenPairing:
    """Open a pairing for a gate, which is made if it is new.

    Args:
        help_desk: the device becomes a help desk; else it is one where the gate says so.
    """
    try:
        name = gate_name(given)
    except InvalidValue as fault:
        return OpenPairing(given, problem=problem_advice(fault.in_column("name"), visit.language))
    code = visit.write(lambda v: _open(v, name, help_desk=help_desk))
    authority = visit.server.authority
    pairing = OpenPairing(
        name,
        code,
        here=f"{visit.address('scan_page.scan')}#pair={code}",
        check=authority.check if authority else "",
        expires_at=visit.now + PAIRING_LIFETIME,
    )
    address = public_address()
    if address.is_only_here:
        return pairing
    fragment = pairing_fragment(code, authority.fingerprint if authority else "")
    link = f"{address.url}/scan{fragment}"
    return replace(pairing, link=link, picture=link_qr_address(link))


def _open(visit: EventVisit, name: str, *, help_desk: bool) -> str:
    gate = gate_named(visit.session, visit.event, name, create=True, help_desk=help_desk)
    return open_pairing(visit.session, visit.event, gate, help_desk=help_desk or None, **visit.who)
