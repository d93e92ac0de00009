"""Make the e-mail that brings a participant their badge."""

from __future__ import annotations

from collections.abc import Collection
from email.utils import parseaddr

from sqlalchemy.orm import Session

from badges.calendar import CalendarEntry, calendar_file
from badges.message import Links, Notice, compose
from badges.pdf import single_badge_pdf
from badges.phone import phone_badge_png
from badges.spec import BadgeSpec
from badges.texts import filling, texts_in
from checkin.db.models import Badge, Event
from checkin.domain.network.addresses import only_this_machine_understands
from checkin.services.badges.page import page_address
from checkin.services.badges.specs import badge_specs
from checkin.services.badges.wallets import Wallet
from checkin.services.common.keys import Keys
from checkin.services.events.look import look_of
from checkin.services.events.own_texts import texts_of
from checkin.services.mail.claims import Claimed
from checkin.services.mail.outcomes import Letter
from checkin.services.mail.sender import Sender
from checkin.services.people.declining import decline_address


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
        BadgeError: the badge cannot be drawn; the sentence says why.
    """
    [spec] = badge_specs(session, event, keys, participant_ids=[claimed.participant_id])
    look = look_of(session, event)
    message = compose(
        spec,
        sender=sender.address,
        recipient=claimed.address,
        message_id=claimed.message_id,
        sent_at=claimed.created_at,
        notice=notice_of(event, sender),
        pdf=single_badge_pdf(spec, look=look),
        png=phone_badge_png(spec, look),
        texts=texts_of(session, event, spec.language),
        sensitive=event.sensitive,
        calendar=calendar_file(_entry(event, spec, claimed)),
        links=_links(event, keys, claimed, spec, sender, wallets),
        replaces=session.get_one(Badge, claimed.badge_id).issue > 1,
    )
    return Letter(message, sender.envelope(keys, claimed.id), claimed.address)


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


def _links(
    event: Event,
    keys: Keys,
    claimed: Claimed,
    spec: BadgeSpec,
    sender: Sender,
    wallets: Collection[Wallet],
) -> Links:
    language, base_url, badge_id = spec.language, sender.base_url, claimed.badge_id
    decline = decline_address(event, keys, badge_id, base_url=base_url, language=language)
    page = page_address(keys, base_url, badge_id)
    return Links(decline=decline, page=page, wallets=wallet_links(wallets, page, language))


def _entry(event: Event, spec: BadgeSpec, claimed: Claimed) -> CalendarEntry:
    words = filling(spec)
    # Calendars show their entries on locked screens too.
    neutral = texts_in(spec.language).calendar_neutral
    return CalendarEntry(
        uid=f"{claimed.badge_id}@{claimed.message_id.strip('<>').partition('@')[2]}",
        stamp=claimed.created_at,
        starts_at=event.starts_at,
        ends_at=event.ends_at,
        summary=neutral if event.sensitive else words["event"],
        location=words["venue"],
    )
