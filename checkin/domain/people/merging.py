"""Decide what merging two records of one person does: who is kept, and what becomes of the places.

A merge keeps one record with its badge. The other one stays stored, stands for nobody, and whatever
was done with it counts for the kept one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime

from checkin.domain.people.fields import AskedIn, Field, asked_in
from checkin.domain.scanning.facts import RegistrationStatus

#: the fields of which a merge keeps one of two values, in the order of forms
COMPARED: tuple[Field, ...] = tuple(one for one in asked_in(AskedIn.EDIT) if one.column)

_BEST_FIRST = (
    RegistrationStatus.CONFIRMED,
    RegistrationStatus.RESERVE,
    RegistrationStatus.CANCELED,
)
_RANK = {standing: rank for rank, standing in enumerate(_BEST_FIRST)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What a merge goes by of one record.

    Attributes:
        reserve_no: the number on the delegation's reserve list; None for who does not wait.
        arrived_at: when the record's person first came in; None while they have not.
        without_place: that arrival took no place of the quota.
    """

    id: int
    delegation_id: int
    standing: RegistrationStatus
    reserve_no: int | None
    registered_at: datetime
    arrived_at: datetime | None = None
    without_place: bool = False

    @property
    def place(self) -> int:
        """How many places of its delegation's quota the record takes: 1 or 0."""
        used = self.arrived_at is not None and not self.without_place
        return int(self.standing == RegistrationStatus.CONFIRMED or used)


@dataclass(frozen=True, slots=True, kw_only=True)
class Merge:
    """What becomes of two records of one person.

    Attributes:
        kept, other: the two as they are before the merge.
        standing, reserve_no: those of the kept record afterwards.
        passes_place: the kept record takes over the other's confirmed place.
        registers_again: the kept record was canceled, its person has arrived, and what the other
            one has is no place that it could take over: it is confirmed on the place that its
            arrival uses, or takes one of its own delegation if one is free, and else stays
            canceled.
    """

    kept: Record
    other: Record
    standing: RegistrationStatus
    reserve_no: int | None
    passes_place: bool = False
    registers_again: bool = False

    @property
    def frees_place(self) -> bool:
        """Whether the other's confirmed place is given back to its delegation."""
        return self.other.standing == RegistrationStatus.CONFIRMED and not self.passes_place

    @property
    def freed(self) -> Counter[int]:
        """How many places come back to each delegation, by its id."""
        freed = Counter({self.other.delegation_id: self.other.place})
        freed[self.kept.delegation_id] += self.kept.place - self._merged.place
        return +freed

    @property
    def _merged(self) -> Record:
        arrivals = [one for one in (self.kept, self.other) if one.arrived_at is not None]
        return replace(
            self.kept,
            standing=self.standing,
            arrived_at=self.kept.arrived_at or self.other.arrived_at,
            without_place=all(one.without_place for one in arrivals),
        )


def merge_of(one: Record, two: Record) -> Merge:
    """Decide a merge; the order of the two records makes no difference.

    Kept is the record whose person has arrived. If both have, or none, it is the confirmed one,
    else the one on the reserve list, else the one that was registered first.
    """
    kept, other = sorted((one, two), key=_first_kept)
    if kept.delegation_id != other.delegation_id:
        gone = kept.standing == RegistrationStatus.CANCELED != other.standing
        return Merge(
            kept=kept,
            other=other,
            standing=kept.standing,
            reserve_no=kept.reserve_no,
            registers_again=gone,
        )
    # Of one delegation: nobody loses a place, or a number, that one of the records had.
    best = min((kept, other), key=lambda record: (_RANK[record.standing], record.reserve_no or 0))
    confirmed = best.standing == RegistrationStatus.CONFIRMED
    if not confirmed and kept.standing == RegistrationStatus.CANCELED and kept.place:
        # Nobody is put on a reserve list who is inside on a place of the quota.
        return Merge(
            kept=kept,
            other=other,
            standing=kept.standing,
            reserve_no=None,
            registers_again=other.standing != RegistrationStatus.CANCELED,
        )
    return Merge(
        kept=kept,
        other=other,
        standing=best.standing,
        reserve_no=best.reserve_no,
        passes_place=confirmed and kept.standing != RegistrationStatus.CONFIRMED,
    )


@dataclass(frozen=True, slots=True)
class Parting:
    """What becomes of two records when their merge is taken back.

    Attributes:
        kept_returns: the kept record gets its former standing back.
        other_returns: so does the other one; else it joins the end of its reserve list.
        is_possible: False where the other's person has arrived on a place that somebody else has.
    """

    kept_returns: bool = True
    other_returns: bool = True
    is_possible: bool = True


def parting_of(now: Record, kept: Record, other: Record, free: int) -> Parting:
    """Decide what taking back a merge does with the places.

    Args:
        now: the kept record as it is, with what was merged into it.
        kept, other: both as they would be with their former standings and their own arrivals.
        free: how many places of the other's delegation are free now.
    """
    needed = other.place
    if now.delegation_id == other.delegation_id:
        needed += kept.place - now.place
    if needed <= max(0, free):
        return Parting()
    has_arrived = other.arrived_at is not None and not other.without_place
    return Parting(kept_returns=False, other_returns=False, is_possible=not has_arrived)


def _first_kept(record: Record) -> tuple[bool, int, datetime, int]:
    return (record.arrived_at is None, _RANK[record.standing], record.registered_at, record.id)


def filled_in(kept: object, other: object) -> frozenset[str]:
    """Return the keys of the fields that only the other record tells.

    Args:
        kept, other: participants, with the columns of `COMPARED`.
    """
    return frozenset(one.key for one in COMPARED if _value(other, one) and not _value(kept, one))


def changes_by(kept: object, other: object, from_other: Collection[str]) -> dict[str, object]:
    """Return the columns of the kept record that change, with the values of the other one.

    Args:
        from_other: the keys of the fields whose value the other record gives.
    """
    return {
        one.column: _value(other, one)
        for one in COMPARED
        if one.column and one.key in from_other and _value(kept, one) != _value(other, one)
    }


def _value(person: object, field: Field) -> object:
    return getattr(person, field.column or "")
