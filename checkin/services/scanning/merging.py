"""Merge two records of one person, and take that back; say beforehand what either would do.

The kept record gets the other's admissions, scans and messages; the other's badges stay its own,
are revoked, and name the kept person when they are scanned. Which record is kept is decided in
`checkin/domain/people/merging.py`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from checkin.db.models import Badge, Event, MergedRecord, Participant
from checkin.domain.people.merging import Merge, Parting, Record, merge_of, parting_of
from checkin.errors import Conflict, InvalidRequest, MergedAway, NotFound, PlaceGone
from checkin.services.badges.issue import mark_revoked, working_badge
from checkin.services.badges.merged import badges_of_record, return_merged_records
from checkin.services.common.activity import note as note_activity
from checkin.services.common.list_version import bump_list_version, next_list_version
from checkin.services.common.lookup import by_id
from checkin.services.people.registering.merged_registrations import (
    Pair,
    former_record,
    join_registrations,
    kept_returning,
    move_up_after,
    next_waiting,
    part_registrations,
    places_free,
    queue_own_badge,
    record_of,
)
from checkin.services.people.registering.registration import tell_of_registration
from checkin.services.scanning.conflicts import reason_given
from checkin.services.scanning.merged_stays import (
    Rewriting,
    former_states,
    joined_stays,
    lock_scans,
    move_history,
    parted_stays,
    write_stays,
)
from checkin.services.scanning.possible_duplicates import (
    reopen_merged_duplicate,
    settle_merged_duplicate,
)


@dataclass(frozen=True, slots=True)
class Wish:
    """What an operator confirmed about a merge.

    Attributes:
        kept_id: the record that they were told is kept.
        from_other: the keys of the fields of which the other's value is kept.
        note: why, in their words.
    """

    kept_id: int
    from_other: Collection[str]
    note: str


@dataclass(frozen=True, slots=True)
class MergePlan:
    """What a merge would do.

    Attributes:
        badge: the other's working badge, which would be revoked; None where it has none.
        moving_up: who would be confirmed from the reserve lists.
    """

    kept: Participant
    other: Participant
    merge: Merge
    badge: Badge | None
    moving_up: Sequence[Participant]


@dataclass(frozen=True, slots=True)
class PartingPlan:
    """What taking back a merge would do."""

    merged: MergedRecord
    kept: Participant
    other: Participant
    parting: Parting
    former: Record


def merge_plan(
    session: Session, event: Event, one_id: int, two_id: int, now: datetime
) -> MergePlan:
    """Return what merging two records would do; nothing is written.

    Raises:
        InvalidRequest: it is one record.
        NotFound: the event has not both.
        MergedAway: one of them was merged before.
    """
    one, two = _two(session, event, one_id, two_id)
    merge = merge_of(record_of(session, one), record_of(session, two))
    kept, other = (one, two) if merge.kept.id == one.id else (two, one)
    moving = [
        waiting
        for of, count in merge.freed.items()
        for waiting in _would_move_up(session, merge, of, count, now)
    ]
    return MergePlan(kept, other, merge, working_badge(session, other.id), moving)


def merge_records(
    session: Session,
    event: Event,
    one_id: int,
    two_id: int,
    wish: Wish,
    *,
    now: datetime,
    operator_id: int | None = None,
) -> int:
    """Merge two records of one person, and return the id of the other one, which is not kept.

    Merging the same two again changes nothing.

    Raises:
        InvalidRequest: it is one record, no name would be kept, or no note is given.
        NotFound: the event has not both.
        MergedAway: one of them was merged with a third one before.
        Conflict: what has happened since the operator looked makes the other record the kept one.
    """
    note = reason_given(wish.note)
    version = next_list_version(session, event.id)
    if (done := _merged_before(session, event, one_id, two_id)) is not None:
        return done
    one, two = _two(session, event, one_id, two_id, locked=True)
    merge = merge_of(record_of(session, one), record_of(session, two))
    if merge.kept.id != wish.kept_id:
        raise Conflict(f"no. {merge.kept.id} is kept now: look at the two once more")
    kept, other = (one, two) if merge.kept.id == one.id else (two, one)
    _merge(session, Pair(event, kept, other, now, operator_id), merge, wish, note, version)
    return other.id


def merged_record(session: Session, event: Event, participant_id: int) -> MergedRecord:
    """Return the merge of a record into another one.

    Raises:
        NotFound: the event has no such record, or it is not merged.
    """
    merged = session.get(MergedRecord, participant_id)
    if merged is None or merged.event_id != event.id:
        raise NotFound(f"no. {participant_id} is not merged into another record")
    return merged


def records_merged_into(session: Session, person: Participant) -> Sequence[MergedRecord]:
    """Return the merges of which a person's record is the kept one, the first one first."""
    return session.scalars(
        select(MergedRecord)
        .where(MergedRecord.event_id == person.event_id, MergedRecord.kept_id == person.id)
        .order_by(MergedRecord.merged_at, MergedRecord.participant_id)
    ).all()


