"""A delegation's own link by which people register themselves."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKeyConstraint
from sqlalchemy.orm import Mapped, mapped_column

from checkin.db.models.base import Base


class SelfRegistration(Base):
    """One link for a delegation. Its secret is made from the key and the issue, and not stored."""

    __tablename__ = "self_registration"
    __table_args__ = (
        ForeignKeyConstraint(
            ["event_id", "delegation_id"], ["delegation.event_id", "delegation.id"]
        ),
        ForeignKeyConstraint(["event_id", "category_id"], ["category.event_id", "category.id"]),
        CheckConstraint("issue >= 1", name="issue"),
    )

    delegation_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    event_id: Mapped[int]
    #: grows when the link is renewed: the old one leads nowhere
    issue: Mapped[int] = mapped_column(default=1)
    is_open: Mapped[bool]
    #: a coordinator decides on each; else people are confirmed while there are places
    approval: Mapped[bool]
    #: what people are registered as
    category_id: Mapped[int]
    changed_at: Mapped[datetime]
