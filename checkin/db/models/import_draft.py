"""A list of participants that somebody is still correcting."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, ForeignKeyConstraint, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from checkin.db.models.base import Base


class ImportDraft(Base):
    """An uploaded list, sealed; what opens it is in its owner's browser and nowhere else."""

    __tablename__ = "import_draft"
    __table_args__ = (
        ForeignKeyConstraint(
            ["event_id", "delegation_id"], ["delegation.event_id", "delegation.id"]
        ),
    )

    #: SHA-256 of the secret in the browser
    id: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    event_id: Mapped[int]
    delegation_id: Mapped[int]
    operator_id: Mapped[int] = mapped_column(ForeignKey("operator.id"))
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    changed_at: Mapped[datetime]
