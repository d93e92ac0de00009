"""Open what a run of sending needs: for the job that sends, and for the command that does."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import replace
from datetime import datetime

from checkin.db.engine import Database, in_transaction
from checkin.db.models import Event
from checkin.domain.mail.server import Destination
from checkin.services.badges.wallets import load_wallets
from checkin.services.channels.telephone_sending import TelephoneOffice, opened_telephone_office
from checkin.services.common.keys import Keys
from checkin.services.common.master_key import check_event_key
from checkin.services.mail.outbox import PostOffice
from checkin.services.mail.sender import sender_gone
from checkin.services.mail.transport import CurrentTransport
from checkin.settings import Settings


@contextmanager
def opened_post_office(
    database: Database, keys: Keys, settings: Settings, event: Event, clock: Callable[[], datetime]
) -> Iterator[PostOffice]:
    """Connect to the mail server when the first message leaves; at the end, say that nobody sends.

    Each message goes to the mail server of that moment.

    Raises:
        SettingsError: the key is another than the one that the event's badges were made with.
        OnlyThisMachine: only this machine understands the messages' links, or the sender.
    """
    check_event_key(event, keys)
    with database.read() as session:
        sender = settings.mail_sender(session)
    wallets = load_wallets(settings.wallet_files, clock())

    def destination() -> Destination:
        with database.read() as session:
            return settings.mail_destination(session, keys)

    with closing(CurrentTransport(destination)) as transport:
        try:
            yield PostOffice(database, event, keys, transport, sender, clock, wallets)
        finally:
            in_transaction(database, lambda session: sender_gone(session, event))


def opened_telephones(
    office: PostOffice, settings: Settings
) -> AbstractContextManager[TelephoneOffice]:
    """Open what sends a post office's messages to telephones."""
    return opened_telephone_office(
        office.database,
        office.keys,
        office.event,
        base_url=office.sender.base_url,
        caller=settings.caller,
        clock=office.clock,
    )


def with_current_sender(office: PostOffice, settings: Settings) -> PostOffice:
    """Return a post office with the sender as of now: it may change while messages leave.

    Raises:
        OnlyThisMachine: see `opened_post_office`.
    """
    with office.database.read() as session:
        return replace(office, sender=settings.mail_sender(session))
