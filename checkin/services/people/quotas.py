"""An event's delegations and their quotas: added and changed by forms, or read from a sheet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, or_, select, update
from sqlalchemy.orm import Session

from checkin.db.models import Delegation, Event, Participant
from checkin.domain.common.names import fold_name
from checkin.domain.common.problems import FieldProblem
from checkin.domain.people.quotas import (
    DelegationDetails,
    KeptPlaces,
    KnownDelegation,
    PlannedQuota,
    QuotaAction,
    QuotaRow,
    plan_quotas,
    too_few,
)
from checkin.domain.scanning.facts import RegistrationStatus
from checkin.errors import NotFound, QuotaBelowPlacesTaken
from checkin.services.common.activity import note
from checkin.services.common.list_version import bump_list_version_where, next_list_version
from checkin.services.events.events import add_delegation
from checkin.services.people.places import unlent_places, untaken_places
from checkin.services.people.reserve_list import move_up


def known_delegations(session: Session, event: Event, now: datetime) -> Sequence[KnownDelegation]:
    """Return an event's delegations by name, with how many of their places are taken."""
    rows = session.execute(
        select(
            Delegation,
            (Delegation.quota - untaken_places()).label("taken"),
            (untaken_places() - unlent_places(now)).label("lent"),
        )
        .where(Delegation.event_id == event.id)
        .order_by(Delegation.name)
    )
    return [
        KnownDelegation(
            one.id,
            one.name,
            one.name_ar,
            one.quota,
            max(0, taken),
            KeptPlaces(one.kept_places, one.kept_percent),
            lent,
            one.coordinator_phone,
        )
        for one, taken, lent in rows
    ]


def waiting_in(session: Session, event: Event) -> Mapping[int, int]:
    """Return how many people wait in each delegation of an event; 0 of them are left out."""
    rows = session.execute(
        select(Participant.delegation_id, func.count().label("people"))
        .where(
            Participant.event_id == event.id,
            Participant.standing == RegistrationStatus.RESERVE,
        )
        .group_by(Participant.delegation_id)
    )
    return {row.delegation_id: row.people for row in rows}


def known_delegation(
    session: Session, event: Event, delegation_id: int, now: datetime
) -> KnownDelegation:
    """Return a delegation of an event, with how many of its places are taken.

    Raises:
        NotFound: the event has no such delegation.
    """
    for one in known_delegations(session, event, now):
        if one.id == delegation_id:
            return one
    raise NotFound(f"no delegation has the number {delegation_id}")


def new_delegation(
    session: Session, event: Event, details: DelegationDetails, *, operator_id: int, now: datetime
) -> None:
    """Add a delegation.

    Raises:
        FieldProblem: another one has this name.
    """
    next_list_version(session, event.id)  # so that two organisers do not add the same name
    _refuse_taken(details, known_delegations(session, event, now))
    _add(session, event, details, operator_id, now)


def change_delegation(
    session: Session,
    event: Event,
    delegation_id: int,
    details: DelegationDetails,
    *,
    operator_id: int,
    now: datetime,
    is_told: bool = True,
) -> None:
    """Rename a delegation or change its quota; when it grows, the reserve list moves up.

    Args:
        is_told: whether those who move up are written to, see `move_up`.

    Raises:
        NotFound: the event has no such delegation.
        FieldProblem: another one has this name, or more places are taken than the new quota has.
    """
    next_list_version(session, event.id)
    delegations = known_delegations(session, event, now)
    known = next((one for one in delegations if one.id == delegation_id), None)
    if known is None:
        raise NotFound(f"no delegation has the number {delegation_id}")
    _refuse_taken(details, [one for one in delegations if one is not known])
    if problem := too_few(details.quota, known):
        raise FieldProblem("quota", problem.code, problem.value, *problem.hints)
    _change(session, event, known, details, operator_id, now, is_told=is_told)


def apply_quotas(
    session: Session,
    event: Event,
    rows: Sequence[QuotaRow],
    *,
    operator_id: int,
    now: datetime,
    is_told: bool = True,
) -> Sequence[PlannedQuota]:
    """Add and change delegations as the rows say; if one row is refused, nothing is written.

    The rows are planned again inside the transaction, with what was registered meanwhile.

    Args:
        is_told: whether those who move up from the reserve lists are written to, see `move_up`.
    """
    next_list_version(session, event.id)
    plan = plan_quotas(rows, known_delegations(session, event, now))
    if any(one.action == QuotaAction.REFUSE for one in plan):
        return plan
    for one in plan:
        if one.action == QuotaAction.ADD and one.details:
            _add(session, event, one.details, operator_id, now)
        elif one.action == QuotaAction.CHANGE and one.details and one.known:
            _change(session, event, one.known, one.details, operator_id, now, is_told=is_told)
    return plan


def _refuse_taken(details: DelegationDetails, others: Sequence[KnownDelegation]) -> None:
    for column, name in (("name", details.name), ("name_ar", details.name_ar)):
        for other in others:
            names = {fold_name(one) for one in (other.name, other.name_ar) if one}
            if name and fold_name(name) in names:
                raise FieldProblem(column, "name_taken", name, other.name)


