"""Settings of the whole installation that pages and `run` keep in the database."""

from __future__ import annotations

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from checkin.db.models import InstallationSetting


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
