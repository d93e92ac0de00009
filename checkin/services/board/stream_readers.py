"""Who reads a stream, how many an account may have open, and whether they may still read."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from checkin.db.engine import Database
from checkin.db.models import Device, Event, Operator, OperatorSession


class ReaderKind(StrEnum):
    """What a reader shows to be let in: a device's token, or the cookie of a session."""

    DEVICE = "device"
    SESSION = "session"


#: streams of one account at once, of the server's 208: the boards of an office and on its walls. A
#: line that breaks again and again leaves streams behind that are noticed as dead only later.
MOST_OF_AN_ACCOUNT = 32


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads a stream.

    Attributes:
        id: of the device, or of the operator's session.
        owner: the id of the operator; a device is its own.
    """

    kind: ReaderKind
    id: int
    owner: int

    @property
    def account(self) -> tuple[ReaderKind, int]:
        """The account whose streams are counted together."""
        return self.kind, self.owner


def device_reader(device_id: int) -> Reader:
    """Return a device as the reader of a stream."""
    return Reader(ReaderKind.DEVICE, device_id, device_id)


def session_reader(session_id: int, operator_id: int) -> Reader:
    """Return an operator's session as the reader of a stream."""
    return Reader(ReaderKind.SESSION, session_id, operator_id)


def allowed_readers(database: Database, readers: Collection[Reader]) -> Collection[Reader]:
    """Return which of these may still read: neither revoked, nor signed out, nor disabled.

    Sessions that end by the time alone are not looked at.
    """
    with database.read() as session:
        known = {
            ReaderKind.DEVICE: _paired(session, _ids(readers, ReaderKind.DEVICE)),
            ReaderKind.SESSION: _signed_in(session, _ids(readers, ReaderKind.SESSION)),
        }
    return [one for one in readers if one.id in known[one.kind]]


def _ids(readers: Collection[Reader], kind: ReaderKind) -> list[int]:
    return [one.id for one in readers if one.kind is kind]


def _paired(session: Session, ids: list[int]) -> set[int]:
    if not ids:
        return set()
    return set(
        session.scalars(
            select(Device.id)
            .join(Event, Event.id == Device.event_id)
            .where(Device.id.in_(ids), Device.revoked_at.is_(None), Event.purged_at.is_(None))
        )
    )


def _signed_in(session: Session, ids: list[int]) -> set[int]:
    if not ids:
        return set()
    return set(
        session.scalars(
            select(OperatorSession.id)
            .join(Operator, Operator.id == OperatorSession.operator_id)
            .where(OperatorSession.id.in_(ids), Operator.disabled_at.is_(None))
        )
    )
