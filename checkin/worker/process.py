"""The worker: a loop that claims jobs and starts a process for each, as many as a lane has at once.

It has one thread. What it waits for are new jobs, the end of a job's process, and signals.
"""

from __future__ import annotations

import logging
import signal
import socket
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from multiprocessing.connection import wait
from multiprocessing.process import BaseProcess
from uuid import uuid4

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from checkin.db.engine import in_transaction
from checkin.db.models import Lane
from checkin.services.jobs.files import sweep
from checkin.services.jobs.forgetting import forget_old
from checkin.services.jobs.problems import JobFailed, ProblemCode
from checkin.services.jobs.queue import (
    Claimed,
    claim,
    keep_claims,
    retry,
    retry_lost,
    retry_of,
    waiting_lanes,
)
from checkin.services.jobs.workers import worker_left, worker_seen
from checkin.services.lifecycle.repeated_purges import PurgesElsewhere
from checkin.settings import Settings
from checkin.worker.bounces import BounceReading
from checkin.worker.child import do_job
from checkin.worker.context import Kind, Tools, opened_tools
from checkin.worker.copies import HourlyCopies
from checkin.worker.kinds import KINDS
from checkin.worker.list_segments import ListSegments
from checkin.worker.moving_up import move_people_up, tell_people
from checkin.worker.perform import end_early, record_failure
from checkin.worker.processes import CONTEXT, DATABASE_AWAY, ran_out_of_memory, ran_out_of_time
from checkin.worker.sheets import fetch_sheets
from checkin.worker.waking import NewJobs
from checkin.worker.webhooks import deliver_to_webhooks
from checkin.worker.work.finding import answer_badge_requests

_log = logging.getLogger(__name__)

#: how often a worker writes that it is alive, and looks which of its jobs were canceled, whether
#: somebody waits for a place that has become free or has asked for their badge, which badges may be
#: given out now, what webhooks are to be told, and what other nodes have purged
HEARTBEAT_S = 5.0
#: when the worker ends, its jobs have so long to leave their work in order; then they are killed
GRACE_S = 3.0
#: mail waits for hours, and one event's must not keep back another's
MOST_AT_ONCE = {Lane.OFFICE: 1, Lane.UPLOADS: 1, Lane.MAIL: 8}
#: while the database is away
AGAIN_AFTER_S = 2.0


@dataclass
class Running:
    """A job that is being done.

    Attributes:
        kill_at: when its process is killed, after it was told to end; None while it goes on.
    """

    claimed: Claimed
    process: BaseProcess
    kill_at: float | None = None

    def end(self, within_s: float) -> None:
        """Tell the process to end its work, and give it so long."""
        if self.kill_at is None:
            self.process.terminate()
        self.kill_at = min(self.kill_at or float("inf"), time.monotonic() + within_s)

    def kill_if_late(self) -> None:
        """Kill a process that was told to end and has not in time."""
        if self.kill_at is not None and time.monotonic() >= self.kill_at:
            self.process.kill()


