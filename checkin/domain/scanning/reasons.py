"""The table of reasons to refuse a scan, with everything that the program knows of each reason.

All code that decides, shows or lists refusals reads `REASONS`; pages get it as data. To add a
reason, see `docs/CONTRIBUTING.md`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from checkin.domain.scanning.facts import EntryPolicy, Reentry, RegistrationStatus, ScanFacts
from checkin.domain.scanning.next_steps import NOTHING_KNOWN, NextStep, Step, StepFacts, step_of
from checkin.words.catalogues import msgid


class Reason(StrEnum):
    """The codes of the reasons to refuse a scan, as devices and the database write them."""

    INVALID = "invalid"
    WRONG_EVENT = "wrong_event"
    REVOKED = "revoked"
    CANCELED = "canceled"
    BADGE_REQUIRED = "badge_required"
    BLOCKED = "blocked"
    WRONG_GATE = "wrong_gate"
    INVALID_TIME = "invalid_time"
    UNAPPROVED = "unapproved"
    ALREADY_REDEEMED = "already_redeemed"
    QUOTA_EXCEEDED = "quota_exceeded"
    CAPACITY_EXCEEDED = "capacity_exceeded"
    CHECKOUT_REQUIRED = "checkout_required"


class Face(StrEnum):
    """How a refusal looks and sounds at every gate."""

    REFUSED = "refused"  # red ✗
    ALREADY = "already"  # amber ↺: the person is in already


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasonRow:
    """The row of one reason in the table.

    Attributes:
        applies: whether it speaks against an entry: facts, the moment of the reading and what the
            event has laid down.
        forceable: a supervisor may override it. An unknown code, a revoked badge or a canceled
            registration cannot be overridden, because no valid registration is behind it.
        without_place: a person whom a supervisor admits despite it has no place of the quota.
        refused: the reason in two or three words; as `let_in`, of the catalogue `device`.
        let_in: what the list of conflicts says if a gate let the person in all the same.
        next_step: what the volunteer does next with the refused person; gates say it after the
            reason.
        known_steps: what they do instead, the first of which is known what it names.
        practised: a practice badge shows it (`rehearsal.py`).
    """

    reason: Reason
    applies: Callable[[ScanFacts, datetime, EntryPolicy], bool]
    forceable: bool
    face: Face = Face.REFUSED
    without_place: bool = False
    refused: str
    let_in: str
    next_step: NextStep
    known_steps: tuple[NextStep, ...] = ()
    practised: bool


#: the most serious first: a revoked badge is never reported as merely early
REASONS: tuple[ReasonRow, ...] = (
    ReasonRow(
        reason=Reason.INVALID,
        applies=lambda facts, _at, _policy: not facts.known,
        forceable=False,
        refused=msgid("Unknown badge"),
        let_in=msgid("Let in with a code that is unknown here"),
        next_step=NextStep.HELP_DESK,
        practised=False,
    ),
    ReasonRow(
        reason=Reason.WRONG_EVENT,
        applies=lambda facts, _at, _policy: not facts.same_event,
        forceable=False,
        refused=msgid("Badge of another event"),
        let_in=msgid("Let in with another event's badge"),
        next_step=NextStep.HELP_DESK,
        practised=False,
    ),
    ReasonRow(
        reason=Reason.REVOKED,
        applies=lambda facts, _at, _policy: facts.badge_revoked,
        forceable=False,
        refused=msgid("Badge revoked"),
        let_in=msgid("Let in with a badge that had been revoked"),
        next_step=NextStep.HELP_DESK,
        known_steps=(NextStep.REPLACED,),
        practised=True,
    ),
    ReasonRow(
        reason=Reason.CANCELED,
        applies=lambda facts, _at, _policy: facts.standing == RegistrationStatus.CANCELED,
        forceable=False,
        refused=msgid("Registration canceled"),
        let_in=msgid("Let in although the registration had been canceled"),
        next_step=NextStep.HELP_DESK,
        known_steps=(NextStep.COORDINATOR,),
        practised=True,
    ),
    ReasonRow(
        reason=Reason.BADGE_REQUIRED,
        applies=lambda facts, _at, policy: (
            not facts.badge_shown and policy.needs_badge(supervised=facts.supervised)
        ),
        forceable=False,
        refused=msgid("Badge required"),
        let_in=msgid("Let in without a badge, which nobody had permitted"),
        next_step=NextStep.HELP_DESK,
        practised=False,
    ),
    ReasonRow(
        reason=Reason.BLOCKED,
        applies=lambda facts, _at, _policy: facts.blocked,
        forceable=True,
        refused=msgid("Entry barred"),
        let_in=msgid("Let in although blocked"),
        next_step=NextStep.SUPERVISOR,
        practised=False,
    ),
    ReasonRow(
        reason=Reason.WRONG_GATE,
        applies=lambda facts, _at, _policy: not facts.gate_admits,
        forceable=True,
        refused=msgid("Wrong gate"),
        let_in=msgid("Let in at a gate for other categories"),
        next_step=NextStep.HELP_DESK,
        known_steps=(NextStep.RIGHT_GATE,),
        practised=True,
    ),
    ReasonRow(
        reason=Reason.INVALID_TIME,
        applies=lambda facts, at, policy: not policy.is_open(at, facts.gate_id, facts.category_id),
        forceable=True,
        refused=msgid("Doors closed"),
        let_in=msgid("Let in outside the opening hours, or by a clock that was wrong"),
        next_step=NextStep.WAIT,
        known_steps=(NextStep.COME_BACK, NextStep.CLOSED),
        practised=False,
    ),
    ReasonRow(
        reason=Reason.UNAPPROVED,
        applies=lambda facts, at, policy: (
            facts.standing == RegistrationStatus.RESERVE
            and facts.first_time
            and not policy.releases_reserve(at)
        ),
        forceable=True,
        without_place=True,
        refused=msgid("Reserve list"),
        let_in=msgid("Let in from the reserve list without a place"),
        next_step=NextStep.HELP_DESK,
        known_steps=(NextStep.COORDINATOR,),
        practised=True,
    ),
    ReasonRow(
        reason=Reason.ALREADY_REDEEMED,
        applies=lambda facts, _at, policy: (
            policy.reentry == Reentry.SINGLE and not facts.first_time
        ),
        forceable=True,
        face=Face.ALREADY,
        refused=msgid("Badge already used"),
        let_in=msgid("The same badge was let in twice"),
        next_step=NextStep.COMPARE,
        practised=True,
    ),
    ReasonRow(
        reason=Reason.QUOTA_EXCEEDED,
        applies=lambda facts, _at, _policy: facts.first_time and facts.places_used >= facts.quota,
        forceable=True,
        without_place=True,
        refused=msgid("Quota reached"),
        let_in=msgid("Let in over the delegation's quota"),
        next_step=NextStep.SUPERVISOR,
        practised=False,
    ),
    ReasonRow(
        reason=Reason.CAPACITY_EXCEEDED,
        applies=lambda facts, _at, policy: not facts.inside and policy.is_full(facts.hall_inside),
        forceable=True,
        refused=msgid("Hall full"),
        let_in=msgid("Let in over the hall's capacity"),
        next_step=NextStep.WAIT_OUTSIDE,
        practised=False,
    ),
    ReasonRow(
        reason=Reason.CHECKOUT_REQUIRED,
        applies=lambda facts, _at, policy: policy.reentry == Reentry.AFTER_EXIT and facts.inside,
        forceable=True,
        face=Face.ALREADY,
        refused=msgid("Exit not scanned"),
        let_in=msgid("Let in again without having left"),
        next_step=NextStep.SCAN_EXIT,
        practised=False,
    ),
)

#: the rows by their reason, as text too: a reason that only a newer server knows has none
ROWS: Mapping[str, ReasonRow] = {row.reason: row for row in REASONS}


def face_of(reason: str | None) -> Face:
    """Return how a refusal looks; a reason that this version does not know is red."""
    row = ROWS.get(reason or "")
    return row.face if row else Face.REFUSED


def step_for(reason: Reason | str, facts: StepFacts = NOTHING_KNOWN) -> Step:
    """Return the next step of a refusal, as well as the facts let it be told."""
    row = ROWS[reason]
    return step_of(row.next_step, row.known_steps, facts)
