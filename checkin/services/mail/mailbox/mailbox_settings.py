"""The mailbox that is read for e-mails that came back: its settings, and what was found in it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from checkin.db.engine import Database, in_transaction
from checkin.domain.common.forms import FormRefused
from checkin.domain.mail.bounce_mailbox import (
    MAILBOX,
    MAILBOX_PASSWORD,
    BounceMailbox,
    MailboxFault,
    MailboxSettings,
    MailboxUnavailable,
    decide_mailbox,
    read_mailbox_form,
)
from checkin.domain.network.public_address import RULING, AddressSource, Given
from checkin.services.common.activity import note
from checkin.services.common.installation_settings import (
    keep_secret,
    keep_setting,
    kept_secret,
    kept_settings,
)
from checkin.services.common.keys import Keys
from checkin.services.mail.mailbox.bounces import Report, read_reports

_LOOK = "bounces_look"


@dataclass(frozen=True, slots=True)
class Look:
    """What the last look into the mailbox found.

    Attributes:
        came_back, others: how many reports were about a message of ours, and about none.
        fault: why it could not be read, with the words of the program; None where it was.
    """

    at: datetime
    came_back: int = 0
    others: int = 0
    fault: MailboxFault | None = None
    words: str = ""


def mailbox_settings(session: Session, given: Given | None) -> MailboxSettings:
    """Return which mailbox is read, without the password that the page keeps."""
    return decide_mailbox(given, kept_settings(session))


def has_mailbox_password(session: Session) -> bool:
    """Say whether the page keeps a password."""
    return MAILBOX_PASSWORD in kept_settings(session)


def bounce_mailbox(session: Session, keys: Keys, given: Given | None) -> BounceMailbox | None:
    """Return the mailbox that is read, with its password; None where there is none."""
    decided = mailbox_settings(session, given)
    mailbox = decided.mailbox
    if mailbox is None or decided.source is not AddressSource.PAGE:
        return mailbox
    return replace(mailbox, password=kept_secret(session, keys, MAILBOX_PASSWORD, mailbox.place))


def keep_mailbox(
    session: Session,
    keys: Keys,
    given: Given | None,
    form: Mapping[str, str],
    *,
    now: datetime,
    operator_id: int | None = None,
) -> None:
    """Store what the page's form says of the mailbox; without a server none is read.

    Raises:
        FormRefused: with a problem for each field that will not do.
    """
    before = mailbox_settings(session, given)
    if before.source in RULING:
        return
    written = read_mailbox_form(form, before, has_password=has_mailbox_password(session))
    if isinstance(written, list):
        raise FormRefused(written)
    keep_setting(session, MAILBOX, written.text if written else None)
    keep_setting(session, _LOOK, None)
    if written is None:
        keep_setting(session, MAILBOX_PASSWORD, None)
    elif written.password:
        keep_secret(session, keys, MAILBOX_PASSWORD, written.place, written.password)
    server = f"{written.host}:{written.port}" if written else ""
    note(session, None, "installation.mailbox", now, operator_id=operator_id, server=server)


def last_look(session: Session) -> Look | None:
    """Return what the last look found; None before any."""
    text = kept_settings(session).get(_LOOK)
    if text is None:
        return None
    told: dict[str, Any] = json.loads(text)
    fault = MailboxFault(told["fault"]) if told["fault"] else None
    at = datetime.fromisoformat(told["at"])
    return Look(at, told["came_back"], told["others"], fault, told["words"])


def look_into(database: Database, keys: Keys, mailbox: BounceMailbox, now: datetime) -> Look:
    """Read what has come into the mailbox, and keep what was found, or why it cannot be read."""
    try:
        look = look_found(read_reports(database, keys, mailbox, now), now)
    except MailboxUnavailable as fault:
        look = Look(now, fault=fault.fault, words=fault.detail)
    in_transaction(database, lambda session: keep_look(session, look))
    return look


def look_found(counts: Counter[Report], now: datetime) -> Look:
    """Return what a look has found."""
    return Look(now, counts[Report.BOUNCED], counts[Report.NOT_OURS] + counts[Report.NO_BOUNCE])


def keep_look(session: Session, look: Look) -> None:
    """Keep what a look has found."""
    told = {
        "at": look.at.isoformat(),
        "came_back": look.came_back,
        "others": look.others,
        "fault": look.fault,
        "words": look.words,
    }
    keep_setting(session, _LOOK, json.dumps(told))
