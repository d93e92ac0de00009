"""Two registrations of one person: joined to one, with what each has and is, and parted again.

The other record stays stored: canceled, and marked with the one that is kept (`merged_into`).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from checkin.db.models import (
    Admission,
    Badge,
    Bus,
    BusPassenger,
    Consent,
    Delegation,
    Event,
    MergedRecord,
    Message,
    MessageState,
    Participant,
)
from checkin.domain.messages.kinds import BADGE_KINDS
from checkin.domain.people.merging import Merge, Parting, Record, changes_by
from checkin.domain.people.place_decisions import reinstating
from checkin.domain.scanning.facts import RegistrationStatus
from checkin.errors import BusFull, InvalidRequest
from checkin.services.people.badge_messages import queue_badge_messages
from checkin.services.people.bus_leaders import lead, leads
from checkin.services.people.buses import assign_people, leave_buses
from checkin.services.people.delegations import first_arrival
from checkin.services.people.moved_arrivals import arrival_of
from checkin.services.people.moving import settled
from checkin.services.people.names import keep_compared_names
from checkin.services.people.places import free_places
from checkin.services.people.reserve_list import (
    free_place,
    move_up,
    reserve_numbers,
    take_places,
)

_STANDING = ("standing", "reserve_no", "canceled_at")
_BLOCK = ("blocked", "blocked_at", "blocked_reason", "blocked_by")


@dataclass(frozen=True, slots=True)
class Pair:
    """The two records of a merge, with who changes them, and when.

    Attributes:
        kept, other: the two, read under the lock on the event's row.
    """

    event: Event
    kept: Participant
    other: Participant
    now: datetime
    operator_id: int | None = None


def record_of(session: Session, person: Participant) -> Record:
    """Return what a merge goes by of a participant."""
    arrival = session.scalar(select(Admission).where(first_arrival(person=person)))
    return Record(
        id=person.id,
        delegation_id=person.delegation_id,
        standing=RegistrationStatus(person.standing),
        reserve_no=person.reserve_no,
        registered_at=person.registered_at,
        arrived_at=arrival.admitted_at if arrival else None,
        without_place=bool(arrival and arrival.without_place),
    )


def join_registrations(
    session: Session,
    pair: Pair,
    merge: Merge,
    from_other: Collection[str],
    version: int,
) -> dict[str, Any]:
    """Make the other's registration a part of the kept one, and return what both were before.

    Raises:
        InvalidRequest: no name would be kept in either script.
    """
    kept, other = pair.kept, pair.other
    former: dict[str, Any] = {"other": _told(other, _STANDING), "kept": _told(kept, _STANDING)}
    former["bus_id"], former["led_bus"] = _bus_of(session, other), leads(session, other.id)
    leave_buses(session, [other.id], version)
    _set_merged(session, pair)
    _settle_kept(session, pair, merge, version)
    if merge.frees_place:
        free_place(session, other.delegation_id)
    former["kept_after"] = _told(kept, _STANDING)
    former["fields"] = _write_fields(session, pair, from_other)
    former["took_block"] = _share_block(pair)
    former["took_consent"] = _share_consent(session, pair)
    session.flush()
    former["took_bus"] = _take_seat(session, pair, former, version)
    return former


def move_up_after(session: Session, pair: Pair, version: int) -> Sequence[int]:
    """Let both reserve lists move up to the places that are free now; return who was confirmed.

    The admissions have to be joined, or parted, before: they use places.
    """
    delegations = sorted({pair.kept.delegation_id, pair.other.delegation_id})
    return [
        one for of in delegations for one in move_up(session, pair.event, of, version, pair.now)
    ]


def part_registrations(
    session: Session, pair: Pair, merged: MergedRecord, parting: Parting, version: int
) -> None:
    """Give both registrations back what they were, as far as nobody has changed it since.

    The caller has decided by `parting_of` that there is a place for the other one. The admissions
    are parted afterwards: until then the other one's arrival uses no place beside this one.
    """
    kept, other, former = pair.kept, pair.other, merged.former
    if parting.kept_returns and _told(kept, _STANDING) == former["kept_after"]:
        _restore_kept(session, kept, former)
    _restore_other(session, pair, former, parting, version)
    _restore_fields(kept, former["fields"])
    if former["took_block"] and _told(kept, _BLOCK) == _told(other, _BLOCK):
        _set(kept, dict.fromkeys(_BLOCK) | {"blocked": False})
    if former["took_consent"]:
        _drop_consent(session, kept)
    session.flush()
    _return_seat(session, pair, former, version)


def former_record(person: Participant, standing: dict[str, Any]) -> Record:
    """Return a record as it was, without arrivals."""
    return Record(
        id=person.id,
        delegation_id=person.delegation_id,
        standing=RegistrationStatus(standing["standing"]),
        reserve_no=standing["reserve_no"],
        registered_at=person.registered_at,
    )


def kept_returning(kept: Participant, former: dict[str, Any]) -> dict[str, Any]:
    """Return the standing that the kept record has when its merge is taken back."""
    standing: dict[str, Any] = former["kept"]
    now = _told(kept, _STANDING)
    return standing if now == former["kept_after"] else now


def places_free(session: Session, delegation_id: int, now: datetime) -> int:
    """Return how many places of a delegation are free."""
    return session.scalars(select(free_places(now)).where(Delegation.id == delegation_id)).one()


def next_waiting(session: Session, delegation_id: int, count: int) -> Sequence[Participant]:
    """Return the first people of a delegation's reserve list."""
    return session.scalars(
        select(Participant)
        .where(
            Participant.delegation_id == delegation_id,
            Participant.standing == RegistrationStatus.RESERVE,
        )
        .order_by(Participant.reserve_no)
        .limit(max(0, count))
    ).all()


