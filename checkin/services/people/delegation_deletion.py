"""Delete a delegation that nobody belongs to."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, or_, select
from sqlalchemy.orm import Session

from checkin.db.models import (
    Admission,
    Application,
    ArrivalTally,
    Bus,
    CategoryWish,
    Delegation,
    Event,
    HourlyArrivals,
    ImportDraft,
    ImportRun,
    Job,
    LeasePlace,
    Operator,
    Participant,
    SelfRegistration,
)
from checkin.domain.common.problems import InvalidValue
from checkin.services.common.activity import note
from checkin.services.common.list_version import next_list_version
from checkin.services.common.lookup import by_id

#: what goes with a delegation; its jobs, because nobody could say any more who may see them
_ITS_OWN: tuple[Any, ...] = (
    *(Bus, SelfRegistration, ImportDraft, CategoryWish, ImportRun, Job, LeasePlace),
    ArrivalTally,
)
_IS_COUNTED = or_(
    ArrivalTally.arrived != 0, ArrivalTally.inside != 0, ArrivalTally.without_place != 0
)
#: what keeps a delegation, with the code of the problem
_NEEDED_BY: tuple[tuple[str, Any, tuple[Any, ...]], ...] = (
    ("delegation_has_people", Participant, ()),
    ("delegation_has_applications", Application, ()),
    ("delegation_has_arrivals", Admission, ()),
    ("delegation_has_arrivals", ArrivalTally, (_IS_COUNTED,)),
    ("delegation_has_arrivals", HourlyArrivals, ()),
    ("delegation_has_coordinators", Operator, ()),
)


def delete_delegation(
    session: Session, event: Event, delegation_id: int, *, operator_id: int | None, now: datetime
) -> None:
    """Delete a delegation with its buses, its link, its uploaded lists and what is lent of it.

    Raises:
        NotFound: the event has no such delegation.
        InvalidValue: it has participants, canceled ones too, or applications that wait, arrivals
            are counted with it, or an operator is its coordinator.
    """
    next_list_version(session, event.id)  # nobody is registered in it meanwhile
    delegation = by_id(session, event, Delegation, delegation_id)
    for code, table, more in _NEEDED_BY:
        count = _count(session, table, table.delegation_id == delegation.id, *more)
        if count:
            raise InvalidValue(code, delegation.name, str(count))
    for own in _ITS_OWN:
        session.execute(delete(own).where(own.delegation_id == delegation.id))
    session.delete(delegation)
    session.flush()
    note(session, event.id, "delegation.remove", now, operator_id=operator_id, name=delegation.name)


def _count(session: Session, table: Any, *which: Any) -> int:
    counted: int = session.execute(
        select(func.count()).select_from(table).where(*which)
    ).scalar_one()
    return counted
