"""What pages set for the whole installation, and what `run` tells every other process."""

from __future__ import annotations

from sqlalchemy.orm import Mapped, mapped_column

from checkin.db.models.base import Base


class InstallationSetting(Base):
    """One setting, as text."""

    __tablename__ = "installation_setting"

    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str]
