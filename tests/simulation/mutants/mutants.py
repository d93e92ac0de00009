"""Mutants that each remove one guard, which the simulation must notice."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import uuid4

import checkin.services.scanning.counting
import checkin.services.scanning.writing
import scanner.offline.decisions
import scanner.offline.held_list
import scanner.server.client
import scanner.server.delivery
from scanner.core.errors import ServerUnreachable, SpoolUnwritable
from scanner.offline import disk
from scanner.offline.clock import DeviceClock
from scanner.offline.decisions import OfflineGate
from scanner.offline.memory import Memory
from scanner.offline.spool import Spool
from scanner.server.backlog import Backlog
from scanner.server.delivery import Delivery
from tests.simulation.mutants.lease_mutants import LEASE_MUTANTS
from tests.simulation.mutants.mutant import Mutant, Patch


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
    real = scanner.server.client._batched
    renamed: dict[str, str] = {}

    def post_batch(self: Any, waiting: Any, device_time: datetime) -> Any:
        reply = self._call(
            "POST",
            "scans/batch",
            {
                "device_time": scanner.server.client.utc_text(device_time),
                "scans": [{**real(one), "scan_id": _renamed(renamed, one)} for one in waiting],
            },
            timeout_s=1,
        )
        back = {new: old for old, new in renamed.items()}
        return [{**r, "scan_id": back.get(r["scan_id"], "")} for r in reply["results"]]

    patch.setattr(scanner.server.client.Client, "post_batch", post_batch)


def _renamed(renamed: dict[str, str], one: Any) -> str:
    renamed[one.scan.scan_id] = str(uuid4())
    return renamed[one.scan.scan_id]


def _own_admissions_forgotten(patch: Patch) -> None:
    real = Spool.decide
    patch.setattr(
        Spool, "decide", lambda self, scan_id, decided, _=None: real(self, scan_id, decided)
    )


def _waiting_passage_overtaken(patch: Patch) -> None:
    patch.setattr(Memory, "waits", lambda *_: False)


def _tombstones_ignored(patch: Patch) -> None:
    real = scanner.offline.held_list.received

    def received(body: Any) -> Any:
        new = real(body)
        return new and _Without(new)

    patch.setattr(scanner.offline.held_list, "received", received)
    patch.setattr(scanner.offline.held_list, "objection", lambda held, new: None)


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
    patch.setattr(Backlog, "resume", lambda self: None)


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
    real = checkin.services.scanning.writing.insert_scan

    def insert_scan(connection: Any, device: Any, reading: Any, *more: Any) -> Any:
        written = real(connection, device, reading, *more)
        return written or real(connection, device, replace(reading, scan_id=uuid4()), *more)

    patch.setattr(checkin.services.scanning.writing, "insert_scan", insert_scan)


def _history_not_counted(patch: Patch) -> None:
    real = checkin.services.scanning.counting.count_arrival

    def count_arrival(session: Any, device: Any, delegation: Any, at: Any, change: Any) -> None:
        if device.gate_name != "Porte 2":
            real(session, device, delegation, at, change)

    patch.setattr(checkin.services.scanning.counting, "count_arrival", count_arrival)


def _conflicts_not_listed(patch: Patch) -> None:
    patch.setattr(scanner.server.delivery, "_let_in", lambda one, result: False)


MUTANTS = [
    *LEASE_MUTANTS,
    Mutant("acknowledged before fsync", "nothing_lost", _acknowledged_before_fsync),
    Mutant("kept only with the answer", "nothing_lost", _put_after_the_answer),
    Mutant("full disk hidden", "nothing_lost", _full_disk_hidden),
    Mutant("settled by order, not by scan_id", "nothing_lost", _settled_by_order),
    Mutant("dropped on a 500", "nothing_lost", _dropped_on_500),
    Mutant("new scan_id on resend", "nothing_lost", _new_scan_id_on_resend),
    Mutant("cut-off scans forgotten", "nothing_lost", _cut_off_scans_forgotten),
    Mutant("green without the server", "nothing_lost", _green_without_the_server),
    Mutant("conflicts not listed", "nothing_lost", _conflicts_not_listed),
    Mutant("own admissions forgotten", "admitted_once", _own_admissions_forgotten),
    Mutant("waiting passage overtaken", "admitted_once", _waiting_passage_overtaken, 138),
    Mutant("tombstones ignored", "same_rules", _tombstones_ignored),
    Mutant("clock not corrected", "times", _clock_not_corrected),
    Mutant("clock of another run", "times", _clock_of_another_run),
    Mutant("clock jumps", "times", _clock_jumps),
    Mutant("repetition recorded anew", "same_answers", _repetition_recorded_anew),
    Mutant("arrivals of a gate not counted", "counts", _history_not_counted),
]
