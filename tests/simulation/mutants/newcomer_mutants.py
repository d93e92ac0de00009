"""Mutants that each remove one guard of offline walk-ins."""

from __future__ import annotations

from typing import Any

import checkin.services.scanning.walk_ins
import scanner.offline.decisions
from scanner.offline.local_facts import Lent
from scanner.offline.memory import Passage
from scanner.offline.waiting_walk_ins import WaitingWalkIns
from tests.simulation import newcomers
from tests.simulation.mutants.mutant import Mutant, Patch


def _let_in_before_they_are_kept(patch: Patch) -> None:
    patch.setattr(WaitingWalkIns, "take_in", lambda *_: None)


def _beyond_the_lease(patch: Patch) -> None:
    real = scanner.offline.decisions.walk_in_facts
    patch.setattr(
        scanner.offline.decisions,
        "walk_in_facts",
        lambda lent, **more: real(Lent(99, 0, 99, 0), **more),
    )


def _place_not_charged(patch: Patch) -> None:
    real = WaitingWalkIns.take_in

    def take_in(self: Any, walk_in: Any, decided: Any, passage: Passage) -> None:
        free = Passage(passage.scan_id, passage.tag, None, None, passage.direction, passage.at)
        real(self, walk_in, decided, free)

    patch.setattr(WaitingWalkIns, "take_in", take_in)


def _registered_again(patch: Patch) -> None:
    patch.setattr(checkin.services.scanning.walk_ins, "_keep", lambda *_: None)


NEWCOMER_MUTANTS = [
    (
        Mutant("walk-in let in before they are kept", "newcomers", _let_in_before_they_are_kept),
        newcomers.PowerLost,
    ),
    (Mutant("walk-ins beyond the lease", "limits", _beyond_the_lease), newcomers.PowerLost),
    (Mutant("place of a walk-in not charged", "limits", _place_not_charged), newcomers.PowerLost),
    (Mutant("walk-in registered again", "newcomers", _registered_again), newcomers.AnswerLost),
]
