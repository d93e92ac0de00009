"""Recording scans: the whole answer to each, what is stored, and what is counted."""

from __future__ import annotations

from dataclasses import replace
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from checkin.db.models import Admission, Conflict, RefusalTally, Scan
from checkin.domain.scanning.facts import Direction, Reentry
from checkin.domain.scanning.reasons import Reason
from checkin.domain.scanning.verdict import Status
from checkin.errors import InvalidRequest, ScanIdConflict
from checkin.services.scanning.facts import Place
from checkin.services.scanning.record import CHUNK, force_reason_of, record_batch
from checkin.services.scanning.storage import Answer, Decided
from tests.support import factories
from tests.support.factories import KEYS, NOW, minutes

LET_IN = Decided(Status.OK, None)
TURNED_AWAY = Decided(Status.ERROR, Reason.CAPACITY_EXCEEDED)


def counted(database):
    """Return how many admissions, conflicts and counted refusals there are."""
    with database.read() as session:
        admissions, conflicts = (
            session.scalar(select(func.count()).select_from(table))
            for table in (Admission, Conflict)
        )
        refusals = session.scalar(select(func.sum(RefusalTally.refused)))
    return admissions, conflicts, int(refusals or 0)


def told(answer):
    return answer.status, answer.reason, answer.conflict


def test_an_arrival_is_answered_with_the_person_and_the_counts_including_them(
    database, event, device
):
    friend, code = factories.badges(database, event, 2)
    factories.scan(database, device, friend)
    reading = factories.a_reading(code)

    answer = factories.record(database, device, reading)

    assert answer == Answer(
        scan_id=reading.scan_id,
        status=Status.OK,
        reason=None,
        direction=Direction.ENTRY,
        holder=answer.holder,
        first=Place(NOW, device.gate_id, device.gate_name),
    )
    assert (answer.holder.name, answer.holder.arrived, answer.holder.quota) == (
        "Militant 1",
        2,
        1000,
    )
    assert counted(database) == (2, 0, 0)


def test_whoever_comes_again_is_answered_with_the_first_time(database, event, device):
    code = factories.a_badge(database, event)
    other = factories.a_device(database, event, "Porte 2")
    factories.scan(database, device, code, at=NOW - minutes(9))

    answer = factories.scan(database, other, code)

    assert told(answer) == (Status.ERROR, Reason.ALREADY_REDEEMED, False)
    assert answer.first == Place(NOW - minutes(9), device.gate_id, device.gate_name)
    assert (answer.holder.arrived, counted(database)) == (1, (1, 0, 1))


def test_a_second_entry_after_an_exit_is_no_second_arrival(database):
    event = factories.an_event(database, reentry=Reentry.AFTER_EXIT)
    gate, code = factories.a_device(database, event), factories.a_badge(database, event)
    answers = [
        factories.scan(database, gate, code, at=NOW - minutes(ago), direction=direction)
        for ago, direction in ((30, Direction.ENTRY), (20, Direction.EXIT), (10, Direction.ENTRY))
    ]

    assert [told(one) for one in answers] == [(Status.OK, None, False)] * 3
    assert [one.direction for one in answers] == ["entry", "exit", "entry"]
    assert [one.holder.arrived for one in answers] == [1, 1, 1]
    assert {one.first for one in answers} == {
        Place(NOW - minutes(30), gate.gate_id, gate.gate_name)
    }
    assert counted(database) == (2, 0, 0)


@pytest.mark.parametrize("decided", [None, LET_IN, TURNED_AWAY])
def test_nobody_is_told_of_another_event_s_badge(decided, database, device):
    other = factories.an_event(database, "other")
    code = factories.a_badge(database, other)

    answer = factories.scan(database, device, code, decided=decided)

    reason = Reason.CAPACITY_EXCEEDED if decided is TURNED_AWAY else Reason.WRONG_EVENT
    assert told(answer) == (Status.ERROR, reason, decided is LET_IN)
    assert (answer.holder, answer.first) == (None, None)
    assert counted(database) == (0, int(decided is LET_IN), int(decided is not LET_IN))


