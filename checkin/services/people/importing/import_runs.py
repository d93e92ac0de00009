"""Lists that were registered: what each has done to whom, so that it can be taken back."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, exists, func, insert, select
from sqlalchemy.orm import Session

from checkin.db.models import Delegation, Event, ImportedRow, ImportRun, Operator, Participant
from checkin.domain.people.fields import KEY_OF
from checkin.domain.people.importing.importing import Action, PlannedRow
from checkin.domain.scanning.facts import RegistrationStatus


class TakenBack(StrEnum):
    """What has become of a row when its list was taken back."""

    #: whom it had added is canceled, or whom it had changed is as before
    DONE = "done"
    #: the person has arrived
    ARRIVED = "arrived"
    #: somebody has changed, canceled, blocked or merged the person since
    CHANGED = "changed"


#: somebody whom a list had added that was taken back: whoever is registered again is new
IS_TAKEN_BACK = (Participant.standing == RegistrationStatus.CANCELED) & exists().where(
    ImportedRow.participant_id == Participant.id,
    ImportedRow.action == Action.ADD,
    ImportedRow.outcome == TakenBack.DONE,
)


@dataclass(frozen=True, slots=True)
class SeenRun:
    """A list that was registered, as its page shows it.

    Attributes:
        delegation: None for a list of the whole event.
        by, taken_back_by: names of operators; None for the command line.
        added, changed: how many people, as it was registered.
        outcomes: how many rows by `TakenBack`, once it was taken back.
    """

    id: int
    delegation: str | None
    by: str | None
    began_at: datetime
    taken_back_at: datetime | None
    taken_back_by: str | None
    added: int
    changed: int
    outcomes: Mapping[str, int]

    @property
    def is_open(self) -> bool:
        """Whether any of its rows was never tried to be taken back."""
        return sum(self.outcomes.values()) < self.added + self.changed


@dataclass(frozen=True, slots=True)
class KeptRow:
    """A row that could not be taken back, with the person as they are now, and why."""

    number: int
    participant_id: int
    name: str
    name_ar: str | None
    outcome: str


def begin_run(
    session: Session,
    event: Event,
    delegation_id: int | None,
    operator_id: int | None,
    now: datetime,
) -> int:
    """Note that a list begins to be registered, and return the number by which it is taken back."""
    run = ImportRun(
        event_id=event.id, delegation_id=delegation_id, operator_id=operator_id, began_at=now
    )
    session.add(run)
    session.flush()
    return run.id


def record_rows(
    session: Session, event: Event, run_id: int, rows: Sequence[tuple[PlannedRow, int]]
) -> None:
    """Record what rows have done to which participants, as these are in the transaction now."""
    marks = marks_of(session, [one for _row, one in rows])
    session.connection().execute(
        insert(ImportedRow),
        [
            {
                "run_id": run_id,
                "number": row.row_number,
                "event_id": event.id,
                "participant_id": one,
                "action": row.action,
                "before": dict(row.before) if row.action == Action.CHANGE else None,
                "mark": marks[one],
                "outcome": None,
            }
            for row, one in rows
        ],
    )


def marks_of(session: Session, participant_ids: Sequence[int]) -> dict[int, bytes]:
    """Return a digest of each participant's values, which tells whether somebody changed them."""
    columns = [getattr(Participant, column) for column in (*KEY_OF, "blocked", "merged_into")]
    rows = session.connection().execute(
        select(Participant.id, *columns).where(Participant.id.in_(participant_ids))
    )
    return {
        number: hashlib.sha256(json.dumps(values, default=str).encode()).digest()
        for number, *values in rows
    }


def runs_of(
    session: Session, event: Event, *, own_delegation: int | None = None, number: int | None = None
) -> list[SeenRun]:
    """Return the lists that were registered, the last one first.

    Args:
        own_delegation: only its own lists.
        number: only the list of this number.
    """
    who, back = Operator.__table__.alias("who"), Operator.__table__.alias("back")
    wanted = (
        select(
            *(ImportRun.id, Delegation.name, who.c.name, ImportRun.began_at),
            *(ImportRun.taken_back_at, back.c.name.label("back_name")),
        )
        .outerjoin(Delegation, Delegation.id == ImportRun.delegation_id)
        .outerjoin(who, who.c.id == ImportRun.operator_id)
        .outerjoin(back, back.c.id == ImportRun.taken_back_by)
        .where(ImportRun.event_id == event.id, *_of(own_delegation, number))
        .order_by(ImportRun.id.desc())
    )
    counts = _counts(session, event)
    return [_seen(row, counts.get(row[0], {})) for row in session.execute(wanted)]


def _of(own_delegation: int | None, number: int | None) -> list[ColumnElement[bool]]:
    own = [] if own_delegation is None else [ImportRun.delegation_id == own_delegation]
    return own if number is None else [*own, ImportRun.id == number]


def _seen(row: Sequence[Any], counts: Mapping[tuple[str, str | None], int]) -> SeenRun:
    def of(action: Action) -> int:
        return sum(count for (done, _outcome), count in counts.items() if done == action)

    outcomes = {
        str(outcome): sum(count for (_done, one), count in counts.items() if one == outcome)
        for outcome in TakenBack
    }
    number, delegation, by, began_at, taken_back_at, taken_back_by = row
    return SeenRun(
        id=number,
        delegation=delegation,
        by=by,
        began_at=began_at,
        taken_back_at=taken_back_at,
        taken_back_by=taken_back_by,
        added=of(Action.ADD),
        changed=of(Action.CHANGE),
        outcomes=outcomes,
    )


def _counts(session: Session, event: Event) -> dict[int, dict[tuple[str, str | None], int]]:
    found: dict[int, dict[tuple[str, str | None], int]] = {}
    rows = session.execute(
        select(ImportedRow.run_id, ImportedRow.action, ImportedRow.outcome, func.count())
        .where(ImportedRow.event_id == event.id)
        .group_by(ImportedRow.run_id, ImportedRow.action, ImportedRow.outcome)
    )
    for run_id, action, outcome, count in rows:
        found.setdefault(run_id, {})[(action, outcome)] = count
    return found


def kept_rows(
    session: Session, run_id: int, most: int, *, own_delegation: int | None = None
) -> list[KeptRow]:
    """Return rows of a list that was taken back which stay, in their order.

    Args:
        own_delegation: only people who belong to it now.
    """
    own = [] if own_delegation is None else [Participant.delegation_id == own_delegation]
    rows = session.execute(
        select(
            *(ImportedRow.number, Participant.id, Participant.name, Participant.name_ar),
            ImportedRow.outcome,
        )
        .join(Participant, Participant.id == ImportedRow.participant_id)
        .where(
            ImportedRow.run_id == run_id,
            ImportedRow.outcome.in_((TakenBack.ARRIVED, TakenBack.CHANGED)),
            *own,
        )
        .order_by(ImportedRow.number)
        .limit(most)
    )
    return [KeptRow(*row[:4], outcome=row.outcome or "") for row in rows]
