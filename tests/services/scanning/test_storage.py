"""The row of a scan, the hash by which it is recognised, and the answer it gets again."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select

from checkin.db.models import Role, Scan
from checkin.domain.scanning.facts import Direction
from checkin.domain.scanning.reasons import Reason
from checkin.domain.scanning.verdict import Source, Status
from checkin.services.accounts.operators import add_operator
from checkin.services.scanning.facts import Place
from checkin.services.scanning.storage import Answer, Decided
from tests.support import factories
from tests.support.factories import KEYS, NOW, minutes, write

READING = factories.a_reading("ABC", force_reason="malade")


def stored(database):
    """Return the last scan's row, by column."""
    with database.read() as session:
        row = session.scalars(select(Scan).order_by(Scan.id.desc())).first()
        return {column.key: getattr(row, column.key) for column in Scan.__table__.columns}


@pytest.mark.parametrize(
    "change",
    [
        {"code": "ABD"},
        {"direction": Direction.EXIT},
        {"source": Source.TYPED},
        {"scanned_at": NOW + timedelta(microseconds=1)},
        {"force_reason": "autre"},
        {"force_reason": None},
    ],
)
def test_another_reading_has_another_hash(change):
    assert replace(READING, **change).body_hash(1) != READING.body_hash(1)


def test_a_reading_that_comes_again_has_the_same_hash_from_its_device_alone():
    again = replace(
        READING,
        at=NOW + minutes(1),
        received_at=NOW + minutes(1),
        skew_ms=7,
        forced_by=3,
        decided=Decided(Status.OK, None),
        lease_id=uuid4(),
    )

    assert again.body_hash(1) == READING.body_hash(1)
    assert again.body_hash(2) != READING.body_hash(1)


@pytest.mark.parametrize("source", Source)
def test_a_code_is_read_in_any_case_whatever_has_read_it(source):
    assert replace(READING, code=" abc ", source=source).text == "ABC"


def test_a_scan_is_stored_as_it_was_read_and_answered(database, event, device):
    person = factories.a_participant(database, event)
    supervisor = write(
        database,
        lambda s: (
            add_operator(
                s, email="s@example.org", name="Salma", role=Role.SUPERVISOR, now=NOW
            ).operator.id
        ),
    )
    reading = replace(
        factories.a_reading(factories.code_of(event, person.badge_id), at=NOW - minutes(9)),
        scanned_at=NOW - minutes(10),
        received_at=NOW,
        skew_ms=60_000,
        source=Source.WEDGE,
        force_reason="malade",
        forced_by=supervisor,
        decided=Decided(Status.OK, None),
    )

    factories.record(database, device, reading)

    row = stored(database)
    assert row == {
        "id": row["id"],
        "scan_id": reading.scan_id,
        "event_id": event.id,
        "gate_id": device.gate_id,
        "device_id": device.id,
        "badge_id": person.badge_id,
        "participant_id": person.participant_id,
        "code_hash": KEYS.code_hash(factories.ref_of(reading.code).hex()),
        "by_ref": False,
        "body_hash": reading.body_hash(device.id),
        "direction": "entry",
        "source": "wedge",
        "scanned_at": NOW - minutes(10),
        "corrected_at": NOW - minutes(9),
        "received_at": NOW,
        "skew_ms": 60_000,
        "status": "ok",
        "reason": None,
        "decided_status": "ok",
        "decided_reason": None,
        "forced": True,
        "force_reason": "malade",
        "forced_by": supervisor,
        "overridden": None,
        "arrived": 1,
        "quota": 1000,
        "first_at": NOW - minutes(9),
        "first_gate_id": device.gate_id,
        "annulled_at": None,
        "annul_reason": None,
        "lost_delegation_id": None,
    }


def test_a_refused_code_of_nobody_is_stored_without_a_person(database, event, device):
    decided = Decided(Status.ERROR, Reason.REVOKED)
    factories.scan(database, device, "not one of ours", decided=decided)

    row = stored(database)
    nobody = ("badge_id", "participant_id", "arrived", "quota", "first_at", "first_gate_id")
    assert {row[key] for key in nobody} == {None}
    assert (row["status"], row["reason"]) == ("error", "revoked")
    assert (row["decided_status"], row["decided_reason"]) == ("error", "revoked")
    assert (row["forced"], row["force_reason"], row["forced_by"]) == (False, None, None)
    assert row["skew_ms"] == 0


def test_the_answer_that_is_given_again_is_the_first_one_and_says_so(database, event, device):
    gate = factories.a_device(database, event, "Porte 2")
    code = factories.a_badge(database, event)
    factories.scan(database, device, code, at=NOW - minutes(9))
    readings = [
        factories.a_reading(code, decided=Decided(Status.OK, None)),
        factories.a_reading("not one of ours"),
        factories.a_reading(code, direction=Direction.EXIT),
    ]

    first, again = ([factories.record(database, gate, one) for one in readings] for _ in "ab")

    assert first[0] == Answer(
        scan_id=readings[0].scan_id,
        status=Status.ERROR,
        reason=Reason.ALREADY_REDEEMED,
        direction=Direction.ENTRY,
        holder=first[0].holder,
        first=Place(NOW - minutes(9), device.gate_id, "Porte 1"),
        conflict=True,
    )
    assert [told(one) for one in again] == [told(one) for one in first]
    assert [one.replayed for one in first] == [False, False, False]
    assert [(one.replayed, one.conflict) for one in again] == [
        *((True, True), (True, False), (True, False)),
    ]


def told(answer):
    holder = answer.holder and answer.holder._replace(inside_since=None, first=None)
    return replace(answer, holder=holder, replayed=False)
