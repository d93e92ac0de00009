"""Mutants that each remove one guard of the fourth invariant."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import update

import checkin.domain.scanning.verdict
import checkin.services.gates.leases
import checkin.services.scanning.record
import checkin.web.api.scans
import checkin.worker.moving_up
import scanner.offline.decisions
import scanner.offline.leases
from checkin.db.models import Lease
from checkin.services.scanning.storage import replay
from scanner.offline.clock import DeviceClock
from scanner.offline.memory import Memory
from tests.simulation import directed
from tests.simulation.mutants.mutant import Mutant, Patch


def _lease_of_places_not_checked(patch: Patch) -> None:
    patch.setattr(Memory, "places_spent", lambda *_: 0)


def _lease_of_seats_not_checked(patch: Patch) -> None:
    patch.setattr(Memory, "seats_spent", lambda *_: 0)


def _expired_lease_believed_without_one(patch: Patch) -> None:
    real = scanner.offline.decisions.facts_from

    def facts_from(*arguments: Any, **more: Any) -> Any:
        return replace(real(*arguments, **more), places_used=0, quota=1)

    patch.setattr(scanner.offline.decisions, "facts_from", facts_from)


def _lease_of_a_lost_renewal_ended(patch: Patch) -> None:
    def end_all(session: Any, device: Any, held: Any, now: datetime) -> None:
        session.execute(
            update(Lease)
            .where(*checkin.services.gates.leases._held_by(device))
            .values(ended_at=now)
        )

    patch.setattr(checkin.services.gates.leases, "_end_overtaken", end_all)


def _used_place_lent_again(patch: Patch) -> None:
    patch.setattr(
        checkin.services.scanning.record, "record_lease_use", lambda connection, lease_use: None
    )


def _whoever_was_let_in_takes_a_place(patch: Patch) -> None:
    patch.setattr(checkin.domain.scanning.verdict, "_has_place", lambda facts: True)


def _place_annulled_given_away_again(patch: Patch) -> None:
    def forget(self: Any, scan_id: str) -> None:
        self._file.write("DELETE FROM passages WHERE scan_id = ?", (scan_id,))

    patch.setattr(Memory, "forget", forget)


def _clock_set_back_believed(patch: Patch) -> None:
    patch.setattr(DeviceClock, "is_believable", lambda self: True)


def _lease_never_expires(patch: Patch) -> None:
    patch.setattr(scanner.offline.leases.Lease, "is_good", lambda self, at: True)


def _lease_returned_and_used(patch: Patch) -> None:
    patch.setattr(Memory, "drop_lease", lambda self: None)


def _reserve_list_forgotten(patch: Patch) -> None:
    for module in (checkin.services.gates.leases, checkin.worker.moving_up):
        patch.setattr(module, "move_up_everywhere", lambda *_: [])


def _lost_refusal_unheard(patch: Patch) -> None:
    patch.setattr(
        checkin.services.scanning.record,
        "repeat",
        lambda connection, device, reading, _: replay(connection, device, reading),
    )


def _live_scans_dated_on_arrival(patch: Patch) -> None:
    patch.setattr(
        checkin.web.api.scans, "live_moment", lambda scanned_at, _, now: (now, now - scanned_at)
    )


LEASE_MUTANTS = [
    Mutant("seats of the lease not counted", "limits", _lease_of_seats_not_checked, 11),
    Mutant("used place lent again", "limits", _used_place_lent_again, 31),
    Mutant("whoever was let in takes a place", "limits", _whoever_was_let_in_takes_a_place, 56),
]

#: which a random schedule shows too seldom, with the afternoon that does
DIRECTED = [
    (
        Mutant("lease of a lost renewal ended", "limits", _lease_of_a_lost_renewal_ended),
        directed.LostRenewal,
    ),
    (
        Mutant("place annulled given away again", "limits", _place_annulled_given_away_again),
        directed.Annulled,
    ),
    (Mutant("clock set back believed", "limits", _clock_set_back_believed), directed.SetBack),
    (Mutant("lease never expires", "limits", _lease_never_expires), directed.Expired),
    (Mutant("lease returned and used", "limits", _lease_returned_and_used), directed.Returned),
    (Mutant("reserve list forgotten", "moved_up", _reserve_list_forgotten), directed.WaitedInVain),
    (Mutant("lost refusal unheard", "admitted_once", _lost_refusal_unheard), directed.LostRefusal),
    (Mutant("live scans dated on arrival", "times", _live_scans_dated_on_arrival), directed.CutOff),
    (
        Mutant("places of the lease not counted", "limits", _lease_of_places_not_checked),
        directed.ReserveList,
    ),
    (
        Mutant("reserve list without a lease", "limits", _expired_lease_believed_without_one),
        directed.ReserveList,
    ),
]
