"""Make the e-mails to participants: their badge, what has changed, what organisers have written."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from email.utils import parseaddr
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from badges.calendar import CalendarEntry
from badges.message import Links, Notice, Occasion, compose
from badges.pdf import single_badge_pdf
from badges.phone import phone_badge_png
from badges.spec import BadgeSpec
from badges.texts import moment_text, texts_in
from checkin.db.models import Announcement, AnnouncementText, Badge, Event
from checkin.domain.common.contacts import deliverable
from checkin.domain.messages.kinds import KINDS, Calendar, MessageKind
from checkin.domain.network.addresses import only_this_machine_understands
from checkin.protocol.time_zones import in_time_zone
from checkin.services.badges.calendar import calendar_entry
from checkin.services.badges.page import page_address
from checkin.services.badges.specs import badge_spec
from checkin.services.badges.wallets import Wallet
from checkin.services.common.keys import Keys
from checkin.services.events.look import look_of
from checkin.services.events.own_texts import texts_of
from checkin.services.mail.claims import Claimed
from checkin.services.mail.outcomes import Letter
from checkin.services.mail.sender import Sender
from checkin.services.people.registering.declining import decline_address


def letter_for(
    session: Session,
    event: Event,
    keys: Keys,
    claimed: Claimed,
    sender: Sender,
    wallets: Collection[Wallet] = (),
) -> Letter:
    """Return the e-mail of a claimed message, ready to be sent.

    Args:
        wallets: the wallets that the e-mail may offer.

    Raises:
        BadgeError: the badge cannot be drawn, or the subject cannot be written; says why.
    """
    spec = badge_spec(session, event, keys, claimed.badge_id)
    recipient = deliverable(claimed.address)
    pdf, png = badge_pictures(session, event, spec) if claimed.carries_badge else NO_PICTURES
    message = compose(
        spec,
        sender=sender.address,
        recipient=recipient,
        message_id=claimed.message_id,
        sent_at=claimed.created_at,
        notice=notice_of(event, sender),
        occasion=_occasion(session, event, claimed, spec),
        texts=texts_of(session, event, spec.language),
        sensitive=event.sensitive,
        calendar=_calendar(session, event, claimed, spec, sender),
        links=_links(event, keys, claimed, spec, sender, wallets),
        replaces=claimed.carries_badge and session.get_one(Badge, claimed.badge_id).issue > 1,
        pdf=pdf,
        png=png,
    )
    return Letter(message, sender.envelope(keys, claimed.id), recipient)


#: a badge as PDF and as PNG; neither for a message without one
Pictures = tuple[bytes | None, bytes | None]
NO_PICTURES: Pictures = (None, None)


def badge_pictures(session: Session, event: Event, spec: BadgeSpec) -> Pictures:
    """Return a badge as a message carries it."""
    look = look_of(session, event)
    return single_badge_pdf(spec, look=look), phone_badge_png(spec, look)


def wallet_links(wallets: Collection[Wallet], page: str, language: str) -> list[tuple[str, str]]:
    """Return the wallets' addresses under a badge's page, with their labels."""
    texts = texts_in(language)
    words = {Wallet.APPLE: texts.apple_wallet, Wallet.GOOGLE: texts.google_wallet}
    return [(f"{page}/{wallet}", words[wallet]) for wallet in wallets]


def notice_of(event: Event, sender: Sender) -> Notice:
    """Return who is responsible for the participants' data, and how to reach them.

    If the sender's address is understood only by this machine, only the organiser's name is given.
    """
    organiser = event.organiser or event.name
    answers = "" if only_this_machine_understands(sender.domain) else parseaddr(sender.address)[1]
    return Notice(
        organiser=organiser,
        contact=event.contact or answers or organiser,
        kept_days=event.retention_days,
    )


def written_text(
    session: Session, event: Event, announcement_id: int, language: str
) -> AnnouncementText:
    """Return what organisers wrote in a language; where nothing, in the event's main language."""
    texts = session.scalars(
        select(AnnouncementText).where(AnnouncementText.announcement_id == announcement_id)
    )
    by_language = {text.language: text for text in texts}
    return by_language.get(language) or by_language[event.language]


def words_before(event: Event, before: Mapping[str, Any], language: str) -> dict[str, str]:
    """Return when and where an event was to be, as far as that has changed since.

    Args:
        before: `starts_at` as ISO 8601, `venue` and `venue_ar`.
    """
    starts_at = datetime.fromisoformat(before["starts_at"])
    words = {}
    if starts_at != event.starts_at:
        words["when"] = moment_text(in_time_zone(starts_at, event.timezone), language)
    arabic = language == "ar"
    was = (arabic and before["venue_ar"]) or before["venue"]
    if was != ((arabic and event.venue_ar) or event.venue):
        words["venue"] = was
    return words


def _occasion(session: Session, event: Event, claimed: Claimed, spec: BadgeSpec) -> Occasion:
    if claimed.kind is MessageKind.WRITTEN and claimed.announcement_id is not None:
        own = written_text(session, event, claimed.announcement_id, spec.language)
        return Occasion(kind=claimed.kind, subject=own.subject, text=own.text)
    if claimed.kind is MessageKind.CHANGED and claimed.announcement_id is not None:
        before = session.get_one(Announcement, claimed.announcement_id).before or {}
        return Occasion(kind=claimed.kind, before=words_before(event, before, spec.language))
    return Occasion(kind=claimed.kind)


def _links(
    event: Event,
    keys: Keys,
    claimed: Claimed,
    spec: BadgeSpec,
    sender: Sender,
    wallets: Collection[Wallet],
) -> Links:
    if not claimed.has_page:
        return Links()
    language, base_url, badge_id = spec.language, sender.base_url, claimed.badge_id
    page = page_address(keys, base_url, badge_id)
    if not claimed.carries_badge:
        return Links(page=page if claimed.is_let_in else None, no_mail=f"{page}#mail")
    decline = decline_address(event, keys, badge_id, base_url=base_url, language=language)
    offered = wallet_links(wallets, page, language)
    return Links(decline=decline, page=page, no_mail=f"{page}#mail", wallets=offered)


def _calendar(
    session: Session, event: Event, claimed: Claimed, spec: BadgeSpec, sender: Sender
) -> CalendarEntry | None:
    does = KINDS[claimed.kind].calendar
    # Whoever waits for a place has no entry that could change.
    if does is Calendar.NONE or (does is Calendar.PUBLISH and not claimed.carries_badge):
        return None
    return calendar_entry(
        session,
        event,
        spec,
        at=claimed.created_at,
        organizer=parseaddr(sender.address)[1],
        is_canceled=does is Calendar.CANCEL,
    )
