"""Scans and organisers at work on two records of one person while they are merged."""

from __future__ import annotations

from threading import Event as Signal

import pytest
from sqlalchemy import func, select

from checkin.db.models import Activity, Admission, MergedRecord, Scan
from checkin.domain.scanning.reasons import Reason
from checkin.services.people.registering.blocking import block
from checkin.services.scanning import record
from checkin.services.scanning.writing import write_scan
from tests.services.scanning.merged import (
    LATER,
    arrivals,
    checked,
    logged,
    merge,
    take_back,
    tallied,
)
from tests.support import factories, guards
from tests.support.factories import minutes, write
from tests.support.racing import race, race_outcomes


@pytest.fixture
def two(database, event):
    """Two records of one person, in two delegations."""
    names = ("Salé", "Tiflet")
    return [
        factories.a_participant(
            database,
            event,
            "Amina Alaoui",
            delegation=factories.a_delegation(database, event, name, quota=3),
        )
        for name in names
    ]


def code(event, person):
    return factories.code_of(event, person.badge_id)


def count_of(database, table, *where):
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(table).where(*where))


@pytest.mark.parametrize("round_", range(3))
def test_scans_of_either_badge_during_a_merge_count_one_person_once(database, event, two, round_):
    gates = [factories.a_device(database, event, f"Porte {number}") for number in range(1, 5)]
    ids = [one.participant_id for one in two]

    def work(at):
        if at == 4:
            return merge(database, event, *ids)
        return factories.scan(
            database, gates[at], code(event, two[at % 2]), at=LATER + minutes(at)
        ).reason

    race_outcomes(5, work)
    # What came in between makes the other record the kept one: the organiser looks once more.
    kept = merge(database, event, *ids) if not count_of(database, MergedRecord) else None

    with database.read() as session:
        merged = session.scalars(select(MergedRecord)).one()
    assert kept in (None, merged.kept_id)
    for table in (Scan, Admission):
        assert count_of(database, table, table.participant_id == merged.participant_id) == 0
    assert [number for number, _, _ in arrivals(database, merged.kept_id)] == [1]
    checked(database)
    take_back(database, event, merged.participant_id)
    checked(database)


def test_two_organisers_who_merge_the_same_two_at_once_merge_them_once(database, event, two):
    ids = [one.participant_id for one in two]

    race(4, lambda at: merge(database, event, *(ids if at % 2 else ids[::-1]), kept=ids[0]))

    assert count_of(database, MergedRecord) == 1
    assert count_of(database, Activity, Activity.action == "participant.merge") == 1
    checked(database)


def test_a_merge_taken_back_twice_at_once_is_taken_back_once(database, event, two):
    ids = [one.participant_id for one in two]
    merge(database, event, *ids)

    race_outcomes(4, lambda _at: take_back(database, event, ids[1]))

    assert count_of(database, MergedRecord) == 0
    assert count_of(database, Activity, Activity.action == "participant.unmerge") == 1
    checked(database)


@pytest.fixture
def scan_during_a_merge(postgres_database, monkeypatch):
    """Decide a scan of the other's badge, merge the two, and only then write the scan.

    What is returned does so; `blocked`: the other one is, so that the scan is refused.
    """
    database = postgres_database
    event = factories.an_event(database)
    device = factories.a_device(database, event)
    two = [factories.a_participant(database, event, name) for name in ("Amina", "Mina")]
    decided, merged = Signal(), Signal()

    def written_late(*about):
        if not merged.is_set():
            decided.set()
            merged.wait(60)
        return write_scan(*about)

    monkeypatch.setattr(record, "write_scan", written_late)

    def work(at):
        if at == 0:
            return factories.scan(database, device, code(event, two[1]), at=LATER)
        decided.wait(60)
        kept = merge(database, event, *(one.participant_id for one in two))
        merged.set()
        return kept

    def during(*, blocked=False):
        other = two[1].participant_id
        if blocked:
            write(database, lambda s: block(s, event, other, reason="essai", now=LATER))
        return database, other, race(2, work)

    return during


# On SQLite the transaction that writes has decided.
def test_a_scan_decided_before_a_merge_is_decided_again_after_it(scan_during_a_merge):
    database, other, (answer, kept) = scan_during_a_merge()

    assert (answer.reason, answer.holder.participant_id) == (Reason.REVOKED, kept)
    assert arrivals(database, other) == []
    assert tallied(database) == logged(database)


def test_a_refusal_decided_before_a_merge_is_not_written_for_the_merged_record(
    scan_during_a_merge,
):
    database, other, (answer, _kept) = scan_during_a_merge(blocked=True)

    assert answer.reason is Reason.REVOKED
    assert count_of(database, Scan, Scan.participant_id == other) == 0


def test_control_without_the_trigger_a_scan_is_written_for_the_merged_record(
    scan_during_a_merge, postgres_database
):
    guards.without_refusal_of_merged(postgres_database)

    database, other, (answer, _kept) = scan_during_a_merge(blocked=True)

    assert answer.reason is Reason.BLOCKED
    assert count_of(database, Scan, Scan.participant_id == other) == 1