class Worker:
    """Does jobs until it is told to end.

    Args:
        name: tells workers apart. One that begins takes up at once what another of the same name
            has left.
    """

    def __init__(
        self, settings: Settings, name: str = "", kinds: Mapping[str, Kind] = KINDS
    ) -> None:
        self._settings, self._kinds = settings, kinds
        self._name = name or new_name()
        self._running: list[Running] = []
        self._is_ending = False
        self._beat_at = float("-inf")
        self._copies, self._bounces = HourlyCopies(), BounceReading()
        self._lists, self._purges = ListSegments(), PurgesElsewhere()

    def run(self) -> None:
        """Do jobs until SIGTERM or Ctrl-C; those that are under way then are queued again."""
        new_jobs = NewJobs(self._settings.database_direct_url or self._settings.database)
        with opened_tools(self._settings) as tools, self._signals() as signaled:
            while not self._try(self._take_up, tools) and not self._is_ending:
                wait([signaled], AGAIN_AFTER_S)
            while not self._is_ending:
                self._try(self._look, tools)
                wait([signaled, *self._sentinels(), *new_jobs.sockets()], new_jobs.look_every_s)
                new_jobs.clear()
            new_jobs.close()
            self._end(tools)

    def _take_up(self, tools: Tools) -> None:
        in_transaction(tools.database, lambda s: retry_of(s, self._name, tools.clock()))

    def _look(self, tools: Tools) -> None:
        self._reap(tools)
        if time.monotonic() - self._beat_at >= HEARTBEAT_S:
            self._beat(tools)
        with tools.database.read() as session:
            waiting = waiting_lanes(session, self._kinds)
        for lane in filter(self._has_room, waiting):
            claimed = in_transaction(tools.database, partial(self._claim, tools, lane))
            if claimed is not None:
                self._start(tools, claimed)

    def _has_room(self, lane: Lane) -> bool:
        busy = sum(running.claimed.lane == lane for running in self._running)
        return busy < MOST_AT_ONCE[lane]

    def _claim(self, tools: Tools, lane: Lane, session: Session) -> Claimed | None:
        return claim(session, lane, self._name, self._kinds, tools.clock())

    def _start(self, tools: Tools, claimed: Claimed) -> None:
        tools.database.disconnect()
        arguments = (claimed, self._kinds, self._settings)
        process = CONTEXT.Process(target=do_job, args=arguments, name=f"job {claimed.id}")  # type: ignore[attr-defined]
        process.start()
        self._running.append(Running(claimed, process))

    def _beat(self, tools: Tools) -> None:
        going_on = in_transaction(tools.database, partial(self._write_heartbeat, tools))
        self._beat_at = time.monotonic()
        for running in self._running:
            if running.claimed.id not in going_on:
                running.end(self._kinds[running.claimed.kind].ends_within_s)
        sweep(tools.database, tools.settings.home)
        self._purges.look(tools.database, tools.settings.home)
        move_people_up(tools)
        answer_badge_requests(tools)
        tell_people(tools)
        deliver_to_webhooks(tools)
        self._copies.look(tools)
        self._bounces.look(tools)
        self._lists.look(tools)
        fetch_sheets(tools)

    def _write_heartbeat(self, tools: Tools, session: Session) -> set[int]:
        now = tools.clock()
        worker_seen(session, self._name, now)
        going_on = keep_claims(session, self._name, now)
        retry_lost(session, now)
        forget_old(session, now)
        return going_on

    def _reap(self, tools: Tools) -> None:
        for running in list(self._running):
            running.kill_if_late()
            if not running.process.is_alive():
                _settle(running, tools)
                self._running.remove(running)

    def _end(self, tools: Tools) -> None:
        self._copies.end()
        self._bounces.end()
        self._lists.end()
        for running in self._running:
            running.end(GRACE_S)
        until = time.monotonic() + 2 * GRACE_S
        while self._running and time.monotonic() < until:
            wait(self._sentinels(), 0.1)
            self._try(self._reap, tools)
        self._try(
            lambda t: in_transaction(t.database, partial(worker_left, name=self._name)), tools
        )

    def _sentinels(self) -> list[int]:
        return [running.process.sentinel for running in self._running]

    def _try(self, work: Callable[[Tools], object], tools: Tools) -> bool:
        """Do some work that needs the database; False if that has gone."""
        try:
            work(tools)
        except SQLAlchemyError as fault:
            _log.warning("the worker waits for the database: %s", fault)
            return False
        return True

    @contextmanager
    def _signals(self) -> Iterator[socket.socket]:
        """Yield a socket that becomes readable at the signal to end."""
        told, heard = socket.socketpair()
        told.setblocking(False)
        before = signal.set_wakeup_fd(told.fileno())
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._ask_to_end)
        try:
            yield heard
        finally:
            signal.set_wakeup_fd(before)
            told.close()
            heard.close()

    def _ask_to_end(self, *_signal: object) -> None:
        self._is_ending = True


def new_name() -> str:
    """Return a name for a worker that no other has."""
    return f"{socket.gethostname()}-{uuid4().hex[:12]}"


def _settle(running: Running, tools: Tools) -> None:
    """Record the end of a job whose process could not do so itself."""
    code, claimed = running.process.exitcode, running.claimed
    if code == 0:
        return
    if running.kill_at is not None:
        end_early(claimed, tools)
    elif code == DATABASE_AWAY:
        in_transaction(tools.database, lambda s: retry(s, claimed, tools.clock()))
    elif ran_out_of_memory(code):
        record_failure(claimed, tools, JobFailed(ProblemCode.OUT_OF_MEMORY))
    elif ran_out_of_time(code):
        record_failure(claimed, tools, JobFailed(ProblemCode.OUT_OF_TIME))
    else:
        _log.warning("job %s (%s) died: %s", claimed.id, claimed.kind, code)
        record_failure(claimed, tools, JobFailed(ProblemCode.DIED))
