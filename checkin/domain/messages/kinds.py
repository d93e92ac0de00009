"""The kinds of e-mails to participants: one row each, with who gets it and what it carries."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from checkin.domain.scanning.facts import RegistrationStatus

_CONFIRMED = frozenset({RegistrationStatus.CONFIRMED})
_RESERVE = frozenset({RegistrationStatus.RESERVE})
_CANCELED = frozenset({RegistrationStatus.CANCELED})


class MessageKind(StrEnum):
    """What an e-mail to a participant is about; `badges.texts` has the words of each kind."""

    #: the badge, for the first time or sent again
    BADGE = "badge"
    #: a place after all: moved up from the reserve list, or registered again
    CONFIRMED = "confirmed"
    #: registered with another delegation than before
    MOVED = "moved"
    #: a new badge instead of one that is refused from now on
    REPLACED = "replaced"
    #: another day, hour or place of the event
    CHANGED = "changed"
    CANCELED = "canceled"
    #: put on the reserve list
    RESERVE = "reserve"
    #: the badge, because somebody asked for it on the event's page
    FOUND = "found"
    #: what organisers have written themselves
    WRITTEN = "written"


class Calendar(StrEnum):
    """What a message does to the event's entry in the participant's calendar (RFC 5546)."""

    NONE = "none"
    PUBLISH = "PUBLISH"
    CANCEL = "CANCEL"


@dataclass(frozen=True, slots=True)
class KindRow:
    """What is known of a kind of message.

    Attributes:
        to: the registrations of which the message is true; to others it is not sent.
        carries_badge: whether it brings confirmed people their badge.
        needs_badge: whether it is nothing without a valid badge.
        outlives_event: whether it may still be sent when the event has ended.
    """

    to: frozenset[RegistrationStatus]
    calendar: Calendar
    carries_badge: bool = False
    needs_badge: bool = False
    outlives_event: bool = False


def _with_badge(*, outlives_event: bool = False) -> KindRow:
    return KindRow(_CONFIRMED, Calendar.PUBLISH, True, True, outlives_event)


KINDS: Mapping[MessageKind, KindRow] = {
    # Whoever presses "send again" after the event means it; nothing is queued by itself then.
    MessageKind.BADGE: _with_badge(outlives_event=True),
    MessageKind.CONFIRMED: _with_badge(),
    MessageKind.MOVED: _with_badge(),
    MessageKind.REPLACED: _with_badge(),
    MessageKind.FOUND: _with_badge(),
    MessageKind.CHANGED: KindRow(_CONFIRMED | _RESERVE, Calendar.PUBLISH, carries_badge=True),
    MessageKind.CANCELED: KindRow(_CANCELED, Calendar.CANCEL),
    MessageKind.RESERVE: KindRow(_RESERVE, Calendar.NONE),
    MessageKind.WRITTEN: KindRow(_CONFIRMED | _RESERVE, Calendar.NONE),
}
#: each of them brings a badge, so whoever got one of them has it
BADGE_KINDS = frozenset(kind for kind, row in KINDS.items() if row.needs_badge)
#: what somebody is told who was moved to another delegation, by their registration there
KIND_OF_MOVE: Mapping[str, MessageKind] = {
    RegistrationStatus.CONFIRMED: MessageKind.MOVED,
    RegistrationStatus.RESERVE: MessageKind.RESERVE,
}


@dataclass(frozen=True, slots=True)
class Recipient:
    """What is known of a message's recipient at the moment when it would leave."""

    standing: RegistrationStatus
    has_badge: bool
    wants_no_mail: bool


def brings_badge(kind: MessageKind, recipient: Recipient) -> bool:
    """Say whether a message of this kind brings this recipient their badge."""
    is_confirmed = recipient.standing is RegistrationStatus.CONFIRMED
    return KINDS[kind].carries_badge and recipient.has_badge and is_confirmed


def why_not_sent(kind: MessageKind, recipient: Recipient, *, is_over: bool) -> str:
    """Return why a message must not leave any more, in English; "" if it may.

    What was true when it was queued need not be true now: a canceled person may have been
    registered again.

    Args:
        is_over: whether the event has ended.
    """
    row = KINDS[kind]
    if recipient.wants_no_mail:
        return "the participant wants no e-mail"
    if row.needs_badge and not (recipient.has_badge and recipient.standing in row.to):
        return "the badge or the registration is no longer good"
    if recipient.standing not in row.to:
        return "the registration has changed since, and this is no longer true"
    if is_over and not row.outlives_event:
        return "the event is over"
    return ""
