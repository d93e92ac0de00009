"""Devices renew leases while gates admit: together they never exceed a limit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from checkin.db.models import Delegation, Device
from checkin.domain.scanning.leases import LIFETIME
from checkin.domain.scanning.verdict import Status
from checkin.services.board.live_counts import live_counts
from checkin.services.gates import leases
from checkin.services.gates.authentication import mark_seen
from checkin.services.gates.leases import grant_lease
from checkin.services.scanning import facts
from checkin.services.scanning.conflicts import conflicts_of
from checkin.services.scanning.storage import Decided
from tests.support import factories
from tests.support.factories import NOW, write
from tests.support.lending import keep_places, lend_before_anybody_waits
from tests.support.racing import race

DEVICES, ROUNDS, LIMIT, PEOPLE = 16, 3, 60, 130
LET_IN = Decided(Status.OK, None)


@pytest.fixture(autouse=True)
def nobody_waited_when_it_was_granted(monkeypatch):
    """Who is on a reserve list here came later; else they would have got the places first."""
    lend_before_anybody_waits(monkeypatch)


@dataclass
class Hall:
    """Gates with the people before them, some in reserve, some with a place."""

    event: Any
    devices: list[Any]
    codes: list[str]


def a_full_hall(database, slug="rabat-2025"):
    event = factories.an_event(database, slug, capacity=LIMIT)
    return furnished(database, event, factories.a_delegation(database, event, quota=PEOPLE))


def a_short_quota(database, slug="rabat-2025"):
    """Nobody is confirmed: all came to a delegation that had no place then, and 60 now."""
    event = factories.an_event(database, slug, reserve_from=NOW)
    return furnished(database, event, factories.a_delegation(database, event, quota=0))


def furnished(database, event, delegation):
    codes = factories.badges(database, event, PEOPLE, delegation=delegation)
    widen = update(Delegation).where(Delegation.quota == 0).values(quota=LIMIT)
    write(database, lambda s: s.execute(widen))
    keep_places(database, delegation.id, LIMIT)
    devices = [factories.a_device(database, event, f"Porte {n}") for n in range(DEVICES)]
    for device in devices:
        write(database, lambda s, of=device: mark_seen(s, of.id, NOW))
    return Hall(event, devices, codes)


def renew_and_admit(database, hall):
    """Half of the threads renew leases, half admit at gates online; return the last leases."""

    def at_once(at):
        held = None
        for turn in range(ROUNDS):
            if at < DEVICES:
                held = renewed(database, hall.devices[at], held, NOW + timedelta(seconds=turn))
            else:
                code = hall.codes[(at - DEVICES) * ROUNDS + turn]
                factories.scan(database, hall.devices[at - DEVICES], code)
        return held

    return race(2 * DEVICES, at_once)[:DEVICES]


def use_up(database, hall, held, first=DEVICES * ROUNDS):
    """Let every device admit by itself whatever its lease lends."""
    waiting = iter(hall.codes[first:])
    for device, lease in zip(hall.devices, held, strict=True):
        lent = sum(one.places for one in lease.delegations) if lease.hall is None else lease.hall
        for code in [next(waiting) for _ in range(lent)]:
            factories.scan(database, device, code, decided=LET_IN, lease_id=lease.lease_id)


def arrived_and_conflicts(database, hall):
    with database.read() as session:
        arrived = live_counts(session, hall.event.id, day=1).totals["arrived"]
        return arrived, len(conflicts_of(session, hall.event))


LIMITS = pytest.mark.parametrize("laid_down", [a_full_hall, a_short_quota])


@LIMITS
def test_gates_online_and_offline_together_never_exceed_a_limit(laid_down, database):
    hall = laid_down(database)

    held = renew_and_admit(database, hall)
    use_up(database, hall, held)

    arrived, contradicted = arrived_and_conflicts(database, hall)
    assert contradicted == 0
    assert LIMIT // 2 < arrived <= LIMIT


@LIMITS
def test_control_without_the_lock_more_places_are_lent_than_exist(
    laid_down, postgres_database, monkeypatch
):
    monkeypatch.setattr(leases, "stop_admissions", lambda *_: None)
    monkeypatch.setattr(facts, "scarce", lambda *_: False)

    # A real race, and seldom one that all of them win.
    assert any(
        lends_too_much(postgres_database, laid_down(postgres_database, f"rabat-{n}"))
        for n in range(8)
    )


def lends_too_much(database, hall):
    """Say whether devices that ask at once are lent more than one by one."""
    if hall.event.capacity is None:  # each then asks for all kept places, as if it were alone
        write(database, lambda s: s.execute(update(Device).values(last_seen_at=None)))
    first = race(DEVICES, lambda at: renewed(database, hall.devices[at]))
    lent = sum(lease.hall or sum(one.places for one in lease.delegations) for lease in first)
    return lent > one_by_one(hall)


@LIMITS
def test_concurrent_grants_lend_the_same_as_sequential_ones(laid_down, database):
    hall = laid_down(database)

    first = race(DEVICES, lambda at: renewed(database, hall.devices[at]))

    lent = sum(lease.hall or sum(one.places for one in lease.delegations) for lease in first)
    assert lent == one_by_one(hall)


def renewed(database, device, held=None, now=NOW):
    at_hand = held and held.lease_id
    return write(database, lambda s: grant_lease(s, device, now=now, held=at_hand))


def one_by_one(hall):
    """Return what devices are lent in turn: all kept places, or of the hall its shares."""
    if hall.event.capacity is None:
        return LIMIT
    left = LIMIT
    for _ in range(DEVICES):
        left -= left // (DEVICES + 1)
    return LIMIT - left


@LIMITS
def test_control_gates_that_ignore_lent_places_exceed_the_limit(laid_down, database, monkeypatch):
    hall = laid_down(database)
    held = [renewed(database, device) for device in hall.devices]
    read = facts._row
    long_after = NOW + LIFETIME
    with monkeypatch.context() as blind:
        blind.setattr(
            facts,
            "_row",
            lambda s, of, policy, badge, _, day, **k: read(
                s, of, policy, badge, long_after, day, **k
            ),
        )
        for code in hall.codes[:LIMIT]:
            factories.scan(database, hall.devices[0], code)

    use_up(database, hall, held, first=LIMIT)

    assert arrived_and_conflicts(database, hall)[0] > LIMIT


@LIMITS
def test_gates_online_do_not_use_lent_places(laid_down, database):
    hall = laid_down(database)
    held = [renewed(database, device) for device in hall.devices]
    for code in hall.codes[:LIMIT]:
        factories.scan(database, hall.devices[0], code)

    use_up(database, hall, held, first=LIMIT)

    assert arrived_and_conflicts(database, hall) == (LIMIT, 0)
