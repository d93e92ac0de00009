"""Afternoons on which the database is put back to earlier moments, announced or not."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random

from sqlalchemy import func, select

from checkin.db.models import Admission, ArrivalTally, Scan
from checkin.domain.common.epochs import EpochCause
from checkin.domain.scanning.facts import Direction
from checkin.services.backups.epochs import begin_epoch
from checkin.web.site.state import EXTENSION
from tests.simulation.world import World
from tests.support import factories
from tests.support.databases.restores import copied

#: rounds of all gates after the last step; a database takes an epoch by itself once a minute
ROUNDS = 60
QUIET_ROUNDS = 8


class Restoring(World):
    """An afternoon of mishaps, on which backups are put back."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.restores = Random(f"restoring {self.seed}")
        self.saved: list[Callable[[], None]] = []
        self.put_back = 0
        self._folder = tempfile.TemporaryDirectory(dir="/dev/shm" if _is_there() else None)
        self._save()

    def __exit__(self, *of: object) -> None:
        super().__exit__(*of)
        self._folder.cleanup()

    def _step(self) -> None:
        gate, person = self.random.choice(self.gates), self._somebody()
        steps: dict[Callable[[], object], int] = {
            lambda: gate.show(person.code): 50,
            lambda: gate.show(person.code, Direction.EXIT): 6,
            gate.tend: 40,
            lambda: gate.tend_while_someone_comes(self._code_waiting_at(gate)): 8,
            lambda: self._toggle_line(gate): 9,
            lambda: self._plan_crash(gate): 5,
            lambda: self._move_clock(gate): 3,
            lambda: self._toggle_disk(gate): 3,
            lambda: gate.override(person.code): 2,
            gate.undo: 2,
            gate.connection.deliver_late: 3,
            self._save: 6,
            self._put_back: 6,
        }
        self.random.choices(list(steps), list(steps.values()))[0]()

    def watch(self) -> None:
        """Limits are exceeded by what was lost: that is what conflicts are for."""

    def _save(self) -> None:
        self.saved.append(copied(self.server.database, Path(self._folder.name)))

    def _put_back(self) -> None:
        self.restores.choice(self.saved)()
        self.put_back += 1
        state = self.server.app.extensions[EXTENSION]
        state.devices.forget()
        state.epoch.forget()
        if self.restores.random() < 0.5:
            cause, now = EpochCause.RESTORED, self.time.now
            factories.write(self.server.database, lambda s: begin_epoch(s, cause, now))

    def _recover(self) -> None:
        for gate in self.gates:
            gate.connection.is_cut, gate.connection.risk = False, 0.0
            gate.disk.is_full, gate.crash_in = False, None
            gate.connection.deliver_late()
        quiet = 0
        for _ in range(ROUNDS):
            self.time.advance(11)
            for gate in self.gates:
                gate.tend()
            has_work = any(
                gate.unsettled or gate.spool.acknowledged.count_to_offer() for gate in self.gates
            )
            quiet = 0 if has_work else quiet + 1
            if quiet == QUIET_ROUNDS:
                break


def lost(world: World) -> list[str]:
    """Return a sentence for whatever a restore has broken; an empty list is a pass."""
    return [*_acknowledged(world), *_counts(world), *_once(world)]


def _acknowledged(world: World) -> Iterator[str]:
    """Invariant 12: what was acknowledged to a gate is in the log, once, and offered no more."""
    with world.server.database.read() as session:
        mine = select(Scan.scan_id).where(Scan.event_id == world.event.id)
        recorded = Counter(str(scan_id) for scan_id in session.scalars(mine))
    for gate in world.gates:
        for scan_id in sorted(gate.connection.acknowledged):
            if recorded[scan_id] != 1:
                yield f"{scan_id} of {gate.name} is in the log {recorded[scan_id]} times"
        if gate.unsettled or gate.spool.acknowledged.count_to_offer():
            yield f"{gate.name} still has scans"


def _counts(world: World) -> Iterator[str]:
    """Invariant 5, after all the restores."""
    with world.server.database.read() as session:
        arrived = session.scalar(
            select(func.count(Admission.id)).where(
                Admission.event_id == world.event.id,
                Admission.annulled_at.is_(None),
                Admission.entry_no == 1,
            )
        )
        tallied = session.scalar(
            select(func.sum(ArrivalTally.arrived)).where(ArrivalTally.event_id == world.event.id)
        )
    if arrived != (tallied or 0):
        yield f"{tallied} counted, {arrived} logged"


def _once(world: World) -> Iterator[str]:
    """Invariant 1: nobody arrives twice, whatever was lost in between."""
    with world.server.database.read() as session:
        rows = session.execute(
            select(Admission.participant_id, func.count())
            .where(
                Admission.event_id == world.event.id,
                Admission.annulled_at.is_(None),
                Admission.entry_no == 1,
            )
            .group_by(Admission.participant_id)
            .having(func.count() > 1)
        )
        for participant_id, times in rows:
            yield f"{participant_id} has arrived {times} times"


def _is_there() -> bool:
    return Path("/dev/shm").is_dir()
