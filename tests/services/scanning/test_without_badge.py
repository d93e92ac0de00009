"""A registered person without a badge is admitted by the rules of the badge, once."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from uuid import uuid4

import pytest
from sqlalchemy import select, update

from checkin.db.models import Activity, Badge, Participant, Scan
from checkin.domain.scanning.facts import Direction, WithoutBadge
from checkin.domain.scanning.reasons import Reason
from checkin.domain.scanning.verdict import Source, Status
from checkin.errors import ScanIdConflict
from checkin.services.people.registering.blocking import block
from checkin.services.people.registering.registration import cancel
from checkin.services.people.timeline import timeline_of
from checkin.services.scanning.storage import Decided
from tests.support import factories
from tests.support.factories import NOW, write
from tests.support.racing import race


@pytest.fixture
def amina(database, event):
    return factories.a_participant(database, event)


@pytest.fixture
def code(event, amina):
    return factories.code_of(event, amina.badge_id)


def found(person_id, **more):
    """Return the reading of a person whom a search has found."""
    return factories.a_reading("", participant_id=person_id, **{"source": Source.SEARCH} | more)


def told(answer):
    return (answer.status, answer.reason, answer.replayed)


def restricted(device, to):
    return replace(device, policy=replace(device.policy, without_badge=to))


def test_a_person_is_admitted_once_by_the_search_and_the_badge_together(
    database, device, amina, code
):
    first = factories.record(database, device, found(amina.participant_id))
    by_badge = factories.scan(database, device, code)

    assert (told(first), first.holder.arrived) == ((Status.OK, None, False), 1)
    assert told(by_badge) == (Status.ERROR, Reason.ALREADY_REDEEMED, False)


def test_the_log_says_by_search_at_which_gate_and_with_whose_pin(database, device, amina):
    supervisor = factories.a_supervisor(database)
    factories.record(database, device, found(amina.participant_id, forced_by=supervisor))

    with database.read() as session:
        [entry, *_] = timeline_of(session, session.get_one(Participant, amina.participant_id)).items
        scan = session.scalars(select(Scan)).one()
        noted = select(Activity).where(Activity.action == "scan.without_badge")
        line = session.scalars(noted).one()
    assert (scan.source, scan.device_id, scan.forced, scan.badge_id) == (
        *("search", device.id, False, amina.badge_id),
    )
    assert (line.operator_id, line.device_id, line.participant_id, line.details) == (
        *(supervisor, device.id, amina.participant_id),
        {"gate": "Porte 1", "source": "search"},
    )
    assert (entry.what, entry.operator, entry.about["found_in"]) == (
        "entry",
        "Superviseure",
        "search",
    )


def test_the_log_has_entries_without_a_badge_and_neither_refusals_nor_exits(
    database, event, device, amina
):
    omar = factories.a_participant(database, event, "Omar Tazi")
    readings = [
        factories.a_reading(factories.code_of(event, omar.badge_id)),
        found(omar.participant_id),  # refused
        found(omar.participant_id, direction=Direction.EXIT),
        found(amina.participant_id, source=Source.BUS),
    ]

    for reading in readings:
        factories.record(database, device, reading)

    with database.read() as session:
        noted = select(Activity).where(Activity.action == "scan.without_badge")
        lines = [(one.participant_id, one.details["source"]) for one in session.scalars(noted)]
    assert lines == [(amina.participant_id, "bus")]


def test_the_reasons_to_refuse_are_those_of_the_badge(database, event, device, amina):
    blocked, gone = (factories.a_participant(database, event, f"Omar {n}") for n in "AB")
    write(database, lambda s: block(s, event, blocked.participant_id, reason="vol", now=NOW))
    write(database, lambda s: cancel(s, event, gone.participant_id, now=NOW))
    closed = replace(device, days=(replace(device.days[0], closes_at=NOW),))
    refused = [(device, blocked), (device, gone), (closed, amina)]

    assert [
        factories.record(database, at, found(who.participant_id)).reason for at, who in refused
    ] == [Reason.BLOCKED, Reason.CANCELED, Reason.INVALID_TIME]


def test_a_person_of_another_event_and_one_who_does_not_exist_are_told_alike(database, device):
    other = factories.an_event(database, "casablanca-2025")
    stranger = factories.a_participant(database, other)

    answers = [
        factories.record(database, device, found(number))
        for number in (stranger.participant_id, 999_999)
    ]

    assert [(one.reason, one.holder) for one in answers] == [(Reason.INVALID, None)] * 2


def test_whoever_has_no_working_badge_is_admitted(database, device, amina):
    write(database, lambda s: s.execute(update(Badge).values(revoked_at=NOW)))

    answer = factories.record(database, device, found(amina.participant_id))

    assert (answer.status, answer.holder.badge_id) == (Status.OK, None)


def test_who_may_admit_without_a_badge_is_the_events_to_say(database, device, amina):
    supervisor = factories.a_supervisor(database)
    tries = [
        (WithoutBadge.NOBODY, None),
        (WithoutBadge.NOBODY, supervisor),
        (WithoutBadge.SUPERVISORS, None),
        (WithoutBadge.SUPERVISORS, supervisor),
    ]

    reasons = [
        factories.record(
            database, restricted(device, to), found(amina.participant_id, forced_by=pin)
        ).reason
        for to, pin in tries
    ]

    assert reasons == [Reason.BADGE_REQUIRED] * 3 + [None]


def test_whoever_leaves_needs_no_badge(database, device, amina):
    factories.record(database, device, found(amina.participant_id))

    left = factories.record(
        database,
        restricted(device, WithoutBadge.NOBODY),
        found(amina.participant_id, direction=Direction.EXIT),
    )

    assert left.status == Status.OK


def test_who_was_let_in_against_it_without_the_network_is_counted_and_a_conflict(
    database, device, amina
):
    answer = factories.record(
        database,
        restricted(device, WithoutBadge.NOBODY),
        found(amina.participant_id, source=Source.BUS, decided=Decided(Status.OK, None)),
    )

    assert (answer.reason, answer.conflict, answer.holder.arrived) == (
        *(Reason.BADGE_REQUIRED, True, 1),
    )


@pytest.mark.parametrize("person_first", [True, False])
def test_a_scan_that_comes_again_by_another_name_is_the_same_scan(
    person_first, database, device, amina, code
):
    reading = found(amina.participant_id)
    others = [
        replace(reading, participant_id=None, code=code, source=Source.CAMERA),
        replace(reading, participant_id=None, badge_ref=factories.ref_of(code)),
    ]
    in_turn = [reading, *others] if person_first else [*others, reading]

    first, *again = (factories.record(database, device, one) for one in in_turn)

    assert told(first) == (Status.OK, None, False)
    assert [told(one) for one in again] == [(Status.OK, None, True)] * 2


def test_without_a_badge_the_same_person_is_the_same_scan(database, device, amina):
    write(database, lambda s: s.execute(update(Badge).values(revoked_at=NOW)))
    reading = found(amina.participant_id)

    answers = [factories.record(database, device, reading) for _ in range(2)]

    assert [told(one) for one in answers] == [
        *((Status.OK, None, False), (Status.OK, None, True)),
    ]


def test_another_person_with_the_same_scan_id_is_another_scan(database, event, device, amina):
    omar = factories.a_participant(database, event, "Omar Tazi")
    reading = found(amina.participant_id)
    factories.record(database, device, reading)

    with pytest.raises(ScanIdConflict):
        factories.record(database, device, replace(reading, participant_id=omar.participant_id))


def test_one_person_by_search_and_badge_at_many_gates_at_once_is_admitted_once(
    database, device, amina, code
):
    readings = [found(amina.participant_id), factories.a_reading(code)]

    answers = race(
        16,
        lambda at: factories.record(database, device, replace(readings[at % 2], scan_id=uuid4())),
    )

    assert Counter(answer.reason for answer in answers) == {None: 1, Reason.ALREADY_REDEEMED: 15}


def test_one_scan_by_search_and_badge_at_once_is_recorded_once(database, device, amina, code):
    reading = found(amina.participant_id)
    names = [reading, replace(reading, participant_id=None, code=code, source=Source.CAMERA)]

    answers = race(16, lambda at: factories.record(database, device, names[at % 2]))

    assert Counter(told(answer) for answer in answers) == {
        (Status.OK, None, False): 1,
        (Status.OK, None, True): 15,
    }
