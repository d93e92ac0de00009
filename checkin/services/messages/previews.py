"""What an announcement looks like in a language, and as one of its recipients gets it."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from badges.message import Occasion
from badges.spec import BadgeSpec
from checkin.db.models import Announcement, AnnouncementAbout, AnnouncementPerson, Badge, Event
from checkin.domain.messages.kinds import MessageKind
from checkin.services.badges.specs import badge_spec, shown_spec
from checkin.services.common.keys import Keys
from checkin.services.mail.letters import words_before, written_text
from checkin.services.mail.previews import Previewed


def kinds_in(session: Session, announcement: Announcement) -> Sequence[MessageKind]:
    """Return the kinds of messages that an announcement consists of."""
    if announcement.about == AnnouncementAbout.WRITTEN:
        return [MessageKind.WRITTEN]
    if announcement.about == AnnouncementAbout.CHANGE:
        return [MessageKind.CHANGED]
    kinds = select(AnnouncementPerson.kind).where(
        AnnouncementPerson.announcement_id == announcement.id
    )
    return [MessageKind(kind) for kind in session.scalars(kinds.distinct().order_by("kind"))]


def previewed_announcement(
    session: Session,
    event: Event,
    announcement: Announcement,
    *,
    kind: MessageKind,
    language: str,
    person: BadgeSpec | None = None,
) -> Previewed:
    """Return an announcement to be looked at, in a language.

    Args:
        kind: of its kinds of messages.
        person: as whom it is looked at.
    """
    if kind is MessageKind.WRITTEN:
        own = written_text(session, event, announcement.id, language)
        occasion = Occasion(kind=kind, subject=own.subject, text=own.text)
    elif kind is MessageKind.CHANGED:
        before = words_before(event, announcement.before or {}, language)
        occasion = Occasion(kind=kind, before=before)
    else:
        occasion = Occasion(kind=kind)
    return Previewed(language, occasion, person)


def spec_of_person(
    session: Session, event: Event, keys: Keys, participant_id: int, *, withheld: bool = False
) -> BadgeSpec:
    """Return what a participant's newest badge says, whether it is valid or not.

    Where there is none, its code opens nothing.

    Args:
        withheld: whoever looks at it is not given the badge yet: its code opens nothing, either.
    """
    newest = (
        select(Badge.id)
        .where(Badge.event_id == event.id, Badge.participant_id == participant_id)
        .order_by(Badge.issue.desc())
        .limit(1)
    )
    badge_id = None if withheld else session.scalar(newest)
    if badge_id is None:
        return shown_spec(session, event, participant_id)
    return badge_spec(session, event, keys, badge_id)
