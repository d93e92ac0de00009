"""Replace the badge of somebody at a help desk, and draw the new one to be printed there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from badges.pdf import SIZE_MM, Design, single_badge_pdf, single_badge_png
from checkin.db.engine import Database, in_transaction
from checkin.db.models import Event, Message, Participant
from checkin.errors import NotFound
from checkin.services.badges.issue import Reissued, reissue_badge, send_new_badge, working_badge
from checkin.services.badges.printing import record_print
from checkin.services.badges.specs import badge_specs
from checkin.services.common.keys import Keys
from checkin.services.events.look import look_of

#: a replacement so young is printed again, not replaced again: the answer was lost, or the paper
FRESH_FOR = timedelta(minutes=2)
REASON = "replaced at a help desk"


@dataclass(frozen=True, slots=True)
class Replacement:
    """A new badge.

    Attributes:
        issue: its number among the person's badges.
        pdf: one badge, to be printed at its true size.
        png: the same, as a picture of that size.
        size_mm: its width and height.
        told: whether a message brings it to the person, too.
    """

    issue: int
    pdf: bytes
    png: bytes
    size_mm: tuple[float, float]
    told: bool


def replace_badge(
    database: Database,
    event_id: int,
    participant_id: int,
    *,
    device_id: int,
    keys: Keys,
    design: Design,
    now: datetime,
    is_told: bool = True,
) -> Replacement:
    """Revoke a participant's badge, issue a new one and draw it; record the print.

    Asked again within `FRESH_FOR`, it draws the same new badge again.

    Args:
        is_told: whether a message brings it, too, to whoever a channel reaches; once, however
            often this is asked.

    Raises:
        NotFound: the event has no such participant, or none who may be known at a gate.
        Conflict: the registration is canceled.
    """
    issue, told = in_transaction(
        database,
        partial(
            _replaced,
            event_id=event_id,
            participant_id=participant_id,
            device_id=device_id,
            keys=keys,
            design=design,
            now=now,
            is_told=is_told,
        ),
    )
    with database.read() as session:
        event = session.get_one(Event, event_id)
        [spec] = badge_specs(session, event, keys, participant_ids=[participant_id])
        look = look_of(session, event)
    return Replacement(
        issue,
        single_badge_pdf(spec, paper=design, look=look),
        single_badge_png(spec, design=design, look=look),
        SIZE_MM[design],
        told,
    )


def _replaced(
    session: Session,
    event_id: int,
    participant_id: int,
    *,
    device_id: int,
    keys: Keys,
    design: Design,
    now: datetime,
    is_told: bool,
) -> tuple[int, bool]:
    _refuse_unchecked(session, participant_id)
    event, before = session.get_one(Event, event_id), working_badge(session, participant_id)
    is_fresh = before is not None and before.issue > 1 and now - before.issued_at < FRESH_FOR
    reissued = reissue_badge(
        session,
        event,
        participant_id,
        keys=keys,
        reason=REASON,
        now=now,
        device_id=device_id,
        # A newer one than this is given as it is: a fresh one, or that of who pressed just before.
        of_issue=before.issue - is_fresh if before else None,
        is_told=False,  # told below, also of one that was made before this was asked again
    )
    record_print(session, event, reissued.badge_id, copies=1, design=design, printer=None, now=now)
    return reissued.issue, is_told and _told(session, event, participant_id, reissued, now)


def _told(
    session: Session, event: Event, participant_id: int, new: Reissued, now: datetime
) -> bool:
    brings_it = exists().where(Message.badge_id == new.badge_id)
    if session.scalar(select(brings_it)):
        return True
    return send_new_badge(session, event, session.get_one(Participant, participant_id), now)


def _refuse_unchecked(session: Session, participant_id: int) -> None:
    # Gates do not know of whoever is to be checked by an organiser first: not even that they are.
    person = session.get(Participant, participant_id)
    if person is not None and person.unchecked_as is not None:
        raise NotFound(f"no participant has the number {participant_id}")
