"""The tables of a hub: its link to the central server, and what it holds from there."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint, ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from checkin.db.models.base import Base


class Upstream(Base):
    """The one central server of which this installation is a hub; without a row it is none.

    The file of a hub is sealed (`checkin.db.sealing`), so that secrets lie in it as they are.
    """

    __tablename__ = "upstream"
    __table_args__ = (CheckConstraint("id = 1", name="one"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    #: the address of the central server
    url: Mapped[str]
    #: PEM of the authority of its own that verifies it; "": those of the system
    authority: Mapped[str]
    #: what this hub is there, and its bearer token
    hub_id: Mapped[int]
    name: Mapped[str]
    token: Mapped[str]
    #: of the event, the same in both databases
    event_id: Mapped[int]
    #: by which the central server signs gate lists and certificates of hubs
    list_public_key: Mapped[str]
    #: opens walk-ins that gates have sealed for this hub, 32 bytes
    walk_in_key: Mapped[bytes] = mapped_column(LargeBinary(32))
    #: {document, signature}: what gates know this hub by
    certificate: Mapped[dict[str, Any]] = mapped_column(JSON)
    #: of the central server when it was met last; a new one is offered everything again
    epoch: Mapped[str]
    #: the highest number of a scan that it has acknowledged in that epoch, as answers tell it
    counter: Mapped[str]
    #: the ETag of the mirror as it is here
    mirror_etag: Mapped[str]
    #: the central server was asked for it then, by this hub's clock
    mirrored_at: Mapped[datetime | None]
    #: the highest number of a scan up to which all are up there
    scans_until: Mapped[int]
    #: the highest number, there, of a scan of other gates that is here
    arrivals_until: Mapped[int]
    #: names of the walk-ins whom the central server does not register, when they were brought last
    refused: Mapped[list[str]] = mapped_column(JSON, default=list)
    #: what the central server has lent: {"delegations": [[id, places]…], "hall": n or null}
    lease_id: Mapped[UUID | None]
    lent: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    lent_at: Mapped[datetime | None]
    #: the last exchange, and the last one that failed, with why
    exchanged_at: Mapped[datetime | None]
    failed_at: Mapped[datetime | None]
    fault: Mapped[str | None]


class MirroredPage(Base):
    """A page of the central server's rows that is here: of which table, and whose keys it holds."""

    __tablename__ = "mirrored_page"

    table_name: Mapped[str] = mapped_column(primary_key=True)
    mark: Mapped[str] = mapped_column(primary_key=True)
    #: the primary keys of its rows, as in the page
    keys: Mapped[list[Any]] = mapped_column(JSON)


class ScanFromUpstream(Base):
    """A scan that the central server has: it has told of it, or was told."""

    __tablename__ = "scan_from_upstream"

    scan_pk: Mapped[int] = mapped_column(
        ForeignKey("scan.id"), primary_key=True, autoincrement=False
    )
    #: it has it as taken back
    annulled: Mapped[bool] = mapped_column(default=False)


class GivenNumber(Base):
    """The number that the central server has given to a walk-in of this hub.

    Their rows have it once those of the central server are here.
    """

    __tablename__ = "given_number"

    #: of the participant, in this database
    own_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int]


class ScanOfStranger(Base):
    """Whom a scan names that this hub recorded without knowing them: the central server may.

    The log has a keyed hash of what was read, from which nobody learns whom it named.
    """

    __tablename__ = "scan_of_stranger"

    scan_id: Mapped[UUID] = mapped_column(primary_key=True)
    badge_ref: Mapped[bytes | None]
    participant_id: Mapped[int | None]


class HeldList(Base):
    """A gate list as the central server has signed it: whole, or what changed since a version."""

    __tablename__ = "held_list"

    #: the version that it extends; 0: it is whole
    since: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    cursor: Mapped[int]
    epoch: Mapped[str]
    #: the answer's body, byte for byte: the signature covers what is in it
    body: Mapped[bytes] = mapped_column(LargeBinary)
