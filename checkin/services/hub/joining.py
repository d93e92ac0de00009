"""Make an installation the hub of an event: keep the pairing, and open its own account."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from checkin.db.models import EntryStop, Operator, Role, Upstream
from checkin.domain.gates.hub_numbers import OWN_NUMBERS
from checkin.protocol.base64url import bytes_of
from checkin.services.accounts.operators import add_operator


@dataclass(frozen=True, slots=True)
class CentralServer:
    """Where the central server is, and what verifies it.

    Attributes:
        authority: PEM of its own certificate authority; "": those of the system.
    """

    url: str
    authority: str


def keep_upstream(
    session: Session, server: CentralServer, name: str, paired: Mapping[str, Any]
) -> Upstream:
    """Keep what the pairing has given; the event's row comes with the mirror."""
    link = Upstream(
        id=1,
        url=server.url,
        authority=server.authority,
        hub_id=paired["hub_id"],
        name=name,
        token=paired["hub_token"],
        event_id=0,
        list_public_key=paired["list_public_key"],
        walk_in_key=bytes_of(paired["walk_in_key"]),
        certificate=paired["certificate"],
        epoch="",
        counter="",
        mirror_etag="",
        scans_until=0,
        arrivals_until=0,
    )
    session.add(link)
    session.flush()
    return link


def has_account(session: Session) -> bool:
    """Say whether whoever looks after the hub has an account at it."""
    return session.get(Operator, OWN_NUMBERS) is not None


def open_account(session: Session, *, name: str, email: str, now: datetime) -> str:
    """Open the account of whoever looks after the hub, and return its first password.

    Its number, and that of a stop that is lifted already, let everything that is made here be
    numbered apart from the central server's rows.
    """
    new = add_operator(session, email=email, name=name, role=Role.ORGANISER, now=now)
    session.flush()
    session.execute(update(Operator).where(Operator.id == new.operator.id).values(id=OWN_NUMBERS))
    session.expire_all()
    event_id = session.get_one(Upstream, 1).event_id
    session.add(
        EntryStop(
            id=OWN_NUMBERS,
            event_id=event_id,
            message_fr="",
            message_ar="",
            message_en="",
            stopped_at=now,
            stopped_by=OWN_NUMBERS,
            lifted_at=now,
            lifted_by=OWN_NUMBERS,
        )
    )
    return new.password