def parting_plan(session: Session, event: Event, participant_id: int, now: datetime) -> PartingPlan:
    """Return what taking back the merge of a record would do; nothing is written.

    Raises:
        NotFound: the event has no such record, or it is not merged.
        MergedAway: the kept record was merged into a third one: that is to be taken back first.
    """
    merged = merged_record(session, event, participant_id)
    pair = _pair_of(session, event, merged, now, None)
    return _parting(session, pair, merged, _parted(session, pair, merged))


def take_merge_back(
    session: Session,
    event: Event,
    participant_id: int,
    *,
    now: datetime,
    operator_id: int | None = None,
) -> int:
    """Take back the merge of a record, and return the id of the one that was kept.

    Each is again what it was, with the scans of its own badges. Where the other's place was given
    to somebody else, it joins the end of the reserve list.

    Raises:
        NotFound: the event has no such record, or it is not merged.
        MergedAway: the kept record was merged into a third one: that is to be taken back first.
        PlaceGone: the other's person has arrived, and their place was given to somebody else.
    """
    version = next_list_version(session, event.id)
    merged = merged_record(session, event, participant_id)
    _lock(session, (merged.kept_id, merged.participant_id))
    pair = _pair_of(session, event, merged, now, operator_id)
    parted = _parted(session, pair, merged)
    plan = _parting(session, pair, merged, parted)
    if not plan.parting.is_possible:
        raise PlaceGone(f"no. {participant_id} has arrived, and their delegation is full")
    _part(session, pair, plan, parted, version)
    return pair.kept.id


def _merge(
    session: Session,
    pair: Pair,
    merge: Merge,
    wish: Wish,
    note: str,
    version: int,
) -> None:
    kept, other, now = pair.kept, pair.other, pair.now
    badges, standing = badges_of_record(session, other), kept.standing
    badge = working_badge(session, other.id)
    mark_revoked(session, badge, version, now)
    joined = joined_stays(session, kept, other, now)
    former = join_registrations(session, pair, merge, wish.from_other, version)
    former |= {"stays": former_states(joined), "revoked": badge and str(badge.id)}
    _annul_scans(session, pair, [one for one in joined if one.is_taken_back], note)
    move_history(session, other, kept, badges)
    write_stays(session, joined, now)
    session.add(_record(pair, note, former))
    move_up_after(session, pair, version)
    bump_list_version(session, [kept.id], version)
    queue_own_badge(session, pair.event, kept, now)
    settle_merged_duplicate(session, kept.id, other.id, note, pair.operator_id, now)
    tell_of_registration(session, other, now, merged_into=kept.id)
    if kept.standing != standing:
        tell_of_registration(session, kept, now)
    note_activity(
        session,
        pair.event.id,
        "participant.merge",
        now,
        operator_id=pair.operator_id,
        participant_id=kept.id,
        merged_id=other.id,
        note=note,
    )


def _part(
    session: Session,
    pair: Pair,
    plan: PartingPlan,
    parted: Sequence[Rewriting],
    version: int,
) -> None:
    kept, other, merged = pair.kept, pair.other, plan.merged
    standing = kept.standing
    part_registrations(session, pair, merged, plan.parting, version)
    return_merged_records(session, other)
    for one in parted:
        if one.counts_again:
            one.scan.annulled_at = one.scan.annul_reason = None
    move_history(session, kept, other, badges_of_record(session, other))
    write_stays(session, parted, pair.now)
    _let_badge_work(session, merged)
    reopen_merged_duplicate(session, kept.id, other.id, merged.merged_at)
    session.delete(merged)
    session.flush()
    move_up_after(session, pair, version)
    bump_list_version(session, [kept.id, other.id], version)
    for person in (kept, other):
        queue_own_badge(session, pair.event, person, pair.now)
    tell_of_registration(session, other, pair.now)
    if kept.standing != standing:
        tell_of_registration(session, kept, pair.now)
    note_activity(
        session,
        pair.event.id,
        "participant.unmerge",
        pair.now,
        operator_id=pair.operator_id,
        participant_id=kept.id,
        merged_id=other.id,
    )