def queue_own_badge(session: Session, event: Event, person: Participant, now: datetime) -> None:
    """Queue a confirmed person's badge, unless a badge of their own record went to their address.

    Messages of a record that was merged into theirs brought a badge that is refused now. One that
    came back is not sent there again.
    """
    own = (
        select(Message.id)
        .join(Badge, Badge.id == Message.badge_id)
        .where(
            Badge.participant_id == person.id,
            Message.kind.in_(BADGE_KINDS),
            Message.address.in_([one for one in (person.email, person.phone) if one]),
            Message.state != MessageState.FAILED,
        )
    )
    if person.standing == RegistrationStatus.CONFIRMED and session.scalar(own.limit(1)) is None:
        queue_badge_messages(session, event, [person.id], now)


def _told(person: Participant, columns: Sequence[str]) -> dict[str, Any]:
    """Return columns of a participant as JSON holds them."""
    values = {name: getattr(person, name) for name in columns}
    return {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in values.items()
    }


def _set(person: Participant, values: dict[str, Any]) -> None:
    for name, value in values.items():
        is_moment = name.endswith("_at") and isinstance(value, str)
        setattr(person, name, datetime.fromisoformat(value) if is_moment else value)


def _set_merged(session: Session, pair: Pair) -> None:
    kept, other = pair.kept, pair.other
    canceled = {"standing": RegistrationStatus.CANCELED, "reserve_no": None}
    _set(other, canceled | {"canceled_at": other.canceled_at or pair.now, "merged_into": kept.id})
    session.flush()
    # Whoever was merged into the other one is now, with it, a part of the kept one.
    session.execute(
        update(Participant)
        .where(Participant.merged_into == other.id)
        .values(merged_into=kept.id)
        .execution_options(synchronize_session=False)
    )


def _settle_kept(session: Session, pair: Pair, merge: Merge, version: int) -> None:
    kept = pair.kept
    standing, reserve_no = merge.standing, merge.reserve_no
    if merge.registers_again:
        standing, reserve_no = _registered_again(session, pair, version), None
    canceled_at = kept.canceled_at if standing == RegistrationStatus.CANCELED else None
    # All at once: the constraints hold them together.
    _set(kept, {"standing": standing, "reserve_no": reserve_no, "canceled_at": canceled_at})
    session.flush()


def _registered_again(session: Session, pair: Pair, version: int) -> RegistrationStatus:
    """Return what the kept record is that was canceled, and by which the person has arrived.

    No merge is refused for want of a place, and nobody who has arrived is put on a reserve list:
    where registering them again would be refused, they stay canceled, and inside.
    """
    of, decision = pair.kept.delegation_id, reinstating(arrival_of(session, pair.kept.id))
    found = settled(session, pair.event, decision, of, version, pair.now)
    return decision.standing if found == decision.standing else RegistrationStatus.CANCELED


