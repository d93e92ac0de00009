"""Several nodes at the last place of a hall or a quota: never one too many."""

from __future__ import annotations

import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from threading import Event as Signal

import pytest
from sqlalchemy import text

from checkin.domain.scanning.reasons import Reason
from checkin.services.scanning import facts, record
from tests.db.test_shortest_transaction import statements_of
from tests.support import factories
from tests.support.databases.databases import PostgresDatabases, opened, postgres_cluster
from tests.support.factories import NOW
from tests.support.racing import race
from tests.support.waiting import wait_for

pytestmark = pytest.mark.postgres
NODES, GATES_EACH = 4, 6
#: so many admissions may be under way; a limit lies a little further off than that
MOST_CONNECTIONS = 60
UNDER_WAY = MOST_CONNECTIONS + facts.CHUNK - 1
LIMIT, PEOPLE = UNDER_WAY + 8, UNDER_WAY + 40


@pytest.fixture(scope="module")
def small_databases():
    """Databases of a PostgreSQL that takes few connections."""
    with postgres_cluster(max_connections=str(MOST_CONNECTIONS)) as cluster:
        yield PostgresDatabases(cluster)


@pytest.fixture
def nodes(small_databases, tmp_path):
    """Four nodes on one database, each with connections of its own."""
    with small_databases.fresh(tmp_path) as url, ExitStack() as stack:
        yield [stack.enter_context(opened(url)) for _ in range(NODES)]


def a_full_hall(database):
    event = factories.an_event(database, capacity=LIMIT)
    return event, factories.badges(database, event, PEOPLE), Reason.CAPACITY_EXCEEDED


def a_short_quota(database):
    """Half of the places are for people who are confirmed; the others have to wait for the rest."""
    event = factories.an_event(database, reserve_from=NOW)
    delegation = factories.a_delegation(database, event, quota=LIMIT // 2)
    codes = factories.badges(database, event, PEOPLE, delegation=delegation)
    widen = text(f"UPDATE delegation SET quota = {LIMIT}")
    factories.write(database, lambda session: session.execute(widen))
    return event, codes, Reason.QUOTA_EXCEEDED


LIMITS = pytest.mark.parametrize("laid_down", [a_full_hall, a_short_quota])


def scan_all(nodes, event, codes):
    """Scan the codes at six gates of each node at once; return how many were told what."""
    gates = NODES * GATES_EACH
    devices = [factories.a_device(nodes[0], event, f"Porte {n}") for n in range(gates)]

    def at_gate(at):
        node = nodes[at % NODES]
        return [factories.scan(node, devices[at], code).reason for code in codes[at::gates]]

    return Counter(reason for told in race(gates, at_gate) for reason in told)


@LIMITS
def test_four_nodes_at_the_last_places_admit_as_many_as_there_are(laid_down, nodes):
    event, codes, reason = laid_down(nodes[0])

    assert scan_all(nodes, event, codes) == {None: LIMIT, reason: PEOPLE - LIMIT}


@LIMITS
def test_control_with_a_smaller_distance_to_the_limit_more_are_admitted(
    laid_down, nodes, monkeypatch
):
    event, codes, _reason = laid_down(nodes[0])
    read = facts._row
    monkeypatch.setattr(facts, "scarce", is_full)
    monkeypatch.setattr(facts, "_row", lambda *a, **k: (read(*a, **k), time.sleep(0.02))[0])

    assert scan_all(nodes, event, codes)[None] > LIMIT


def is_full(row, policy):
    if policy.capacity is not None:
        return policy.capacity <= row.hall_inside
    return row.quota <= row.arrived


def admitted_around_a_slow_one(nodes, event, codes, monkeypatch):
    """Fill all places while one node is between reading and writing; return how many came in."""
    slow, *others = codes
    has_read, may_write, filled, write = Signal(), Signal(), Signal(), record.write_scan

    def write_slowly(*args):
        if not has_read.is_set():
            has_read.set()
            may_write.wait(60)
        return write(*args)

    monkeypatch.setattr(record, "write_scan", write_slowly)
    devices = [factories.a_device(nodes[0], event, f"Porte {n}") for n in range(2)]

    def fill():
        told = [factories.scan(nodes[1], devices[1], code).reason for code in others]
        filled.set()
        return told

    with ThreadPoolExecutor(2) as threads:
        first = threads.submit(factories.scan, nodes[0], devices[0], slow)
        assert has_read.wait(30)
        rest = threads.submit(fill)
        wait_for(lambda: filled.is_set() or somebody_waits(nodes[2]), "the others")
        may_write.set()
        return [first.result().reason, *rest.result()].count(None)


def somebody_waits(node):
    waiting = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
    with node.reading() as connection:
        return connection.scalar(text(waiting)) > 0


@LIMITS
def test_an_admission_that_takes_long_is_counted_before_the_last_place_is_given(
    laid_down, nodes, monkeypatch
):
    event, codes, _reason = laid_down(nodes[0])

    assert admitted_around_a_slow_one(nodes, event, codes, monkeypatch) == LIMIT


@LIMITS
def test_control_with_a_lock_of_the_events_row_alone_it_is_one_too_many(
    laid_down, nodes, monkeypatch
):
    monkeypatch.setattr(facts, "admit_alone", facts.lock_event)
    event, codes, _reason = laid_down(nodes[0])

    assert admitted_around_a_slow_one(nodes, event, codes, monkeypatch) == LIMIT + 1


def test_a_scan_shares_the_lock_only_while_a_limit_may_be_reached(nodes):
    opens = NOW + factories.minutes(60)
    event = factories.an_event(nodes[0], reserve_from=opens)
    device = factories.a_device(nodes[0], event)
    first, second = factories.badges(nodes[0], event, 2)
    sent = statements_of(nodes[0])

    early = factories.scan(nodes[0], device, first), list(sent)
    sent.clear()
    late = factories.scan(nodes[0], device, second, at=opens), list(sent)

    assert (early[0].reason, early[1]) == (None, ["SELECT", "WITH"])
    assert (late[0].reason, late[1]) == (None, ["BEGIN", "SELECT", "SELECT", "WITH", "COMMIT"])