def _two(
    session: Session, event: Event, one_id: int, two_id: int, *, locked: bool = False
) -> tuple[Participant, Participant]:
    if one_id == two_id:
        raise InvalidRequest("two records are merged: choose another one than this")
    if locked:
        _lock(session, (one_id, two_id))
    one, two = (
        by_id(session, event, Participant, number, fresh=True) for number in (one_id, two_id)
    )
    for person in (one, two):
        if person.merged_into is not None:
            raise MergedAway(f"no. {person.id} was merged into no. {person.merged_into}")
    return one, two


def _lock(session: Session, participant_ids: Collection[int]) -> None:
    """Wait for scans of both that are being written; those that come now wait for the commit."""
    people = select(Participant.id).where(Participant.id.in_(participant_ids))
    session.execute(people.order_by(Participant.id).with_for_update()).all()
    lock_scans(session, participant_ids)


def _merged_before(session: Session, event: Event, one_id: int, two_id: int) -> int | None:
    """Return which of the two is merged into the other one; None if neither is."""
    for number, kept_id in ((one_id, two_id), (two_id, one_id)):
        merged = session.get(MergedRecord, number)
        if merged is not None and (merged.event_id, merged.kept_id) == (event.id, kept_id):
            return number
    return None


def _pair_of(
    session: Session, event: Event, merged: MergedRecord, now: datetime, operator_id: int | None
) -> Pair:
    kept, other = (
        by_id(session, event, Participant, number, fresh=True)
        for number in (merged.kept_id, merged.participant_id)
    )
    if kept.merged_into is not None:
        raise MergedAway(
            f"no. {kept.id} was merged into no. {kept.merged_into}: take that back first"
        )
    return Pair(event, kept, other, now, operator_id)


def _would_move_up(
    session: Session, merge: Merge, delegation_id: int, freed: int, now: datetime
) -> Sequence[Participant]:
    free = places_free(session, delegation_id, now) + freed
    waiting = next_waiting(session, delegation_id, free + 1)
    return [one for one in waiting if one.id not in (merge.kept.id, merge.other.id)][:free]


def _parted(session: Session, pair: Pair, merged: MergedRecord) -> list[Rewriting]:
    badges, stays = badges_of_record(session, pair.other), merged.former["stays"]
    return parted_stays(session, pair.kept, pair.other, badges, stays, merged.merged_at)


def _parting(
    session: Session, pair: Pair, merged: MergedRecord, parted: Sequence[Rewriting]
) -> PartingPlan:
    kept, other = pair.kept, pair.other
    before = former_record(other, merged.former["other"])
    parting = parting_of(
        record_of(session, kept),
        _with_arrival(former_record(kept, kept_returning(kept, merged.former)), parted),
        _with_arrival(before, parted),
        places_free(session, other.delegation_id, pair.now),
    )
    return PartingPlan(merged, kept, other, parting, _with_arrival(before, parted))


def _with_arrival(record: Record, parted: Iterable[Rewriting]) -> Record:
    for one in parted:
        state = one.state
        if one.stands and (state.participant_id, state.entry_no) == (record.id, 1):
            return replace(
                record,
                arrived_at=one.admission.admitted_at,
                without_place=state.without_place,
            )
    return record


def _let_badge_work(session: Session, merged: MergedRecord) -> None:
    """Let the badge work again that the merge had revoked."""
    revoked = merged.former["revoked"]
    if revoked:
        session.get_one(Badge, UUID(revoked)).revoked_at = None
        session.flush()


def _annul_scans(session: Session, pair: Pair, taken_back: Iterable[Rewriting], note: str) -> None:
    for one in taken_back:
        one.scan.annulled_at, one.scan.annul_reason = pair.now, note
        note_activity(
            session,
            pair.kept.event_id,
            "scan.annul",
            pair.now,
            operator_id=pair.operator_id,
            scan_id=str(one.scan.scan_id),
            reason=note,
        )


def _record(pair: Pair, note: str, former: dict[str, object]) -> MergedRecord:
    return MergedRecord(
        participant_id=pair.other.id,
        event_id=pair.kept.event_id,
        kept_id=pair.kept.id,
        merged_at=pair.now,
        merged_by=pair.operator_id,
        note=note,
        former=former,
    )
