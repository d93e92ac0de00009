"""Self-registration by a delegation's secret link, and the privacy notice that people agree to.

The link's secret is the delegation and the issue of its link, sealed under a key of its own
(`common/secret_links.py`): the database holds no address, and a renewed link has another one.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from badges.message import Notice
from badges.texts import fill, moment_text
from checkin.db.models import Category, Consent, ConsentText, Delegation, Event, SelfRegistration
from checkin.errors import NotFound
from checkin.protocol.time_zones import in_time_zone
from checkin.services.common.activity import note
from checkin.services.common.keys import Keys
from checkin.services.common.secret_links import content_of_link, link_secret
from checkin.services.events.own_texts import texts_of

_MARK = b"reg1"
_WRONG_LINK = "this link is nobody's"


@dataclass(frozen=True, slots=True)
class RegistrationLink:
    """A delegation's registration link with its event, delegation and settings.

    Attributes:
        settings: the link's row: its category, and whether the coordinator approves each person.
        is_open: False while the coordinator keeps the link closed, and once the event is over.
    """

    event: Event
    delegation: Delegation
    settings: SelfRegistration
    is_open: bool


def link_address(keys: Keys, base_url: str, link: SelfRegistration) -> str:
    """Return the address where people register themselves with a delegation."""
    whole = _MARK + link.delegation_id.to_bytes(8, "big") + link.issue.to_bytes(4, "big")
    return f"{base_url}/r/{link_secret(keys.registration_links, whole)}"


def registration_link_by_secret(
    session: Session, keys: Keys, secret: str, now: datetime
) -> RegistrationLink:
    """Return the registration link that has this secret.

    Raises:
        NotFound: this server did not make the secret, or a newer link has replaced it.
    """
    delegation_id, issue = _parts(keys, secret)
    link = session.get(SelfRegistration, delegation_id)
    if link is None or link.issue != issue:
        raise NotFound(_WRONG_LINK)
    event = session.get_one(Event, link.event_id)
    delegation = session.get_one(Delegation, link.delegation_id)
    is_open = link.is_open and now < event.ends_at and event.purged_at is None
    return RegistrationLink(event, delegation, link, is_open)


def link_of(session: Session, delegation: Delegation) -> SelfRegistration | None:
    """Return the settings of a delegation's registration link; None if it never had one."""
    return session.get(SelfRegistration, delegation.id)


def set_link(
    session: Session,
    delegation: Delegation,
    *,
    is_open: bool,
    approval: bool,
    category_id: int,
    now: datetime,
    operator_id: int | None = None,
) -> SelfRegistration:
    """Open or close a delegation's registration link, and set whether applications need approval.

    Raises:
        NotFound: the event has no such category.
    """
    category = session.get(Category, category_id)
    if category is None or category.event_id != delegation.event_id:
        raise NotFound("there is no such category")
    link = link_of(session, delegation) or SelfRegistration(
        delegation_id=delegation.id, event_id=delegation.event_id, issue=1
    )
    link.is_open, link.approval, link.category_id = is_open, approval, category_id
    link.changed_at = now
    session.add(link)
    session.flush()
    _note(session, link, "link.set", now, operator_id, is_open=is_open, approval=approval)
    return link


def renew_link(
    session: Session, delegation: Delegation, *, now: datetime, operator_id: int | None = None
) -> SelfRegistration:
    """Give a delegation's registration link a new address; the old address stops working.

    Raises:
        NotFound: the delegation has no registration link yet.
    """
    link = link_of(session, delegation)
    if link is None:
        raise NotFound("this delegation has no link yet: open one first")
    link.issue, link.changed_at = link.issue + 1, now
    _note(session, link, "link.renew", now, operator_id, issue=link.issue)
    return link


def _note(
    session: Session,
    link: SelfRegistration,
    action: str,
    now: datetime,
    operator_id: int | None,
    **details: bool | int,
) -> None:
    details["delegation_id"] = link.delegation_id
    note(session, link.event_id, action, now, operator_id=operator_id, **details)


def _parts(keys: Keys, secret: str) -> tuple[int, int]:
    whole = content_of_link(keys.registration_links, secret)
    if whole is None:
        raise NotFound(_WRONG_LINK)
    delegation_id, issue = int.from_bytes(whole[4:12], "big"), int.from_bytes(whole[12:], "big")
    if whole[:4] != _MARK or delegation_id >= 2**31:
        raise NotFound(_WRONG_LINK)
    return delegation_id, issue


@dataclass(frozen=True, slots=True)
class PrivacyNotice:
    """The privacy notice that a person is asked to agree to, in one language.

    Attributes:
        version: identifies exactly this text.
    """

    language: str
    text: str

    @property
    def version(self) -> str:
        """The first half of the SHA-256 of language and text, in hexadecimal digits."""
        return hashlib.sha256(f"{self.language}\n{self.text}".encode()).hexdigest()[:32]


def privacy_notice(
    session: Session, event: Event, delegation: Delegation | None, notice: Notice, language: str
) -> PrivacyNotice:
    """Return an event's privacy notice, in its own words where it has some.

    Args:
        delegation: None for a notice that everybody reads: none is named.
    """
    arabic = language == "ar"
    words = {
        "event": (arabic and event.name_ar) or event.name,
        "delegation": _name_of(delegation, language),
        "venue": (arabic and event.venue_ar) or event.venue,
        "when": moment_text(in_time_zone(event.starts_at, event.timezone), language),
        "organiser": notice.organiser,
        "contact": notice.contact,
        "days": str(notice.kept_days),
        "name": "–",
        "number": "–",
    }
    return PrivacyNotice(language, fill(texts_of(session, event, language).privacy, words))


def _name_of(delegation: Delegation | None, language: str) -> str:
    if delegation is None:
        return "–"
    return (language == "ar" and delegation.name_ar) or delegation.name


def keep_text(session: Session, notice: PrivacyNotice, now: datetime) -> str:
    """Store the text of a privacy notice, once, and return the id of its version."""
    if session.get(ConsentText, notice.version) is None:
        kept = ConsentText(
            id=notice.version, language=notice.language, text=notice.text, first_used_at=now
        )
        session.add(kept)
        session.flush()
    return notice.version


def record_consent(
    session: Session, event_id: int, participant_id: int, text_id: str, given_at: datetime
) -> None:
    """Record which version of the privacy notice a participant agreed to, and when."""
    consent = Consent(
        participant_id=participant_id, event_id=event_id, text_id=text_id, given_at=given_at
    )
    session.add(consent)
    session.flush()
