"""Settings of the whole installation that pages and `run` keep in the database."""

from __future__ import annotations

import base64
import binascii

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from checkin.db.models import InstallationSetting
from checkin.services.common.keys import Keys
from checkin.services.common.sealed_values import seal_values, unseal_values


def kept_settings(session: Session) -> dict[str, str]:
    """Return the settings that are kept, by name."""
    rows = session.execute(select(InstallationSetting.name, InstallationSetting.value))
    return {row.name: row.value for row in rows}


def keep_setting(session: Session, name: str, value: str | None) -> None:
    """Set a setting's value, replacing a former one; None deletes the setting."""
    if value is None:
        session.execute(delete(InstallationSetting).where(InstallationSetting.name == name))
    else:
        session.merge(InstallationSetting(name=name, value=value))
    session.flush()


def keep_secret(session: Session, keys: Keys, name: str, place: str, secret: str) -> None:
    """Set a setting to a secret that is encrypted for one place alone, see `seal_values`."""
    sealed = seal_values(keys, place, secret=secret)
    keep_setting(session, name, base64.b64encode(sealed).decode())


def kept_secret(session: Session, keys: Keys, name: str, place: str) -> str | None:
    """Return a secret that `keep_secret` has set.

    None where there is none, or where it was encrypted for another place or with another key.
    """
    try:
        sealed = base64.b64decode(kept_settings(session).get(name, ""), validate=True)
    except (binascii.Error, ValueError):
        return None
    values = unseal_values(keys, place, sealed)
    return values["secret"] if values else None
