"""Fetch the sheet of an event from its address, and record how that went."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus

from sqlalchemy import update
from sqlalchemy.orm import Session

from checkin.db.models import SheetSource
from checkin.domain.integrations.sheets import SheetProblem, is_web_page
from checkin.domain.network.destinations import DestinationRefused
from checkin.errors import MarhabaError
from checkin.services.integrations.sheets import Opened
from checkin.services.network.outgoing import Answer, Bounds, Caller, CallFailed, CallProblem

#: as much as may be uploaded
BOUNDS = Bounds(total_s=30.0, most_bytes=10_000_000)
_LONGEST_TAG = 500
_OF_CALL = {
    CallProblem.UNREACHABLE: SheetProblem.UNREACHABLE,
    CallProblem.SLOW: SheetProblem.SLOW,
    CallProblem.LARGE: SheetProblem.LARGE,
    CallProblem.CERTIFICATE: SheetProblem.CERTIFICATE,
    CallProblem.NOT_HTTP: SheetProblem.NOT_WEB,
    CallProblem.REDIRECTS: SheetProblem.NOT_WEB,
}
_OF_STATUS: dict[int, SheetProblem] = {
    HTTPStatus.NOT_FOUND: SheetProblem.MISSING,
    HTTPStatus.GONE: SheetProblem.MISSING,
    HTTPStatus.UNAUTHORIZED: SheetProblem.FORBIDDEN,
    HTTPStatus.FORBIDDEN: SheetProblem.FORBIDDEN,
}


class SheetFault(MarhabaError):
    """A sheet was not read; `problem` says why, `details` what its sentence adds."""

    code = "sheet_fault"

    def __init__(self, problem: SheetProblem, *details: str) -> None:
        super().__init__(problem)
        self.problem, self.details = problem, list(details)


@dataclass(frozen=True, slots=True)
class Fetched:
    """A sheet as it came.

    Attributes:
        is_new: it is another one than the last that was read whole.
        etag, modified: what the other server calls this version.
    """

    content: bytes
    digest: bytes
    is_new: bool
    etag: str | None
    modified: str | None


def fetch(caller: Caller, opened: Opened, *, anew: bool = False) -> Fetched | None:
    """Fetch a sheet; None if the other server says that it is the one that was read already.

    Args:
        anew: whatever was read before.

    Raises:
        SheetFault: it did not come.
    """
    kept = opened.kept
    if opened.url is None:
        raise SheetFault(SheetProblem.KEY)
    headers = {"Accept": "text/csv, text/plain;q=0.9, */*;q=0.5"}
    digest = None if anew else kept.digest
    if digest is not None:
        told = {"If-None-Match": kept.etag, "If-Modified-Since": kept.modified}
        headers |= {name: value for name, value in told.items() if value}
    answer = _asked(caller, opened.url, headers)
    if answer.status == HTTPStatus.NOT_MODIFIED and digest is not None:
        return None
    if not answer.is_success:
        raise SheetFault(_OF_STATUS.get(answer.status, SheetProblem.STATUS), str(answer.status))
    if is_web_page(answer.headers.get("content-type", ""), answer.body):
        raise SheetFault(SheetProblem.WEB_PAGE)
    found = hashlib.sha256(answer.body).digest()
    return Fetched(
        answer.body,
        found,
        found != digest,
        _tag(answer, "etag"),
        _tag(answer, "last-modified"),
    )


def record_fault(session: Session, source_id: int, fault: SheetFault, now: datetime) -> None:
    """Record that a sheet was not read, and why; it is tried again at its time."""
    values = {"tried_at": now, "problem": fault.problem, "details": fault.details}
    session.execute(update(SheetSource).where(SheetSource.id == source_id).values(**values))


def record_same(session: Session, source_id: int, now: datetime) -> None:
    """Record that a sheet came and was the one that was read already."""
    values: dict[str, object] = {"tried_at": now, "fetched_at": now, "problem": None}
    session.execute(
        update(SheetSource).where(SheetSource.id == source_id).values(**values, details=[])
    )


def detail_texts(facts: Sequence[object]) -> list[str]:
    """Return what a sentence adds, as it is stored."""
    return [str(fact)[:200] for fact in facts]


def _asked(caller: Caller, url: str, headers: dict[str, str]) -> Answer:
    try:
        return caller.fetch(url, headers, BOUNDS)
    except DestinationRefused as fault:
        raise SheetFault(SheetProblem.NOT_ALLOWED, fault.reason) from fault
    except CallFailed as fault:
        raise SheetFault(_OF_CALL[fault.problem]) from fault


def _tag(answer: Answer, name: str) -> str | None:
    value = answer.headers.get(name, "")
    return value if 0 < len(value) <= _LONGEST_TAG and value.isprintable() else None