def _place_or_number(
    session: Session, pair: Pair, delegation_id: int, version: int
) -> tuple[RegistrationStatus, int | None]:
    if take_places(session, pair.event, delegation_id, 1, version, pair.now):
        return RegistrationStatus.CONFIRMED, None
    return RegistrationStatus.RESERVE, next(reserve_numbers(session, delegation_id, 1))


def _restore_kept(session: Session, kept: Participant, former: dict[str, Any]) -> None:
    was, is_now = former["kept"], former["kept_after"]
    gives_place = is_now["standing"] == RegistrationStatus.CONFIRMED != was["standing"]
    _set(kept, was)
    session.flush()
    if gives_place:
        free_place(session, kept.delegation_id)


def _restore_other(
    session: Session, pair: Pair, former: dict[str, Any], parting: Parting, version: int
) -> None:
    other, was = pair.other, dict(former["other"])
    if was["standing"] == RegistrationStatus.CONFIRMED and not parting.other_returns:
        number = next(reserve_numbers(session, other.delegation_id, 1))
        was |= {"standing": RegistrationStatus.RESERVE, "reserve_no": number}
    elif was["standing"] == RegistrationStatus.CONFIRMED:
        was["standing"], was["reserve_no"] = _place_or_number(
            session, pair, other.delegation_id, version
        )
    other.merged_into = None
    _set(other, was)
    session.flush()


def _write_fields(
    session: Session, pair: Pair, from_other: Collection[str]
) -> dict[str, list[Any]]:
    """Write the chosen values, and return each changed column with its former and new value."""
    kept = pair.kept
    changes = changes_by(kept, pair.other, from_other)
    fields = {column: [getattr(kept, column), new] for column, new in changes.items()}
    names = {name: changes.get(name, getattr(kept, name)) for name in ("name", "name_ar")}
    if not any(names.values()):
        raise InvalidRequest("keep a name, in one script or the other")
    _set(kept, changes)
    keep_compared_names(kept)
    session.flush()
    return fields


def _restore_fields(kept: Participant, fields: dict[str, list[Any]]) -> None:
    unchanged = {
        column: before
        for column, (before, after) in fields.items()
        if getattr(kept, column) == after
    }
    _set(kept, unchanged)
    keep_compared_names(kept)


def _share_block(pair: Pair) -> bool:
    if pair.kept.blocked or not pair.other.blocked:
        return False
    _set(pair.kept, {name: getattr(pair.other, name) for name in _BLOCK})
    return True


def _share_consent(session: Session, pair: Pair) -> bool:
    theirs = session.get(Consent, pair.other.id)
    if theirs is None or session.get(Consent, pair.kept.id) is not None:
        return False
    session.add(
        Consent(
            participant_id=pair.kept.id,
            event_id=theirs.event_id,
            text_id=theirs.text_id,
            given_at=theirs.given_at,
        )
    )
    return True


def _drop_consent(session: Session, kept: Participant) -> None:
    consent = session.get(Consent, kept.id)
    if consent is not None:
        session.delete(consent)


def _bus_of(session: Session, person: Participant) -> int | None:
    return session.scalar(
        select(BusPassenger.bus_id).where(BusPassenger.participant_id == person.id)
    )


def _take_seat(session: Session, pair: Pair, former: dict[str, Any], version: int) -> bool:
    """Seat the kept one in the other's bus, where both are of one delegation and they have none."""
    if former["bus_id"] is None or _bus_of(session, pair.kept) is not None:
        return False
    return _seated(session, former, pair.kept, pair, version)


def _return_seat(session: Session, pair: Pair, former: dict[str, Any], version: int) -> None:
    bus_id = former["bus_id"]
    if bus_id is None:
        return
    if former["took_bus"] and _bus_of(session, pair.kept) == bus_id:
        leave_buses(session, [pair.kept.id], version)
    _seated(session, former, pair.other, pair, version)


def _seated(
    session: Session, former: dict[str, Any], person: Participant, pair: Pair, version: int
) -> bool:
    """Seat somebody where the other one sat, as its leader if that one led it."""
    bus = session.get(Bus, former["bus_id"])
    if bus is None:
        return False
    try:
        by, now = pair.operator_id, pair.now
        if not assign_people(session, bus, [person.id], now=now, operator_id=by):
            return False
    except BusFull:
        return False
    if former.get("led_bus"):
        lead(session, bus, person.id, version)
    return True
