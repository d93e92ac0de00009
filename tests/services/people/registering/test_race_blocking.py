"""A block concurrent with other blocks and with scans, and controls without the lock."""

from __future__ import annotations

import time
from threading import Event as Signal

from sqlalchemy import func, select, update

from checkin.db.models import Activity, Admission, Event, Participant, Scan
from checkin.domain.scanning.facts import Reentry
from checkin.domain.scanning.reasons import Reason
from checkin.domain.scanning.verdict import Status
from checkin.services.common import list_version
from checkin.services.people.registering.blocking import block
from tests.support import factories
from tests.support.factories import NOW, write
from tests.support.racing import race

ORGANISERS, GATES = 8, 8


def contest_the_block(database):
    """Let eight organisers block one person at once, each for a reason of their own."""
    event = factories.an_event(database)
    person = factories.a_participant(database, event).participant_id

    def blocks(at):
        return write(database, lambda s: block(s, event, person, reason=f"Motif {at}", now=NOW))

    return race(ORGANISERS, blocks)


def test_of_eight_concurrent_blocks_one_succeeds_and_its_reason_is_stored(database):
    done = contest_the_block(database)

    with database.read() as session:
        reasons = session.scalars(select(Participant.blocked_reason)).all()
        acts = session.scalars(
            select(func.count()).where(Activity.action == "participant.block")
        ).one()
    assert (sorted(done), acts) == ([False] * (ORGANISERS - 1) + [True], 1)
    assert reasons == [f"Motif {done.index(True)}"]


def unlocked_version(session, event_id):
    """Read the event's version instead of taking its row, and let others read meanwhile."""
    version = session.scalar(select(Event.list_version).where(Event.id == event_id))
    time.sleep(0.05)
    return version


def test_control_without_the_event_s_lock_several_concurrent_blocks_succeed(
    postgres_database, monkeypatch
):
    monkeypatch.setattr(list_version, "next_list_version", unlocked_version)

    def slow(session, event, kind, number, *, fresh):
        person = session.get(kind, number, populate_existing=fresh)
        time.sleep(0.05)
        return person

    monkeypatch.setattr(list_version, "by_id", slow)

    assert contest_the_block(postgres_database).count(True) > 1


def test_no_gate_admits_a_person_after_the_block_was_made(database):
    event = factories.an_event(database)
    write(database, lambda s: s.execute(update(Event).values(reentry=Reentry.FREE)))
    person = factories.a_participant(database, event)
    code = factories.code_of(event, person.badge_id)
    gates = [factories.a_device(database, event, f"Porte {n}") for n in range(GATES)]
    admitted, is_made = Signal(), Signal()

    def blocks():
        assert admitted.wait(60)
        write(database, lambda s: block(s, event, person.participant_id, reason="Test", now=NOW))
        is_made.set()

    def scans(gate):
        told = []
        while sum(made for made, _ in told) < 3:
            told.append((is_made.is_set(), factories.scan(database, gate, code).reason))
            admitted.set()
        return told

    *by_gate, _ = race(GATES + 1, lambda at: scans(gates[at]) if at < GATES else blocks())

    told = [each for gate in by_gate for each in gate]
    reasons = [[reason for _, reason in gate] for gate in by_gate]
    assert {reason for made, reason in told if made} == {Reason.BLOCKED}
    assert {reason for made, reason in told if not made} <= {None, Reason.BLOCKED}
    assert reasons == [sorted(gate, key=lambda reason: reason is not None) for gate in reasons]
    with database.read() as session:
        counted = session.scalar(select(func.count()).select_from(Admission))
        logged = session.scalar(
            select(func.count()).select_from(Scan).where(Scan.status == Status.OK)
        )
    let_in = [reason for _, reason in told].count(None)
    assert let_in > 0
    assert (counted, logged) == (1, let_in)
