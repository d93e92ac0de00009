"""Print one badge at a desk, and write it down."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from uuid import UUID

from sqlalchemy.orm import Session

from badges.pdf import Design, single_badge_pdf
from badges.spec import BadgeSpec
from checkin.db.engine import Database, in_transaction
from checkin.db.models import Event
from checkin.errors import NotFound
from checkin.services.badges.badge_desk import desk_badge, record_print
from checkin.services.badges.printer import ByHand, Printer
from checkin.services.badges.specs import badge_specs
from checkin.services.common.keys import Keys
from checkin.services.events.look import look_of


@dataclass(frozen=True, slots=True)
class Printed:
    """What was printed.

    Attributes:
        pdf: to be opened where there is no printer.
        printer: what took it; None where whoever asked prints the PDF.
        copies: of this badge, with those of now.
    """

    pdf: bytes
    printer: Printer | ByHand | None
    copies: int


def print_badge(
    database: Database,
    find_event: Callable[[Session], Event],
    participant_id: int,
    *,
    keys: Keys,
    printer: Printer | ByHand | None,
    design: Design,
    now: datetime,
    own_delegation: int | None = None,
    operator_id: int | None = None,
    copies: int = 1,
) -> Printed:
    """Print a participant's badge, or lay it out to be opened where there is no printer.

    It is drawn and printed with no transaction open, and written down once the printer took it.

    Raises:
        NotFound: there is no such participant, or their badge was revoked.
        Unavailable: the printer did not take it; nothing was written down.
    """
    with database.read() as session:
        event = find_event(session)
        spec, badge_id = _badge_to_print(session, event, participant_id, keys, own_delegation)
        look = look_of(session, event)
    pdf = single_badge_pdf(spec, paper=design, look=look)
    if printer is not None:
        printer.send(pdf, copies=copies)
    record = partial(
        record_print,
        event=event,
        badge_id=badge_id,
        copies=copies,
        design=design,
        printer=printer.name if printer else None,
        now=now,
        operator_id=operator_id,
    )
    return Printed(pdf, printer, in_transaction(database, record))


def _badge_to_print(
    session: Session, event: Event, participant_id: int, keys: Keys, own_delegation: int | None
) -> tuple[BadgeSpec, UUID]:
    badge = desk_badge(session, event, participant_id, own_delegation).badge
    if badge is None:
        raise NotFound(f"the badge of no. {participant_id} was revoked: reissue it first")
    [spec] = badge_specs(session, event, keys, participant_ids=[participant_id])
    return spec, badge.id
