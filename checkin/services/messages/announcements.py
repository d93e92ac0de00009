"""Announcements: write one, change its draft, decide to tell nobody."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from badges.spec import BadgeError, check_line
from checkin.db.models import (
    Announcement,
    AnnouncementAbout,
    AnnouncementPerson,
    AnnouncementState,
    AnnouncementText,
    Event,
    Operator,
)
from checkin.domain.messages.audience import Audience
from checkin.errors import Conflict, InvalidRequest, NotFound
from checkin.services.common.activity import note
from checkin.services.events.own_texts import (
    TextFault,
    TextProblem,
    line_problem,
    placeholder_problem,
)
from checkin.words.languages import LANGUAGES

LONGEST_SUBJECT = 150
LONGEST_TEXT = 4000


@dataclass(frozen=True, slots=True)
class Written:
    """What organisers have written in one language."""

    subject: str
    text: str

    @property
    def is_empty(self) -> bool:
        """Whether nothing is written."""
        return not (self.subject or self.text)

    @classmethod
    def of(cls, subject: str, text: str) -> Written:
        """Return what a form has sent, with plain line ends and nothing around it."""
        return cls(subject.strip(), "\n".join(text.replace("\r\n", "\n").split("\r")).strip())


#: what is wrong with the subject, and with the text
Problems = tuple[TextProblem | None, TextProblem | None]


def problems_of(
    event: Event, texts: Mapping[str, Written]
) -> dict[str, tuple[TextProblem | None, TextProblem | None]]:
    """Return what is wrong with the texts of a message, by language; empty if nothing is.

    The event's main language has to be there: whoever's own language is not gets that one.
    """
    found: dict[str, Problems] = {}
    for language in LANGUAGES:
        written = texts.get(language, Written("", ""))
        if written.is_empty and language != event.language:
            continue
        problems = (_subject_problem(event, written.subject), _text_problem(written.text))
        if any(problems):
            found[language] = problems
    return found


def write_announcement(
    session: Session,
    event: Event,
    audience: Audience,
    texts: Mapping[str, Written],
    *,
    operator_id: int,
    now: datetime,
) -> Announcement:
    """Keep a message to a part of the participants as a draft.

    Raises:
        InvalidRequest: a text cannot be used; see `problems_of`.
    """
    _refuse_problems(event, texts)
    announcement = Announcement(
        event_id=event.id,
        about=AnnouncementAbout.WRITTEN,
        audience=audience.as_json(),
        state=AnnouncementState.DRAFT,
        created_at=now,
        created_by=operator_id,
    )
    session.add(announcement)
    session.flush()
    _write_texts(session, announcement, texts)
    return announcement


def rewrite_announcement(
    session: Session,
    event: Event,
    announcement_id: int,
    audience: Audience,
    texts: Mapping[str, Written],
) -> None:
    """Change the draft of a message.

    Raises:
        InvalidRequest: a text cannot be used; see `problems_of`.
        Conflict: it is a draft no more.
    """
    _refuse_problems(event, texts)
    announcement = announcement_of(session, event, announcement_id)
    if not _is_changed(session, announcement, audience):
        raise Conflict("this message was sent or dropped meanwhile: write another one")
    session.execute(
        delete(AnnouncementText).where(AnnouncementText.announcement_id == announcement.id)
    )
    _write_texts(session, announcement, texts)


def drop_announcement(
    session: Session, event: Event, announcement_id: int, *, operator_id: int, now: datetime
) -> bool:
    """Decide that nobody is told; False if it is a draft no more."""
    announcement = announcement_of(session, event, announcement_id)
    if not change_state(
        session, announcement, {AnnouncementState.DRAFT}, AnnouncementState.DROPPED
    ):
        return False
    session.execute(
        delete(AnnouncementPerson).where(AnnouncementPerson.announcement_id == announcement.id)
    )
    note(
        session,
        event.id,
        "message.drop",
        now,
        operator_id=operator_id,
        announcement=announcement.id,
        about=announcement.about,
    )
    return True


def announcements_of(session: Session, event: Event, limit: int = 100) -> Sequence[Announcement]:
    """Return an event's announcements, the newest first, without those that were dropped."""
    return session.scalars(
        select(Announcement)
        .where(Announcement.event_id == event.id, Announcement.state != AnnouncementState.DROPPED)
        .order_by(Announcement.id.desc())
        .limit(limit)
    ).all()


