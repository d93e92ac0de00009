"""Erase the rows that hold an event's personal data; counts per delegation, gate and hour stay."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Table, delete, select, text, update
from sqlalchemy.orm import Session

from checkin.db.models import (
    Activity,
    Admission,
    Announcement,
    AnnouncementPerson,
    AnnouncementText,
    Application,
    Badge,
    BadgePrint,
    BadgeRequest,
    Base,
    Bus,
    BusLeader,
    BusPassenger,
    CategoryWish,
    Conflict,
    Consent,
    Delegation,
    Device,
    Duplicate,
    EntryStop,
    Event,
    Flag,
    Gate,
    GateListPass,
    GateListSegment,
    HelpCall,
    HourlyArrivals,
    Hub,
    HubDevice,
    HubPairing,
    HubScan,
    ImportDraft,
    ImportedRow,
    ImportRun,
    Job,
    Lease,
    LeasePlace,
    LimitCounter,
    ListHeading,
    MergedRecord,
    Message,
    Operator,
    Outreach,
    Pairing,
    Participant,
    ReadToken,
    ReturningDevice,
    Scan,
    SelfRegistration,
    SheetDecision,
    SheetPerson,
    SheetSource,
    ShownPerson,
    WalkIn,
    Webhook,
    WebhookDelivery,
)
from checkin.domain.board.figures import arrivals_by
from checkin.services.backups.epochs import note_erased_scans
from checkin.services.events.days import days_of
from checkin.services.lifecycle.retention import Keepable, Kept
from checkin.services.limits.rules import FINDING_CONTACT, JOINING_CONTACT
from checkin.services.people.arrivals import arrival_groups

#: children first, so that no reference is left hanging
_PERSONAL: tuple[type[Base], ...] = (
    BusPassenger,
    BusLeader,
    Bus,
    ImportDraft,
    CategoryWish,
    ListHeading,
    ImportedRow,
    ImportRun,
    SheetDecision,
    SheetPerson,
    SheetSource,
    Job,
    Application,
    Consent,
    SelfRegistration,
    Message,
    WebhookDelivery,
    Webhook,
    ReadToken,
    AnnouncementPerson,
    AnnouncementText,
    Announcement,
    BadgePrint,
    Outreach,
    BadgeRequest,
    Conflict,
    Duplicate,
    MergedRecord,
    ShownPerson,
    HelpCall,
    Admission,
    HubScan,
    HubDevice,
    HubPairing,
    Scan,
    WalkIn,
    LeasePlace,
    Lease,
    GateListSegment,
    GateListPass,
    Badge,
    Activity,
    Pairing,
    ReturningDevice,
    Participant,
    Flag,
)


def erase_rows(session: Session, event: Event, kept: Kept, now: datetime) -> dict[str, int]:
    """Erase an event's personal data, and return how many rows of each table.

    The event is taken first, as by whoever changes participants: who was registered before it is
    erased, too, and nobody is registered after it.
    """
    session.execute(
        update(Event).where(Event.id == event.id).values(purged_at=now, rehearsal_since=None)
    )
    _keep_hours(session, event)
    note_erased_scans(session)
    rows = {table.__tablename__: _erase(session, table, event) for table in _PERSONAL}
    session.execute(update(Device).where(Device.event_id == event.id).values(name="", software=""))
    _forget_hubs(session, event)
    session.execute(
        update(Delegation).where(Delegation.event_id == event.id).values(coordinator_phone=None)
    )
    if Keepable.STOP_MESSAGES not in kept:
        rows["entry_stop"] = _erase(session, EntryStop, event)
    if Keepable.GATE_NAMES not in kept:
        rows["gate"] = _number_gates(session, event)
    if Keepable.COORDINATORS not in kept:
        rows["operator"] = _close_accounts(session, event, now)
    _forget_words_and_counters(session)
    return rows


def _forget_hubs(session: Session, event: Event) -> None:
    """Keep of a hub by what it is recognised, so that it is told to erase what it holds."""
    nothing: dict[str, Any] = {"name": "", "software": "", "authority": ""}
    nothing |= {"addresses": [], "reported": None}
    session.execute(update(Hub).where(Hub.event_id == event.id).values(nothing))


def revoke_devices(session: Session, event: Event, now: datetime) -> int:
    """Revoke all devices and hubs of an event, and return how many devices were in use."""
    session.execute(
        update(Hub).where(Hub.event_id == event.id, Hub.revoked_at.is_(None)).values(revoked_at=now)
    )
    revoked = session.execute(
        update(Device)
        .where(Device.event_id == event.id, Device.revoked_at.is_(None))
        .values(revoked_at=now, desk_salt=None)
    )
    count: int = revoked.rowcount  # type: ignore[attr-defined]
    return count


def _erase(session: Session, table: type[Base], event: Event) -> int:
    gone = session.execute(delete(table).where(_of(table, event)))
    count: int = gone.rowcount  # type: ignore[attr-defined]
    return count


def _of(table: type[Base], event: Event) -> ColumnElement[bool]:
    column: ColumnElement[int] = table.__table__.c.event_id
    return column == event.id


def _number_gates(session: Session, event: Event) -> int:
    gates = session.scalars(select(Gate).where(Gate.event_id == event.id).order_by(Gate.id)).all()
    for number, gate in enumerate(gates, 1):
        # Names are looked up without signs, so that none is in the way of these.
        gate.name, gate.name_ar, gate.folded = str(number), None, f"#{number}"
    session.flush()
    return len(gates)


def _close_accounts(session: Session, event: Event, now: datetime) -> int:
    """Take names and sign-ins from the accounts of the event's coordinators.

    The rows stay: the activity log of the installation names them by their numbers.
    """
    theirs = (
        select(Operator)
        .join(Delegation, Delegation.id == Operator.delegation_id)
        .where(Delegation.event_id == event.id)
    )
    accounts = session.scalars(theirs).all()
    for table in _tables_of_accounts():
        ids = [account.id for account in accounts]
        session.execute(delete(table).where(table.c.operator_id.in_(ids)))
    for account in accounts:
        account.name, account.email = "", f"account-{account.id}@erased.invalid"
        account.password_hash, account.pin_hash, account.totp_sealed = "", None, None
        account.disabled_at = account.disabled_at or now
    session.flush()
    return len(accounts)


def _tables_of_accounts() -> list[Table]:
    """Return the tables of what belongs to an account alone: sessions, links, factors."""
    return [
        table
        for table in Base.metadata.sorted_tables
        if "operator_id" in table.c
        and "event_id" not in table.c
        and any(key.column.table.name == "operator" for key in table.c.operator_id.foreign_keys)
    ]


def _forget_words_and_counters(session: Session) -> None:
    if session.get_bind().dialect.name == "sqlite":
        # The indexes of names keep deleted words until they are written anew.
        for index in ("participant_search", "participant_terms"):
            session.execute(text(f"INSERT INTO {index}({index}) VALUES('rebuild')"))
    # Hashes of who registered or asked for a badge; those of accounts stay, or a purge would be
    # worth new guesses.
    for rule in (JOINING_CONTACT, FINDING_CONTACT):
        session.execute(delete(LimitCounter).where(LimitCounter.key.startswith(rule.name)))


def _keep_hours(session: Session, event: Event) -> None:
    for day in days_of(session, event.id):
        groups = arrival_groups(session, event.id, day=day.number)
        hours = arrivals_by(groups, lambda of: (of.delegation_id, of.gate_id, of.hour_at))
        session.execute(  # what an earlier purge has kept is among the groups
            delete(HourlyArrivals).where(
                HourlyArrivals.event_id == event.id, HourlyArrivals.day == day.number
            )
        )
        session.add_all(
            HourlyArrivals(
                event_id=event.id,
                day=day.number,
                delegation_id=delegation,
                gate_id=gate,
                hour_at=hour,
                arrived=arrivals.all,
                arrived_reserve=arrivals.reserve,
                arrived_canceled=arrivals.canceled,
                overrides=arrivals.overrides,
                walk_ins=arrivals.walk_ins,
            )
            for (delegation, gate, hour), arrivals in hours.items()
        )
    session.flush()
