"""Passes over the gate list: what they write, when one is due, and who is in their way."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

import pytest
from sqlalchemy import delete, func, select, update

from checkin.db.models import Badge, Event, Gate, GateListPass, GateListSegment
from checkin.domain.common.epochs import EpochCause
from checkin.errors import ListNotReady
from checkin.protocol.codes import parse_code
from checkin.protocol.compact_entries import names_in
from checkin.protocol.gate_list import (
    SealedEntry,
    Tombstone,
    badge_tag,
    bus_tag,
    open_bus_list,
    open_entry,
)
from checkin.protocol.list_segments import extent_of, record_in
from checkin.services.backups.epochs import begin_epoch
from checkin.services.badges.issue import reissue_badge
from checkin.services.gates import list_passes
from checkin.services.gates.gate_list import SealedEntries, gate_list
from checkin.services.gates.gates import limit_gate
from checkin.services.gates.list_passes import events_to_write, live_passes, write_pass
from checkin.services.gates.list_segments import KnownSegments, list_of_segments
from checkin.services.jobs.workers import worker_seen
from checkin.services.lifecycle.purge import purge_event
from checkin.services.people.registering.blocking import block
from checkin.services.people.registering.registration import cancel
from tests.support import factories
from tests.support.factories import KEYS, NOW, minutes, write
from tests.support.racing import race


@pytest.fixture(autouse=True)
def small(monkeypatch):
    """Let three people be very many."""
    monkeypatch.setattr(list_passes, "MOST_AT_ONCE", 3)
    monkeypatch.setattr("checkin.services.gates.list_segments.MOST_AT_ONCE", 3)
    monkeypatch.setattr(list_passes, "PASS_AFTER", 1)
    monkeypatch.setattr(list_passes, "SEGMENT_BYTES", 450)
    monkeypatch.setattr(list_passes, "_READ_AT_ONCE", 2)


@pytest.fixture
def codes(database, event):
    return factories.badges(database, event, 7)


def passed(database, event, now=NOW):
    return write_pass(database, event.id, KEYS, lambda: now)


def due(database, now=NOW):
    with database.read() as session:
        return events_to_write(session, now)


def manifest(database, event, since=0):
    with database.read() as session:
        return list_of_segments(session, event.id, since, KEYS, NOW)


def contents(database, event, head):
    known = KnownSegments()
    return [known.content(database, event.id, one["mark"]) for one in head["segments"]]


def found(database, event, head, code):
    """Return the record of a badge as a device finds it: the latest of all."""
    tag = badge_tag(parse_code(code))
    told = [record_in(content, tag) for content in contents(database, event, head)]
    return next((one for one in reversed(told) if one is not None), None)


def opened(database, event, head, code):
    record = found(database, event, head, code)
    assert isinstance(record, SealedEntry)
    return open_entry(parse_code(code), record, names_in(head))


def change(database, event, number, what="canceled"):
    def work(session):
        of = session.get_one(Event, event.id)
        if what == "canceled":
            cancel(session, of, number, now=NOW)
        else:
            block(session, of, number, reason=what, now=NOW)

    write(database, work)


def count(database, table):
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(table))


def test_a_pass_is_due_for_an_event_of_many_people_only(database, event):
    factories.badges(database, event, 3)
    assert due(database) == []

    factories.badges(database, event, 1)
    assert due(database) == [event.id]


def test_the_segments_tell_of_everybody_what_the_whole_list_tells(database, event, codes):
    assert passed(database, event) == 3

    head = manifest(database, event).head
    with database.read() as session:
        whole = gate_list(session, event.id, 0, KEYS, SealedEntries(), NOW)
    entries = {entry.tag: entry for entry in whole.entries}
    for code in codes:
        token = parse_code(code)
        assert opened(database, event, head, code) == open_entry(token, entries[badge_tag(token)])
    assert sum(one["records"] for one in head["segments"]) == 7


def test_the_head_says_of_each_segment_what_it_is(database, event, codes):
    passed(database, event)

    head = manifest(database, event).head
    stored = contents(database, event, head)
    assert head["format"] == 2
    assert head["since"] is None
    assert head["policy"]["reentry"] == "single"
    told = [(one["bytes"], one["records"], one["first"], one["last"]) for one in head["segments"]]
    extents = [(len(content), extent_of(content)) for content in stored]
    assert told == [(size, of.records, of.first, of.last) for size, of in extents]
    for before, after in pairwise(extents):
        assert before[1].last < after[1].first  # those of one pass lie side by side


def test_the_next_pass_writes_only_what_has_changed_and_replaces_it(database, event, codes):
    passed(database, event)
    before = manifest(database, event).head["segments"]
    change(database, event, 1)
    assert due(database) == []  # one person
    change(database, event, 2)
    assert due(database) == [event.id]
    passed(database, event)

    head = manifest(database, event).head
    assert head["segments"][: len(before)] == before
    assert sum(one["records"] for one in head["segments"][len(before) :]) == 2
    told = [opened(database, event, head, code)["standing"] for code in codes[:3]]
    assert told == ["canceled", "canceled", "confirmed"]


def test_a_revoked_badge_has_a_tombstone_and_its_successor_an_entry(database, event, codes):
    passed(database, event)
    of = {"keys": KEYS, "reason": "lost", "now": NOW}
    write(database, lambda s: reissue_badge(s, s.get_one(Event, event.id), 1, **of))
    assert passed(database, event) == 1

    head = manifest(database, event).head
    tag = badge_tag(parse_code(codes[0]))
    assert found(database, event, head, codes[0]) == Tombstone(tag, "revoked")
    assert sum(one["records"] for one in head["segments"]) == 9


def test_a_pass_writes_all_anew_when_much_is_outdated(database, event, codes):
    passed(database, event)
    first = manifest(database, event).head["segments"]
    for number in (1, 2, 3, 4):  # 7 records and 4 are more than half as many again
        change(database, event, number)
    passed(database, event)

    head = manifest(database, event).head
    assert sum(one["records"] for one in head["segments"]) == 7
    assert not {one["mark"] for one in first} & {one["mark"] for one in head["segments"]}
    assert contents(database, event, {"segments": first}) == [None] * len(first)
    assert count(database, GateListPass) == 1


def test_a_new_epoch_has_no_segments_until_they_are_written_anew(database, event, codes):
    passed(database, event)
    write(database, lambda s: begin_epoch(s, EpochCause.RESTORED, NOW))

    with database.read() as session:
        assert live_passes(session, event.id) is None
    assert due(database) == [event.id]
    passed(database, event)
    assert manifest(database, event) is not None


def test_an_epoch_that_begins_meanwhile_ends_the_pass(database, event, codes, monkeypatch):
    complete = list_passes._complete

    def after_a_restore(session, *given):
        begin_epoch(session, EpochCause.RESTORED, NOW)
        complete(session, *given)

    monkeypatch.setattr(list_passes, "_complete", after_a_restore)

    assert passed(database, event) is None


def test_bus_lists_come_in_segments_too(database, event):
    codes = factories.a_full_bus(database, event, 5)
    passed(database, event)

    head = manifest(database, event).head
    leader = parse_code(codes[0])
    records = [record_in(one, bus_tag(leader)) for one in contents(database, event, head)]
    [entry] = [record for record in records if record]
    told = open_bus_list(leader, entry, names_in(head))
    assert told["bus"]["name"] == "Car 1"
    assert [one["participant"]["id"] for one in told["people"]] == [1, 2, 3, 4, 5]


def test_the_gates_for_a_category_are_those_of_the_head(database, event, codes):
    device, category = factories.a_device(database, event), factories.a_category(database, event)
    passed(database, event)

    def limit(session):
        gate = session.get_one(Gate, device.gate_id)
        limit_gate(session, session.get_one(Event, event.id), gate, [category.name])

    write(database, limit)
    passed(database, event)

    head = manifest(database, event).head
    assert opened(database, event, head, codes[0])["gates"] == [device.gate_id]


def test_who_is_up_to_date_or_nearly_is_told_in_one_answer(database, event, codes):
    passed(database, event)
    cursor = int(manifest(database, event).head["cursor"])
    change(database, event, 1)

    assert manifest(database, event, since=cursor) is None


def test_without_segments_devices_wait_while_a_worker_lives_and_get_all_where_none_does(
    database, event, codes
):
    assert manifest(database, event) is None

    write(database, lambda s: worker_seen(s, "worker", NOW))
    with pytest.raises(ListNotReady):
        manifest(database, event)


def test_segments_that_lag_behind_are_not_named(database, event, codes):
    passed(database, event)
    write(database, lambda s: worker_seen(s, "worker", NOW))
    write(database, lambda s: s.execute(update(Event).values(list_version=Event.list_version + 1)))
    version = select(Event.list_version).scalar_subquery()
    write(database, lambda s: s.execute(update(Badge).values(list_version=version)))

    with pytest.raises(ListNotReady):
        manifest(database, event)


def test_one_process_writes_at_a_time(database, event, codes):
    written = race(4, lambda _: passed(database, event))

    assert sorted(one is not None for one in written) == [False, False, False, True]
    assert count(database, GateListPass) == 1
    assert manifest(database, event) is not None


def test_a_pass_whose_process_died_is_begun_anew_after_a_while(database, event, codes):
    write(database, lambda s: list_passes._begin(s, event.id, NOW))
    soon, later = NOW + timedelta(seconds=50), NOW + minutes(2)

    assert due(database, soon) == []
    assert passed(database, event, soon) is None
    assert due(database, later) == [event.id]
    assert passed(database, event, later) == 3
    assert count(database, GateListPass) == 1


def test_a_pass_that_was_taken_for_dead_writes_nothing_more(database, event, codes, monkeypatch):
    add = list_passes._add

    def after_another(session, begun, row, now):
        session.execute(delete(GateListPass).where(GateListPass.id == begun.id))
        add(session, begun, row, now)

    monkeypatch.setattr(list_passes, "_add", after_another)

    assert passed(database, event) is None
    assert count(database, GateListSegment) == 0


def test_a_purge_erases_segments_and_ends_the_pass_that_writes_more(
    database, event, codes, monkeypatch, tmp_path
):
    passed(database, event)
    change(database, event, 1)
    change(database, event, 2)
    sealed = list_passes._sealed

    def purged_meanwhile(*given):
        records = sealed(*given)
        purge_event(database, event, tmp_path, now=NOW, early=True)
        return records

    monkeypatch.setattr(list_passes, "_sealed", purged_meanwhile)

    assert passed(database, event) is None
    assert (count(database, GateListPass), count(database, GateListSegment)) == (0, 0)
    assert passed(database, event) is None
    assert due(database) == []


def test_segments_in_memory_are_bounded_by_their_bytes(database, event, codes, monkeypatch):
    passed(database, event)
    marks = [one["mark"] for one in manifest(database, event).head["segments"]]
    monkeypatch.setattr("checkin.services.gates.list_segments._KEPT_BYTES", 500)
    known = KnownSegments()
    first = [known.content(database, event.id, mark) for mark in marks]
    write(database, lambda s: s.execute(delete(GateListSegment)))

    kept = [known.content(database, event.id, mark) for mark in marks]
    assert kept == [None, None, first[-1]]
    assert known.content(database, event.id + 1, marks[-1]) is None
