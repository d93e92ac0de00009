"""Guards taken out, one at a time: what the simulation must notice."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import update

import checkin.domain.consequences
import checkin.services.admissions
import checkin.services.leases
import checkin.services.scan_writing
import checkin.services.scans
import checkin.web.api.scans
import scanner.client
import scanner.delivery
import scanner.held_list
import scanner.leases
import scanner.offline
from checkin.db.models import Lease
from checkin.services.scan_replay import replay
from scanner import disk
from scanner.clock import DeviceClock
from scanner.courier import Courier
from scanner.delivery import Delivery
from scanner.errors import ServerUnreachable, SpoolUnwritable
from scanner.memory import Memory
from scanner.offline import OfflineGate
from scanner.spool import Spool

Patch = pytest.MonkeyPatch


@dataclass(frozen=True)
class Mutant:
    """A guard that is gone.

    Attributes:
        breaks: the check that must notice it.
    """

    name: str
    breaks: str
    plant: Callable[[Patch], None]


def _acknowledged_before_fsync(patch: Patch) -> None:
    real = disk.DeviceFile.__init__

    def init(self: Any, *arguments: Any) -> None:
        real(self, *arguments)
        self._connection.execute("PRAGMA synchronous=OFF")

    patch.setattr(disk.DeviceFile, "__init__", init)


def _put_after_the_answer(patch: Patch) -> None:
    real, later = Spool.decide, []
    put = Spool.put
    patch.setattr(Spool, "put", lambda self, scan: later.append(scan))

    def decide(self: Any, scan_id: str, *arguments: Any) -> None:
        while later:
            put(self, later.pop())
        real(self, scan_id, *arguments)

    patch.setattr(Spool, "decide", decide)


def _settled_by_order(patch: Patch) -> None:
    def upload(self: Any, waiting: Any) -> int:
        self.server.post_batch(waiting, self._time_in(waiting[0].frame))
        self.spool.settle([one.scan.scan_id for one in waiting], [])
        return len(waiting)

    patch.setattr(Delivery, "_upload", upload)


def _dropped_on_500(patch: Patch) -> None:
    real = Delivery._upload

    def upload(self: Any, waiting: Any) -> int:
        try:
            return real(self, waiting)
        except ServerUnreachable:
            self.spool.settle([one.scan.scan_id for one in waiting], [])
            return len(waiting)

    patch.setattr(Delivery, "_upload", upload)


def _new_scan_id_on_resend(patch: Patch) -> None:
    real = scanner.client._batched
    renamed: dict[str, str] = {}

    def post_batch(self: Any, waiting: Any, device_time: datetime) -> Any:
        reply = self._call(
            "POST",
            "scans/batch",
            {
                "device_time": scanner.client.utc_text(device_time),
                "scans": [{**real(one), "scan_id": _renamed(renamed, one)} for one in waiting],
            },
            timeout_s=1,
        )
        back = {new: old for old, new in renamed.items()}
        return [{**r, "scan_id": back.get(r["scan_id"], "")} for r in reply["results"]]

    patch.setattr(scanner.client.Client, "post_batch", post_batch)


def _renamed(renamed: dict[str, str], one: Any) -> str:
    renamed[one.scan.scan_id] = str(uuid4())
    return renamed[one.scan.scan_id]


def _lease_of_places_not_checked(patch: Patch) -> None:
    patch.setattr(Memory, "places_spent", lambda *_: 0)


def _lease_of_seats_not_checked(patch: Patch) -> None:
    patch.setattr(Memory, "seats_spent", lambda *_: 0)


def _expired_lease_believed_without_one(patch: Patch) -> None:
    real = scanner.offline.facts_from

    def facts_from(*arguments: Any, **more: Any) -> Any:
        return replace(real(*arguments, **more), places_used=0, quota=1)

    patch.setattr(scanner.offline, "facts_from", facts_from)


def _lease_of_a_lost_renewal_ended(patch: Patch) -> None:
    def end_all(session: Any, device: Any, held: Any, now: datetime) -> None:
        session.execute(
            update(Lease).where(*checkin.services.leases._held_by(device)).values(ended_at=now)
        )

    patch.setattr(checkin.services.leases, "_end_overtaken", end_all)


def _used_place_lent_again(patch: Patch) -> None:
    patch.setattr(checkin.services.scans, "spend", lambda connection, debt: None)


def _whoever_was_let_in_takes_a_place(patch: Patch) -> None:
    patch.setattr(checkin.domain.consequences, "_has_place", lambda facts: True)


def _place_annulled_given_away_again(patch: Patch) -> None:
    def forget(self: Any, scan_id: str) -> None:
        self._file.write("DELETE FROM passages WHERE scan_id = ?", (scan_id,))

    patch.setattr(Memory, "forget", forget)


def _clock_set_back_believed(patch: Patch) -> None:
    patch.setattr(DeviceClock, "is_believable", lambda self: True)


def _lease_never_expires(patch: Patch) -> None:
    patch.setattr(scanner.leases.Lease, "is_good", lambda self, at: True)


def _lease_returned_and_used(patch: Patch) -> None:
    patch.setattr(Memory, "drop_lease", lambda self: None)


def _reserve_list_forgotten(patch: Patch) -> None:
    patch.setattr(checkin.services.leases, "move_up_everywhere", lambda *_: [])


def _lost_refusal_unheard(patch: Patch) -> None:
    patch.setattr(
        checkin.services.scans,
        "repeat",
        lambda connection, device, reading, _: replay(connection, device, reading),
    )


def _live_scans_dated_on_arrival(patch: Patch) -> None:
    patch.setattr(
        checkin.web.api.scans, "live_moment", lambda scanned_at, _, now: (now, now - scanned_at)
    )


def _own_admissions_forgotten(patch: Patch) -> None:
    real = Spool.decide
    patch.setattr(
        Spool, "decide", lambda self, scan_id, decided, _=None: real(self, scan_id, decided)
    )


def _waiting_passage_overtaken(patch: Patch) -> None:
    patch.setattr(Memory, "waits", lambda *_: False)


def _tombstones_ignored(patch: Patch) -> None:
    real = scanner.held_list.received

    def received(body: Any) -> Any:
        new = real(body)
        return new and _Without(new)

    patch.setattr(scanner.held_list, "received", received)
    patch.setattr(scanner.held_list, "objection", lambda held, new: None)


class _Without:
    """A list whose tombstones are not seen."""

    tombstones = ()

    def __init__(self, new: Any) -> None:
        self._new = new

    def __getattr__(self, name: str) -> Any:
        return getattr(self._new, name)


def _green_without_the_server(patch: Patch) -> None:
    real = OfflineGate.answer

    def answer(self: Any, scan: Any) -> Any:
        told = real(self, scan)
        return replace(told, verdict=replace(told.verdict, offline=False))

    patch.setattr(OfflineGate, "answer", answer)


def _clock_not_corrected(patch: Patch) -> None:
    patch.setattr(Delivery, "_time_in", lambda self, frame: self.offline.clock.server_now())


def _clock_of_another_run(patch: Patch) -> None:
    patch.setattr(Delivery, "_time_in", lambda self, frame: self.offline.clock.now())


def _clock_jumps(patch: Patch) -> None:
    real = DeviceClock.__init__

    def init(self: Any, wall: Any, steady: Any, **more: Any) -> None:
        real(self, wall, steady, **more)
        self._wall = wall

    patch.setattr(DeviceClock, "__init__", init)
    patch.setattr(DeviceClock, "now", lambda self: self._wall())


def _cut_off_scans_forgotten(patch: Patch) -> None:
    patch.setattr(Courier, "_resume", lambda self: None)


def _full_disk_hidden(patch: Patch) -> None:
    put, decide = Spool.put, Spool.decide

    def quiet(real: Any) -> Any:
        def write(self: Any, *arguments: Any) -> None:
            with contextlib.suppress(SpoolUnwritable):
                real(self, *arguments)

        return write

    patch.setattr(Spool, "put", quiet(put))
    patch.setattr(Spool, "decide", quiet(decide))


def _repetition_recorded_anew(patch: Patch) -> None:
    real = checkin.services.scan_writing.insert_scan

    def insert_scan(connection: Any, device: Any, reading: Any, *more: Any) -> Any:
        written = real(connection, device, reading, *more)
        return written or real(connection, device, replace(reading, scan_id=uuid4()), *more)

    patch.setattr(checkin.services.scan_writing, "insert_scan", insert_scan)


def _history_not_counted(patch: Patch) -> None:
    real = checkin.services.admissions.count_arrival

    def count_arrival(connection: Any, device: Any, delegation: Any, at: Any, change: Any) -> None:
        if device.gate_name != "Porte 2":
            real(connection, device, delegation, at, change)

    patch.setattr(checkin.services.admissions, "count_arrival", count_arrival)


def _conflicts_not_listed(patch: Patch) -> None:
    patch.setattr(scanner.delivery, "_let_in", lambda one, result: False)


MUTANTS = [
    Mutant("acknowledged before fsync", "nothing_lost", _acknowledged_before_fsync),
    Mutant("kept only with the answer", "nothing_lost", _put_after_the_answer),
    Mutant("full disk hidden", "nothing_lost", _full_disk_hidden),
    Mutant("settled by order, not by scan_id", "nothing_lost", _settled_by_order),
    Mutant("dropped on a 500", "nothing_lost", _dropped_on_500),
    Mutant("new scan_id on resend", "nothing_lost", _new_scan_id_on_resend),
    Mutant("cut-off scans forgotten", "nothing_lost", _cut_off_scans_forgotten),
    Mutant("green without the server", "nothing_lost", _green_without_the_server),
    Mutant("conflicts not listed", "nothing_lost", _conflicts_not_listed),
    Mutant("places of the lease not counted", "limits", _lease_of_places_not_checked),
    Mutant("seats of the lease not counted", "limits", _lease_of_seats_not_checked),
    Mutant("reserve list without a lease", "limits", _expired_lease_believed_without_one),
    Mutant("lease of a lost renewal ended", "limits", _lease_of_a_lost_renewal_ended),
    Mutant("used place lent again", "limits", _used_place_lent_again),
    Mutant("whoever was let in takes a place", "limits", _whoever_was_let_in_takes_a_place),
    Mutant("place annulled given away again", "limits", _place_annulled_given_away_again),
    Mutant("clock set back believed", "limits", _clock_set_back_believed),
    Mutant("lease never expires", "limits", _lease_never_expires),
    Mutant("lease returned and used", "limits", _lease_returned_and_used),
    Mutant("reserve list forgotten", "moved_up", _reserve_list_forgotten),
    Mutant("lost refusal unheard", "admitted_once", _lost_refusal_unheard),
    Mutant("live scans dated on arrival", "times", _live_scans_dated_on_arrival),
    Mutant("own admissions forgotten", "admitted_once", _own_admissions_forgotten),
    Mutant("waiting passage overtaken", "admitted_once", _waiting_passage_overtaken),
    Mutant("tombstones ignored", "same_rules", _tombstones_ignored),
    Mutant("clock not corrected", "times", _clock_not_corrected),
    Mutant("clock of another run", "times", _clock_of_another_run),
    Mutant("clock jumps", "times", _clock_jumps),
    Mutant("repetition recorded anew", "same_answers", _repetition_recorded_anew),
    Mutant("arrivals of a gate not counted", "counts", _history_not_counted),
]