def _add(
    session: Session, event: Event, details: DelegationDetails, operator_id: int, now: datetime
) -> None:
    added = add_delegation(session, event, details.name, details.quota, details.name_ar)
    added.kept_places, added.kept_percent = details.kept.places, details.kept.percent
    added.coordinator_phone = details.coordinator_phone
    session.flush()
    note(
        session,
        event.id,
        "delegation.add",
        now,
        operator_id=operator_id,
        delegation_id=added.id,
        name=added.name,
        quota=added.quota,
    )


def _change(
    session: Session,
    event: Event,
    known: KnownDelegation,
    details: DelegationDetails,
    operator_id: int,
    now: datetime,
    *,
    is_told: bool,
) -> None:
    who: dict[str, Any] = {"operator_id": operator_id, "is_told": is_told}
    if (details.name, details.name_ar) != (known.name, known.name_ar):
        _rename(session, event, known, details, operator_id, now)
    if details.coordinator_phone != known.coordinator_phone:
        _change_phone(session, event, known.id, details.coordinator_phone, operator_id, now)
    if details.kept != known.kept:
        keep_places(session, event, known.id, details.kept, now=now, **who)
    if details.quota != known.quota:
        set_quota(session, event, known.id, details.quota, now=now, **who)


def _rename(
    session: Session,
    event: Event,
    known: KnownDelegation,
    details: DelegationDetails,
    operator_id: int,
    now: datetime,
) -> None:
    delegation = session.get_one(Delegation, known.id)
    delegation.name, delegation.name_ar = details.name, details.name_ar
    delegation.folded = fold_name(details.name)
    session.flush()
    version = next_list_version(session, event.id)  # gate lists show the name
    bump_list_version_where(session, Participant.delegation_id == known.id, version)
    note(
        session,
        event.id,
        "delegation.rename",
        now,
        operator_id=operator_id,
        delegation_id=known.id,
        name=details.name,
        name_ar=details.name_ar,
    )


def _change_phone(
    session: Session,
    event: Event,
    delegation_id: int,
    phone: str | None,
    operator_id: int,
    now: datetime,
) -> None:
    session.get_one(Delegation, delegation_id).coordinator_phone = phone
    session.flush()
    version = next_list_version(session, event.id)  # it is sealed in the entries of its people
    bump_list_version_where(session, Participant.delegation_id == delegation_id, version)
    who = {"operator_id": operator_id, "delegation_id": delegation_id}
    note(session, event.id, "delegation.phone", now, **who)


def keep_places(
    session: Session,
    event: Event,
    delegation_id: int,
    kept: KeptPlaces,
    *,
    now: datetime,
    operator_id: int | None = None,
    is_told: bool = True,
) -> Sequence[int]:
    """Keep places of a delegation for gates without the network, or give them to the reserve list.

    Args:
        is_told: whether those who move up are written to, see `move_up`.

    Returns:
        The ids of the participants who were confirmed.
    """
    version = next_list_version(session, event.id)
    session.execute(
        update(Delegation)
        .where(Delegation.id == delegation_id, Delegation.event_id == event.id)
        .values(kept_places=kept.places, kept_percent=kept.percent)
    )
    note(
        session,
        event.id,
        "delegation.kept_places",
        now,
        operator_id=operator_id,
        delegation_id=delegation_id,
        kept=str(kept),
    )
    return move_up(session, event, delegation_id, version, now, is_told=is_told)


def set_quota(
    session: Session,
    event: Event,
    delegation_id: int,
    quota: int,
    *,
    now: datetime,
    operator_id: int | None = None,
    is_told: bool = True,
) -> Sequence[int]:
    """Change a delegation's quota; when it grows, the reserve list moves up.

    Args:
        is_told: whether those who move up are written to, see `move_up`.

    Returns:
        The ids of the participants who were confirmed.

    Raises:
        QuotaBelowPlacesTaken: it is lowered, and more places are confirmed, used by arrivals or
            lent to devices.
    """
    version = next_list_version(session, event.id)
    _write_quota(session, event, delegation_id, quota, now)
    bump_list_version_where(session, Participant.delegation_id == delegation_id, version)
    note(
        session,
        event.id,
        "delegation.quota",
        now,
        operator_id=operator_id,
        delegation_id=delegation_id,
        quota=quota,
    )
    return move_up(session, event, delegation_id, version, now, is_told=is_told)


def _write_quota(
    session: Session, event: Event, delegation_id: int, quota: int, now: datetime
) -> None:
    changed = session.execute(
        update(Delegation)
        .where(
            Delegation.id == delegation_id,
            Delegation.event_id == event.id,
            or_(Delegation.quota - unlent_places(now) <= quota, Delegation.quota <= quota),
        )
        .values(quota=quota)
    )
    if changed.rowcount == 0:  # type: ignore[attr-defined]
        taken = select(Delegation.quota - unlent_places(now)).where(Delegation.id == delegation_id)
        raise QuotaBelowPlacesTaken(
            f"{session.scalars(taken).one()} places are taken: give as many or more, or cancel "
            "registrations first; places that people inside use, or that devices are lent, stay"
        )
