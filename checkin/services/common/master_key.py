"""Recognise the master key: the database holds a value that only the right key gives.

Several nodes share one key, and a database is of use with its own key alone: with another one,
badges would get codes that no gate knows, and nobody's second factor could be read.
"""

from __future__ import annotations

import hmac

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from checkin.db.engine import Database
from checkin.db.models import Event, InstallationSetting
from checkin.errors import SettingsError
from checkin.services.common.installation_settings import keep_setting
from checkin.services.common.keys import Keys

CHECK_VALUE = "master_key_check"
_RESTORE = (
    "restore the right master.key (of several nodes, copy the first one's), or set "
    "CHECKIN_MASTER_KEY"
)


def check_event_key(event: Event, keys: Keys) -> None:
    """Check that the master key is the one that this event's badges were made with.

    Raises:
        SettingsError: it is another key; badges made with it would be refused at the gates.
    """
    if keys.check_of_event(event.slug) != event.key_check:
        raise SettingsError(
            f"the master key is not the one that the badges of {event.slug} were made with: "
            f"{_RESTORE}"
        )


def check_master_key(session: Session, keys: Keys) -> None:
    """Check that the master key is the one that this database was made with.

    A database of an earlier version may not hold the value yet; then its events tell.

    Raises:
        SettingsError: it is another key; the sentence says what to do.
    """
    value = _check_value(session)
    if value is None:
        for event in session.scalars(select(Event)):
            check_event_key(event, keys)
    elif not hmac.compare_digest(value, keys.check_of_installation):
        raise SettingsError(
            f"the master key is not the one that this database was made with: {_RESTORE}"
        )


def keep_check_value(session: Session, keys: Keys) -> None:
    """Check the master key as `check_master_key`, and let the database recognise it from now on.

    Raises:
        SettingsError: it is another key; nothing was written.
    """
    check_master_key(session, keys)
    if _check_value(session) is None:
        keep_setting(session, CHECK_VALUE, keys.check_of_installation)


def key_fault(database: Database, keys: Keys) -> str:
    """Return the sentence that this database was made with another key; "" if it was not."""
    try:
        with database.read() as session:
            check_master_key(session, keys)
    except SettingsError as fault:
        return fault.detail
    except SQLAlchemyError:
        return ""  # why it cannot be read is told as the database's own fault
    return ""


def _check_value(session: Session) -> str | None:
    return session.scalar(
        select(InstallationSetting.value).where(InstallationSetting.name == CHECK_VALUE)
    )
