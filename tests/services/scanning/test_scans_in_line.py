"""On PostgreSQL few scans run at once; one that waits for a lock delays others briefly."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager

import pytest
from sqlalchemy import select

from checkin.db.engine import SCANS_AT_ONCE
from checkin.db.locks import FairSemaphore
from checkin.db.models import Delegation
from checkin.domain.scanning.verdict import Status
from tests.support import factories
from tests.support.waiting import wait_for


@pytest.fixture
def database(postgres_database):
    return postgres_database


@contextmanager
def locked(database, delegation):
    """Hold a delegation's row, as somebody does who changes it and takes their time."""
    with database.write() as session:
        row = select(Delegation.id).where(Delegation.id == delegation.id)
        session.execute(row.with_for_update())
        yield


def scanned_beside_locked_ones(database, *, patience_s):
    """Fill the queue with scans that wait for a lock, and scan a badge that does not need it.

    Returns:
        whether that one was answered meanwhile; the statuses of all once the lock is given back.
    """
    event = factories.an_event(database)
    gate = factories.a_device(database, event)
    busy = factories.a_delegation(database, event, "Khémisset")
    free = factories.a_delegation(database, event, "Rabat")
    waiting = factories.badges(database, event, SCANS_AT_ONCE, delegation=busy)
    waiting += factories.badges(database, event, 1, delegation=free)
    with ThreadPoolExecutor(SCANS_AT_ONCE + 1) as threads:
        with locked(database, busy):
            scans = [threads.submit(factories.scan, database, gate, code) for code in waiting[:-1]]
            wait_for(lambda: database._line._free == 0)
            scans.append(threads.submit(factories.scan, database, gate, waiting[-1]))
            answered = wait(scans[-1:], patience_s).done
        return bool(answered), {scan.result().status for scan in scans}


def test_scans_that_wait_for_a_lock_do_not_delay_the_others(database):
    assert scanned_beside_locked_ones(database, patience_s=10) == (True, {Status.OK})


def test_control_in_a_queue_without_a_time_limit_waiting_scans_delay_the_others(database):
    database._line = FairSemaphore(SCANS_AT_ONCE)

    assert scanned_beside_locked_ones(database, patience_s=1) == (False, {Status.OK})
