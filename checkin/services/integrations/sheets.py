"""The sheet at an address of an event: set, looked at, paused, removed; when it is fetched next."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from checkin.db.models import (
    Event,
    Job,
    Lane,
    Participant,
    SheetDecision,
    SheetSource,
)
from checkin.domain.common.problems import Problem
from checkin.domain.integrations.sheets import (
    LONGEST,
    SHORTEST,
    Found,
    Waits,
    interval,
    settled,
    shortened,
)
from checkin.domain.people.importing.importing import Row
from checkin.domain.people.importing.sheets import RawSheet, SheetChoices, choices_of
from checkin.errors import NotFound
from checkin.services.common.activity import note
from checkin.services.common.keys import Keys
from checkin.services.common.purged import refuse_purged
from checkin.services.common.sealed_values import seal_values, unseal_values
from checkin.services.jobs.queue import FINAL, Asked, enqueue
from checkin.services.network.outgoing import Destination
from checkin.services.spreadsheets.table_json import (
    problem_as_json,
    problem_of,
    row_as_json,
    row_of,
)

#: the kinds of its jobs
FETCH, DECIDE = "sheet_fetch", "sheet_decide"


@dataclass(frozen=True, slots=True)
class Opened:
    """A sheet as its job reads it.

    Attributes:
        url: None where it was sealed with another master key.
        choices: None before the first look.
    """

    kept: SheetSource
    url: str | None
    choices: SheetChoices | None


@dataclass(frozen=True, slots=True)
class ShownDecision:
    """Something that waits, as its page shows it.

    Attributes:
        row: None where somebody has gone, or it was sealed with another master key.
        before: (column, value now, value then).
        person: who would be changed, or has gone.
    """

    id: int
    kind: Waits
    row: Row | None
    why: tuple[Problem, ...]
    before: tuple[tuple[str, str, str], ...]
    person: Participant | None
    is_acceptable: bool


def sheet_of(session: Session, event: Event) -> SheetSource | None:
    """Return the sheet of an event, if it has one."""
    return session.scalar(select(SheetSource).where(SheetSource.event_id == event.id))


def opened_sheet(session: Session, keys: Keys, event: Event) -> Opened:
    """Return the sheet of an event with its address.

    Raises:
        NotFound: there is none any more.
    """
    kept = sheet_of(session, event)
    if kept is None:
        raise NotFound("the event has no sheet at an address")
    values = unseal_values(keys, _place(event.id), kept.sealed)
    choices = choices_of(kept.choices) if kept.choices else None
    return Opened(kept, values["url"] if values else None, choices)


def set_sheet(
    session: Session,
    event: Event,
    keys: Keys,
    destination: Destination | None,
    minutes: int,
    *,
    operator_id: int,
    now: datetime,
) -> None:
    """Set or change the sheet of an event.

    Another address is another sheet, which has to be looked at first.

    Args:
        destination: None keeps the address that there is.

    Raises:
        NotFound: there is none to be kept.
        EventPurged: the event's personal data were erased.
    """
    refuse_purged(session, event.id)
    kept = sheet_of(session, event)
    if kept is None and destination is None:
        raise NotFound("the event has no sheet at an address")
    if destination is not None:
        if kept is not None:
            session.delete(kept)
            session.flush()
        sealed = seal_values(keys, _place(event.id), url=destination.written.url)
        host = shortened(destination.written.host)
        kept = SheetSource(
            event_id=event.id, operator_id=operator_id, sealed=sealed, host=host, set_at=now
        )
        kept.details = []
        session.add(kept)
    assert kept is not None  # noqa: S101 - one of both is there
    kept.every_minutes = min(max(minutes, SHORTEST), LONGEST)
    kept.operator_id = operator_id
    if kept.next_at is not None:
        kept.next_at = min(kept.next_at, now + interval(kept.every_minutes))
    session.flush()
    note(session, event.id, "sheet.set", now, operator_id=operator_id, host=kept.host)


def pause_sheet(
    session: Session, event: Event, *, is_paused: bool, operator_id: int, now: datetime
) -> None:
    """Fetch a sheet no more, or again; the address and what waits stay."""
    kept = sheet_of(session, event)
    if kept is None or (not is_paused and kept.choices is None):
        return
    if is_paused:
        kept.next_at = None
        note(session, event.id, "sheet.pause", now, operator_id=operator_id)
    else:
        kept.next_at = now
        note(session, event.id, "sheet.resume", now, operator_id=operator_id)


def remove_sheet(session: Session, event: Event, *, operator_id: int, now: datetime) -> None:
    """Forget a sheet, its address and what waits; the people stay."""
    kept = sheet_of(session, event)
    if kept is not None:
        session.delete(kept)
        note(session, event.id, "sheet.remove", now, operator_id=operator_id)


def look_at(session: Session, event: Event, draft_id: bytes) -> None:
    """Remember which uploaded list is the first look at the sheet."""
    session.execute(
        update(SheetSource).where(SheetSource.event_id == event.id).values(draft_id=draft_id)
    )


def keep_choices(
    session: Session,
    draft_id: bytes,
    sheets: Sequence[RawSheet],
    choices: SheetChoices,
    now: datetime,
) -> None:
    """Keep how a sheet is read, if the list that was asked about was the look at one.

    It is fetched by itself from then on; first when whoever looks at it has had time to register.
    """
    kept = session.scalar(select(SheetSource).where(SheetSource.draft_id == draft_id))
    if kept is None:
        return
    kept.choices = settled(sheets, choices).as_json()
    kept.digest = kept.etag = kept.modified = None
    kept.problem, kept.details = None, []
    kept.next_at = now + interval(kept.every_minutes)


def due_sheets(session: Session, now: datetime) -> Sequence[int]:
    """Return the ids of the events whose sheets are to be fetched now."""
    due = (
        select(SheetSource.event_id)
        .join(Event, Event.id == SheetSource.event_id)
        .where(SheetSource.next_at <= now, Event.purged_at.is_(None))
    )
    return session.scalars(due.order_by(SheetSource.event_id)).all()


def start_fetching(session: Session, keys: Keys, event_id: int, now: datetime) -> bool:
    """Ask for a job that fetches a sheet that is due; of two workers that look at once, one does.

    While a job of the sheet is under way none is asked for: it is due again soon.
    """
    minutes = session.scalar(
        select(SheetSource.every_minutes).where(SheetSource.event_id == event_id)
    )
    if minutes is None:
        return False
    claimed = session.execute(
        update(SheetSource)
        .where(SheetSource.event_id == event_id, SheetSource.next_at <= now)
        .values(next_at=now + interval(minutes))
    )
    if not claimed.rowcount:  # type: ignore[attr-defined]
        return False
    operator_id = session.scalar(
        select(SheetSource.operator_id).where(SheetSource.event_id == event_id)
    )
    return ask_for_job(session, keys, FETCH, event_id, operator_id, now) is not None


def ask_for_job(
    session: Session,
    keys: Keys,
    kind: str,
    event_id: int,
    operator_id: int | None,
    now: datetime,
    arguments: Mapping[str, Any] | None = None,
) -> int | None:
    """Ask for a job of a sheet, and return its id; None while another one is under way."""
    # Its row orders those who ask at once.
    held = select(SheetSource.id).where(SheetSource.event_id == event_id).with_for_update()
    if session.scalar(held) is None or running_job(session, event_id) is not None:
        return None
    asked = Asked(
        kind,
        Lane.UPLOADS,
        "sheet.show",
        dict(arguments or {}),
        event_id=event_id,
        operator_id=operator_id,
    )
    return enqueue(session, keys, asked, now).id


def running_job(session: Session, event_id: int) -> Job | None:
    """Return the job of a sheet that is under way or waits, if there is one."""
    return session.scalars(
        select(Job)
        .where(Job.kind.in_((FETCH, DECIDE)), Job.event_id == event_id, Job.state.not_in(FINAL))
        .order_by(Job.id)
        .limit(1)
    ).first()


def waiting_counts(session: Session, source_id: int) -> Mapping[str, int]:
    """Return how much waits, by its kind."""
    rows = session.execute(
        select(SheetDecision.kind, func.count().label("waits"))
        .where(SheetDecision.source_id == source_id, SheetDecision.dismissed_at.is_(None))
        .group_by(SheetDecision.kind)
    )
    return {row.kind: row.waits for row in rows}


def waiting_decisions(
    session: Session, keys: Keys, source: SheetSource, kind: Waits, *, after: int, most: int
) -> list[ShownDecision]:
    """Return what waits of a kind, in the order in which it was found."""
    rows = session.execute(
        select(SheetDecision, Participant)
        .outerjoin(
            Participant,
            (Participant.id == SheetDecision.participant_id)
            & (Participant.event_id == SheetDecision.event_id),
        )
        .where(
            SheetDecision.source_id == source.id,
            SheetDecision.kind == kind,
            SheetDecision.dismissed_at.is_(None),
            SheetDecision.id > after,
        )
        .order_by(SheetDecision.id)
        .limit(most)
    )
    return [_shown(keys, decision, person) for decision, person in rows]


def dismiss(
    session: Session,
    event: Event,
    *,
    ids: Sequence[int],
    kind: str,
    operator_id: int,
    now: datetime,
) -> int:
    """Leave what waits as it is, until the sheet says something else; return how much it was.

    Args:
        ids: which of them; all of the kind if there are none.
    """
    source = sheet_of(session, event)
    if source is None:
        return 0
    which = [SheetDecision.id.in_(ids)] if ids else [SheetDecision.kind == kind]
    done = session.execute(
        update(SheetDecision)
        .where(SheetDecision.source_id == source.id, SheetDecision.dismissed_at.is_(None), *which)
        .values(dismissed_at=now)
    )
    count: int = done.rowcount  # type: ignore[attr-defined]
    if count:
        note(session, event.id, "sheet.dismiss", now, operator_id=operator_id, count=count)
    return count


def sealed_decision(keys: Keys, event_id: int, found: Found) -> bytes | None:
    """Return what is kept of a row that waits; None for somebody who has gone."""
    if found.row is None:
        return None
    why = [problem_as_json(problem) for problem in found.why]
    kept = json.dumps([row_as_json(found.row), why, found.before])
    return seal_values(keys, f"{_place(event_id)} {found.mark.hex()}", kept=kept)


def opened_decision(
    keys: Keys, decision: SheetDecision
) -> tuple[Row, tuple[Problem, ...], tuple[tuple[str, str, str], ...]] | None:
    """Return the row that waits, why, and what it would change; None where it cannot be read."""
    place = f"{_place(decision.event_id)} {decision.mark.hex()}"
    values = unseal_values(keys, place, decision.sealed)
    if values is None:
        return None
    row, why, before = json.loads(values["kept"])
    return (
        row_of(row),
        tuple(problem_of(one) for one in why),
        tuple((column, now, then) for column, now, then in before),
    )


def _shown(keys: Keys, decision: SheetDecision, person: Participant | None) -> ShownDecision:
    row, why, before = opened_decision(keys, decision) or (None, (), ())
    kind = Waits(decision.kind)
    return ShownDecision(decision.id, kind, row, why, before, person, decision.is_acceptable)


def _place(event_id: int) -> str:
    return f"sheet of event {event_id}"
