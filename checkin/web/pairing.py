"""A pairing as the devices page shows it: a code to type, and a link to scan."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from flask import url_for
from sqlalchemy.orm import Session

from badges.link_qr import link_qr_address
from checkin.db.engine import in_transaction
from checkin.domain.problems import InvalidValue
from checkin.services.devices import PAIRING_LIFETIME, gate_name, gate_named, open_pairing
from checkin.services.visible_events import visible_event
from checkin.web.languages import page_language
from checkin.web.outgoing import public_address
from checkin.web.sessions import current_operator
from checkin.web.state import database


@dataclass(frozen=True, slots=True)
class OpenPairing:
    """A pairing code and what shows it; without a code, `problem` says why.

    Attributes:
        link: opens the scan page with the code, on any device; "" where only this machine would
            understand it.
        picture: the link's QR as a data: address of an SVG.
        here: the same for this very browser, at the address that it uses already.
    """

    gate: str
    code: str = ""
    link: str = ""
    picture: str = ""
    here: str = ""
    expires_at: datetime | None = None
    problem: str = ""


def open_pairing_at(slug: str, given: str) -> OpenPairing:
    """Open a pairing for a gate, which is made if it is new."""
    try:
        name = gate_name(given)
    except InvalidValue as fault:
        return OpenPairing(given, problem=fault.in_column("name").advice(page_language()))
    operator, now = current_operator(), datetime.now(UTC)

    def work(session: Session) -> str:
        event = visible_event(session, operator, slug)
        gate = gate_named(session, event, name, create=True)
        return open_pairing(session, event, gate, now=now, operator_id=operator.id)

    code = in_transaction(database(), work)
    here, expires_at = f"{url_for('scan_page.scan')}#pair={code}", now + PAIRING_LIFETIME
    address = public_address()
    if address.is_only_here:
        return OpenPairing(name, code, here=here, expires_at=expires_at)
    link = f"{address.url}/scan#pair={code}"
    return OpenPairing(name, code, link, link_qr_address(link), here, expires_at)
