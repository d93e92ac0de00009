"""A pairing as the devices page shows it: a code to type, and a link to scan."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime

from flask import url_for
from sqlalchemy.orm import Session

from badges.link_qr import link_qr_address
from checkin.db.engine import in_transaction
from checkin.domain.common.problems import InvalidValue
from checkin.protocol.fingerprints import pairing_fragment
from checkin.services.events.visibility import visible_event
from checkin.services.gates.devices import PAIRING_LIFETIME, gate_name, gate_named, open_pairing
from checkin.web.site.languages import page_language
from checkin.web.site.outgoing import public_address
from checkin.web.site.sessions import current_operator
from checkin.web.site.state import database, marhaba
from checkin.words.problems import problem_advice


@dataclass(frozen=True, slots=True)
class OpenPairing:
    """A pairing code and what shows it; without a code, `problem` says why.

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


def open_pairing_at(slug: str, given: str) -> OpenPairing:
    """Open a pairing for a gate, which is made if it is new."""
    try:
        name = gate_name(given)
    except InvalidValue as fault:
        return OpenPairing(given, problem=problem_advice(fault.in_column("name"), page_language()))
    operator, now = current_operator(), datetime.now(UTC)

    def work(session: Session) -> str:
        event = visible_event(session, operator, slug)
        gate = gate_named(session, event, name, create=True)
        return open_pairing(session, event, gate, now=now, operator_id=operator.id)

    code, authority = in_transaction(database(), work), marhaba().authority
    fingerprint = authority.fingerprint if authority else ""
    pairing = OpenPairing(
        name,
        code,
        here=f"{url_for('scan_page.scan')}#pair={code}",
        check=authority.check if authority else "",
        expires_at=now + PAIRING_LIFETIME,
    )
    address = public_address()
    if address.is_only_here:
        return pairing
    link = f"{address.url}/scan{pairing_fragment(code, fingerprint)}"
    return replace(pairing, link=link, picture=link_qr_address(link))