def senders_of(session: Session, announcements: Sequence[Announcement]) -> dict[int, str]:
    """Return the names of the operators who have had these announcements sent, by their id."""
    ids = {one.sent_by for one in announcements if one.sent_by is not None}
    rows = session.execute(select(Operator.id, Operator.name).where(Operator.id.in_(ids)))
    return {row.id: row.name for row in rows}


def announcement_of(
    session: Session, event: Event, announcement_id: int, delegation_id: int | None = None
) -> Announcement:
    """Return an announcement of an event.

    Args:
        delegation_id: only what tells of a list of this delegation; None for all.

    Raises:
        NotFound: there is no such announcement.
    """
    found = session.get(Announcement, announcement_id)
    if found is None or found.event_id != event.id:
        raise NotFound("there is no such message")
    if delegation_id is not None and found.delegation_id != delegation_id:
        raise NotFound("there is no such message")
    return found


def texts_written(session: Session, announcement: Announcement) -> dict[str, Written]:
    """Return what is written in each language."""
    texts = session.scalars(
        select(AnnouncementText).where(AnnouncementText.announcement_id == announcement.id)
    )
    return {one.language: Written(one.subject, one.text) for one in texts}


def subjects_of(
    session: Session, event: Event, announcements: Sequence[Announcement]
) -> dict[int, str]:
    """Return the subjects of these announcements in the event's main language, by their id."""
    rows = session.execute(
        select(AnnouncementText.announcement_id, AnnouncementText.subject).where(
            AnnouncementText.announcement_id.in_({one.id for one in announcements}),
            AnnouncementText.language == event.language,
        )
    )
    return {row.announcement_id: row.subject for row in rows}


def change_state(
    session: Session,
    announcement: Announcement,
    before: set[AnnouncementState],
    after: AnnouncementState,
    **values: object,
) -> bool:
    """Change an announcement's state by compare-and-set; False if it was in none of `before`."""
    changed = session.execute(
        update(Announcement)
        .where(Announcement.id == announcement.id, Announcement.state.in_(before))
        .values(state=after, **values)
        .execution_options(synchronize_session=False)
    )
    session.expire(announcement)
    return bool(changed.rowcount)  # type: ignore[attr-defined]


def _is_changed(session: Session, announcement: Announcement, audience: Audience) -> bool:
    draft = AnnouncementState.DRAFT
    return change_state(session, announcement, {draft}, draft, audience=audience.as_json())


def _write_texts(
    session: Session, announcement: Announcement, texts: Mapping[str, Written]
) -> None:
    session.add_all(
        AnnouncementText(
            announcement_id=announcement.id,
            event_id=announcement.event_id,
            language=language,
            subject=written.subject,
            text=written.text,
        )
        for language, written in texts.items()
        if not written.is_empty
    )
    session.flush()


def _refuse_problems(event: Event, texts: Mapping[str, Written]) -> None:
    if problems := problems_of(event, texts):
        raise InvalidRequest(f"these texts cannot be used: {', '.join(problems)}")


def _subject_problem(event: Event, subject: str) -> TextProblem | None:
    if not subject:
        return TextProblem(TextFault.EMPTY)
    names = [name.casefold() for name in (event.name, event.name_ar) if name]
    if event.sensitive and any(name in subject.casefold() for name in names):
        return TextProblem(TextFault.NAMES_EVENT)
    return line_problem(subject, LONGEST_SUBJECT, is_seen_by_others=event.sensitive)


def _text_problem(text: str) -> TextProblem | None:
    if not text:
        return TextProblem(TextFault.EMPTY)
    if len(text) > LONGEST_TEXT:
        return TextProblem(TextFault.TOO_LONG, str(LONGEST_TEXT))
    try:
        for line in filter(str.strip, text.split("\n")):
            check_line("text", line.replace("\t", " "), LONGEST_TEXT)
    except BadgeError:
        return TextProblem(TextFault.UNPRINTABLE)
    return placeholder_problem(text)
