"""Rehearsals: gates answer practice badges, and nothing of that is stored.

See `docs/adr/0010-rehearsal.md`.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

from sqlalchemy.orm import Session

from checkin.db.models import Event
from checkin.domain.scanning.facts import Direction
from checkin.domain.scanning.reasons import Reason
from checkin.domain.scanning.rehearsal import Practice, practice_verdict
from checkin.domain.scanning.verdict import Refused, Verdict
from checkin.errors import Conflict
from checkin.protocol.codes import TOKEN_BYTES, format_code
from checkin.protocol.gate_list import tag_bytes
from checkin.services.common.activity import note
from checkin.services.common.keys import Keys
from checkin.services.gates.devices import PairedDevice
from checkin.services.scanning.facts import Place
from checkin.services.scanning.storage import Reading

#: how long ago the badge that is already in came in, as its card says
_EARLIER = timedelta(minutes=20)


@dataclass(frozen=True, slots=True)
class PracticeAnswer:
    """The answer to a practice badge; it names nobody.

    Attributes:
        over: no rehearsal is on, so the badge is refused as unknown.
        first: for a badge that shows "already admitted", the invented first admission.
    """

    reading: Reading
    verdict: Verdict
    over: bool
    first: Place | None = None


def practice_codes(keys: Keys, slug: str) -> Mapping[str, Practice]:
    """Return the practice badges of an event by the text of their QR."""
    return {format_code(token): practice for token, practice in _tokens(keys.practice(slug))}


@lru_cache(maxsize=64)
def _by_ref(key: bytes) -> Mapping[bytes, Practice]:
    return {tag_bytes(token): practice for token, practice in _tokens(key)}


def _tokens(key: bytes) -> list[tuple[bytes, Practice]]:
    return [
        (hmac.digest(key, practice.encode(), "sha256")[:TOKEN_BYTES], practice)
        for practice in Practice
    ]


def rehearse(device: PairedDevice, reading: Reading, keys: Keys) -> PracticeAnswer | None:
    """Answer a practice badge, without a transaction; None for every other code."""
    ref = reading.ref
    practice = _by_ref(keys.practice(device.event_slug)).get(ref) if ref else None
    if practice is None:
        return None
    if not device.rehearsing:
        return PracticeAnswer(reading, Refused(Reason.INVALID), over=True)
    verdict = practice_verdict(
        practice,
        reading.at,
        direction=Direction(reading.direction),
        forced=reading.is_forced,
    )
    first = None
    if verdict.reason == Reason.ALREADY_REDEEMED and reading.badge_ref is None:
        first = Place(reading.at - _EARLIER, device.gate_id, device.gate_name, device.gate_name_ar)
    return PracticeAnswer(reading, verdict, over=False, first=first)


def begin_rehearsal(session: Session, event: Event, *, operator_id: int, now: datetime) -> None:
    """Begin a rehearsal: practice badges show their verdicts. Beginning twice changes nothing.

    Raises:
        Conflict: the event's personal data were erased, so it has no gates any more.
    """
    if event.purged_at is not None:
        raise Conflict("the data of this event were erased: there is nothing to rehearse")
    if event.rehearsal_since is None:
        event.rehearsal_since = now
        note(session, event.id, "rehearsal.begin", now, operator_id=operator_id)


def end_rehearsal(session: Session, event: Event, *, operator_id: int, now: datetime) -> None:
    """End the rehearsal: practice badges are refused from now on."""
    if event.rehearsal_since is not None:
        event.rehearsal_since = None
        note(session, event.id, "rehearsal.end", now, operator_id=operator_id)