def test_an_unknown_code_is_refused_and_counted(database, device):
    answer = factories.scan(database, device, "not one of ours")

    assert told(answer) == (Status.ERROR, Reason.INVALID, False)
    assert (answer.holder, answer.first, counted(database)) == (None, None, (0, 0, 1))


def test_an_override_sets_the_refusal_aside(database, event, device):
    tiflet = factories.a_delegation(database, event, "Tiflet", quota=0)
    codes = factories.badges(database, event, 3, delegation=tiflet)
    why, who = "envoyé par le comité", factories.a_supervisor(database)

    answers = [
        factories.scan(database, device, code, force_reason=why, forced_by=who)
        for code, why, who in zip(codes, (why, why, None), (who, None, who), strict=True)
    ]

    assert [told(one) for one in answers] == [
        (Status.OK, None, False),
        (Status.ERROR, Reason.UNAPPROVED, False),  # nobody is named
        (Status.ERROR, Reason.UNAPPROVED, False),  # nothing is forced
    ]
    assert [one.overridden for one in answers] == [Reason.UNAPPROVED, None, None]
    with database.read() as session:
        assert session.scalars(select(Admission.without_place)).all() == [True]


@pytest.mark.parametrize(
    ("decided", "answered", "happened"),
    [
        (TURNED_AWAY, (Status.ERROR, Reason.CAPACITY_EXCEEDED, False), (0, 0, 1)),
        (Decided(Status.ERROR, None), (Status.ERROR, Reason.INVALID, False), (0, 0, 1)),
        (LET_IN, (Status.OK, None, False), (1, 0, 0)),
    ],
)
def test_what_a_gate_decided_by_itself_is_what_happened(
    decided, answered, happened, database, event, device
):
    code = factories.a_badge(database, event)

    assert told(factories.scan(database, device, code, decided=decided)) == answered
    assert counted(database) == happened


def test_a_stop_refuses_those_who_come_and_contradicts_nobody_who_was_let_in_meanwhile(
    database, event, device
):
    stopped = replace(device, policy=replace(device.policy, stopped=True))
    before, now = factories.badges(database, event, 2)

    answers = [
        factories.scan(database, stopped, before, decided=LET_IN),
        factories.scan(database, stopped, now),
    ]

    assert [told(one) for one in answers] == [
        (Status.OK, None, False),
        (Status.ERROR, Reason.INVALID_TIME, False),
    ]


def test_a_batch_is_answered_in_its_order_and_a_used_scan_id_spoils_only_its_own_scan(
    database, event, device
):
    codes = factories.badges(database, event, 2 * CHUNK + 1)
    used = factories.scan(database, device, codes[0])
    readings = [factories.a_reading(code, decided=LET_IN) for code in codes[1:]]
    readings[CHUNK] = replace(readings[CHUNK], scan_id=used.scan_id)
    readings[-1] = replace(readings[-1], lease_id=uuid4())

    answers = record_batch(database, device, readings, KEYS)

    assert isinstance(answers.pop(CHUNK), ScanIdConflict)
    del readings[CHUNK]
    assert [one.scan_id for one in answers] == [one.scan_id for one in readings]
    assert {told(one) for one in answers} == {(Status.OK, None, False)}
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(Scan)) == 2 * CHUNK


@pytest.mark.parametrize(
    ("force", "reason", "found"),
    [(True, " malade ", "malade"), (False, "malade", None), (None, None, None)],
)
def test_the_reason_of_an_override_is_kept_without_its_spaces(force, reason, found):
    assert force_reason_of(force=force, reason=reason) == found


@pytest.mark.parametrize("reason", [None, "", "  "])
def test_an_override_without_a_reason_is_none(reason):
    with pytest.raises(InvalidRequest, match="say why"):
        force_reason_of(force=True, reason=reason)
