"""What a hub brings to the central server: walk-ins, scans, and scans that were taken back."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, exists, func, select, update
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.orm import Session

from checkin.db.models import (
    Badge,
    Category,
    Device,
    GivenNumber,
    Participant,
    Scan,
    ScanFromUpstream,
    ScanOfStranger,
    WalkIn,
)
from checkin.domain.gates.hub_numbers import OWN_NUMBERS
from checkin.domain.scanning.verdict import WITHOUT_BADGE
from checkin.services.hub.upstream import forget_pages, note_counter, upstream

#: scans in a request, as in the contract's batches
MOST = 500
_REF_BYTES = 16

_IS_THERE = exists().where(ScanFromUpstream.scan_pk == Scan.id)


def scans_to_bring(session: Session) -> tuple[list[int], list[dict[str, Any]]]:
    """Return the next scans that the central server does not have: their numbers and bodies.

    Those of walk-ins whom it has not registered yet wait until it has. So does whatever a person
    did after a scan that was taken back, until it knows that: else they would be in already there.
    """
    link = upstream(session)
    rows = session.execute(
        _SCANS.where(
            Scan.event_id == link.event_id,
            Scan.id > link.scans_until,
            ~_IS_THERE,
            (Scan.participant_id.is_(None)) | (Scan.participant_id < OWN_NUMBERS),
        )
        .order_by(Scan.id)
        .limit(MOST)
    ).all()
    rows = rows[: _before_next_entry(rows)]
    lease_id = None if link.lease_id is None else str(link.lease_id)
    return [row.id for row in rows], [_scan_body(row, lease_id) for row in rows]


def _before_next_entry(rows: Sequence[Row[*tuple[Any, ...]]]) -> int:
    """Return how many scans there are before the next one of somebody who was taken back."""
    taken_back: set[int] = set()
    for number, row in enumerate(rows):
        if row.participant_id in taken_back:
            return number
        if row.annulled_at is not None and row.participant_id is not None:
            taken_back.add(row.participant_id)
    return len(rows)


def scans_waiting(session: Session) -> int:
    """Return how many scans the central server does not have."""
    link = upstream(session)
    waiting = select(func.count(Scan.id)).where(Scan.id > link.scans_until, ~_IS_THERE)
    return session.scalar(waiting) or 0


_SCANS = (
    select(
        *(Scan.id, Scan.scan_id, Scan.gate_id, Scan.device_id, Scan.code_hash, Scan.body_hash),
        *(Scan.direction, Scan.source, Scan.scanned_at, Scan.corrected_at),
        *(Scan.status, Scan.reason, Scan.decided_status, Scan.decided_reason),
        *(Scan.forced, Scan.force_reason),
        *(Scan.forced_by, Scan.participant_id, Scan.annulled_at),
        *(Badge.ref, Device.name.label("device"), ScanOfStranger.badge_ref.label("named_ref")),
        ScanOfStranger.participant_id.label("named_person"),
        func.coalesce(Participant.delegation_id, Scan.lost_delegation_id).label("delegation_id"),
    )
    .join(Device, Device.id == Scan.device_id)
    .outerjoin(Badge, Badge.id == Scan.badge_id)
    .outerjoin(Participant, Participant.id == Scan.participant_id)
    .outerjoin(ScanOfStranger, ScanOfStranger.scan_id == Scan.scan_id)
)


def _scan_body(row: Row[*tuple[Any, ...]], lease_id: str | None) -> dict[str, Any]:
    # A gate that was cut off from this hub, too, has decided itself: that is what happened.
    status = row.decided_status or row.status
    reason = row.decided_reason if row.decided_status else row.reason
    body = {
        "scan_id": str(row.scan_id),
        "type": row.direction,
        "source": row.source,
        "scanned_at": text_of(row.scanned_at),
        "corrected_at": text_of(row.corrected_at),
        "decided": {"status": status, "reason": reason},
        "device": device_body(row.device_id, row.device, row.gate_id),
        **_whom(row),
    }
    if row.forced:
        body |= {"force": True, "force_reason": row.force_reason, "forced_by": row.forced_by}
    if row.delegation_id is not None:
        body["delegation_id"] = row.delegation_id
    if lease_id is not None and status == "ok":
        body["lease_id"] = lease_id
    return body


def _whom(row: Row[*tuple[Any, ...]]) -> dict[str, Any]:
    """Return whom a scan is about, as the contract names them.

    A text that nobody's badge has is known here by its hashes alone: a ref that nobody has stands
    for it, so that the refusal counts, and the hash of what the device sent, which may bring the
    scan itself.
    """
    if row.participant_id is not None and (row.ref is None or row.source in WITHOUT_BADGE):
        return {"participant_id": row.participant_id}
    if row.named_person is not None:
        return {"participant_id": row.named_person}
    if ref := row.ref or row.named_ref:
        return {"badge_ref": ref.hex()}
    nobody = hashlib.sha256(b"marhaba unknown code" + row.code_hash).digest()[:_REF_BYTES]
    return {"badge_ref": nobody.hex(), "sent_hash": row.body_hash.hex()}


def device_body(device_id: int, name: str, gate_id: int) -> dict[str, Any]:
    """Return how the central server is told which device it was, and at which gate it stood."""
    if device_id >= OWN_NUMBERS:
        return {"local_id": device_id, "name": name, "gate_id": gate_id}
    return {"id": device_id, "gate_id": gate_id}


def scans_brought(session: Session, numbers: Sequence[int], counter: str = "") -> None:
    """Remember that the central server has these scans, and the highest number of its log."""
    note_counter(session, counter)
    if numbers:
        statement = insert(ScanFromUpstream).on_conflict_do_nothing()
        session.execute(statement, [{"scan_pk": number, "annulled": False} for number in numbers])
    _move_on(session)


def _move_on(session: Session) -> None:
    """Remember up to which number the central server has all scans."""
    link = upstream(session)
    lacking = session.scalar(
        select(func.min(Scan.id)).where(Scan.id > link.scans_until, ~_IS_THERE)
    )
    highest = session.scalar(select(func.max(Scan.id))) or 0
    link.scans_until = highest if lacking is None else lacking - 1


def walk_ins_to_bring(session: Session) -> tuple[dict[str, int], list[dict[str, Any]]]:
    """Return the walk-ins whom the central server has not registered: numbers by id, and bodies."""
    rows = session.execute(
        select(
            *(WalkIn.id, WalkIn.device_id, WalkIn.participant_id, Device.name.label("device")),
            *(Device.gate_id, Participant.delegation_id, Participant.name, Participant.name_ar),
            *(Participant.email, Participant.phone, Participant.registered_at),
            Category.name.label("category"),
        )
        .join(Participant, Participant.id == WalkIn.participant_id)
        .join(Category, Category.id == Participant.category_id)
        .join(Device, Device.id == WalkIn.device_id)
        .where(
            Participant.id >= OWN_NUMBERS,
            Participant.id.not_in(select(GivenNumber.own_id)),
        )
        .order_by(Participant.id)
        .limit(MOST)
    ).all()
    bodies = [
        {
            "walk_in_id": str(row.id),
            "device": device_body(row.device_id, row.device, row.gate_id),
            "at": text_of(row.registered_at),
            "delegation_id": row.delegation_id,
            "category": row.category,
            "name": row.name,
            "name_ar": row.name_ar,
            "email": row.email,
            "phone": row.phone,
            "admitted_offline": True,
        }
        for row in rows
    ]
    return {str(row.id): row.participant_id for row in rows}, bodies


def walk_ins_brought(
    session: Session, own: Mapping[str, int], results: Sequence[Mapping[str, Any]]
) -> None:
    """Remember the numbers that the central server has given to walk-ins, and whom it refuses."""
    refused = [own[one["walk_in_id"]] for one in results if one.get("error")]
    names = select(Participant.name).where(Participant.id.in_(refused)).order_by(Participant.name)
    upstream(session).refused = [*session.scalars(names)]
    rows = [
        {
            "own_id": own[one["walk_in_id"]],
            "number": one["participant_id"],
        }
        for one in results
        if one["walk_in_id"] in own and one.get("participant_id")
    ]
    if rows:
        session.execute(insert(GivenNumber).on_conflict_do_nothing(), rows)
        # It counts them now, and they are counted here no more.
        forget_pages(session, "delegation")


def annulments_to_bring(session: Session) -> list[dict[str, Any]]:
    """Return the next scans that were taken back, and that the central server has as they were."""
    link = upstream(session)
    rows = session.execute(
        select(Scan.scan_id, Scan.annulled_at, Scan.annul_reason)
        .join(ScanFromUpstream, ScanFromUpstream.scan_pk == Scan.id)
        .where(
            Scan.event_id == link.event_id,
            Scan.annulled_at.is_not(None),
            ScanFromUpstream.annulled.is_(False),
        )
        .order_by(Scan.annulled_at, Scan.id)
        .limit(MOST)
    ).all()
    return [
        {
            "scan_id": str(row.scan_id),
            "at": text_of(row.annulled_at),
            "reason": row.annul_reason or "",
        }
        for row in rows
    ]


def annulments_brought(session: Session, brought: Sequence[Mapping[str, Any]]) -> None:
    """Remember that the central server was told of these."""
    note_annulled(session, [UUID(one["scan_id"]) for one in brought])


def note_annulled(session: Session, scan_ids: Sequence[UUID]) -> None:
    """Remember that the central server knows that these were taken back."""
    scans = select(Scan.id).where(Scan.scan_id.in_(scan_ids), Scan.annulled_at.is_not(None))
    session.execute(
        update(ScanFromUpstream)
        .where(ScanFromUpstream.scan_pk.in_(scans))
        .values(annulled=True)
        .execution_options(synchronize_session=False)
    )


def text_of(moment: datetime) -> str:
    """Return a moment as the contract writes it."""
    return moment.isoformat().replace("+00:00", "Z")
