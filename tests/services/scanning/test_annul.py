"""Annulling a scan: who may, until when, and what it subtracts."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from checkin.db.models import ArrivalTally
from checkin.domain.scanning.facts import Direction, Reentry
from checkin.errors import Forbidden
from checkin.services.scanning.annul import annul_scan, annul_scans
from tests.support import factories
from tests.support.factories import NOW, minutes, write


@pytest.fixture
def event(database):
    return factories.an_event(database, reentry=Reentry.AFTER_EXIT)


def annul(database, event, answer, now=NOW, **by):
    asked = {"event_id": event.id, "scan_id": answer.scan_id, "reason": "erreur", "now": now}
    return write(database, lambda s: annul_scan(s, **asked, **by))


def counts(database):
    """Return (arrived, inside, without a place) as tallied."""
    tally = ArrivalTally
    sums = map(func.sum, (tally.arrived, tally.inside, tally.without_place))
    with database.read() as session:
        return tuple(map(int, session.execute(select(*sums)).one()))


def test_the_device_that_scanned_may_annul_until_fifteen_minutes_have_passed(
    database, event, device
):
    answer = factories.scan(database, device, factories.a_badge(database, event))
    last = NOW + minutes(15)

    with pytest.raises(Forbidden):
        annul(database, event, answer, last + timedelta(seconds=1), device_id=device.id)
    annulled = annul(database, event, answer, last, device_id=device.id)

    assert annulled.annulled_at == last


def test_the_entry_of_somebody_who_has_left_is_subtracted_from_the_arrivals_alone(
    database, event, device
):
    code = factories.a_badge(database, event)
    entry = factories.scan(database, device, code)
    factories.scan(database, device, code, direction=Direction.EXIT)

    annul(database, event, entry, device_id=device.id)

    assert counts(database) == (0, 0, 0)


def test_an_annulled_exit_changes_only_how_many_are_inside(database, event, device):
    code = factories.a_badge(database, event)
    factories.scan(database, device, code)
    exit = factories.scan(database, device, code, direction=Direction.EXIT)

    annul(database, event, exit, device_id=device.id)

    assert counts(database) == (1, 1, 0)


def test_the_exit_of_an_entry_that_was_annulled_before_brings_nobody_back(database, event, device):
    code = factories.a_badge(database, event)
    entry = factories.scan(database, device, code)
    exit = factories.scan(database, device, code, direction=Direction.EXIT)

    for scanned in (entry, exit):
        annul(database, event, scanned, device_id=device.id)

    assert counts(database) == (0, 0, 0)


def test_another_person_s_second_entry_is_no_later_one(database, event, device):
    frequent, once = (factories.a_badge(database, event, name) for name in ("Amina", "Omar"))
    for direction in (Direction.ENTRY, Direction.EXIT, Direction.ENTRY):
        factories.scan(database, device, frequent, direction=direction)
    entry = factories.scan(database, device, once)

    annul(database, event, entry, device_id=device.id)

    assert counts(database) == (1, 1, 0)


def test_a_bus_is_taken_back_in_one_act_but_for_who_came_in_again_or_at_another_gate(
    database, event, device
):
    codes = factories.badges(database, event, 4)
    other = factories.a_device(database, event, "Porte 2")
    first, second, third = (factories.scan(database, device, code) for code in codes[:3])
    elsewhere = factories.scan(database, other, codes[3])
    factories.scan(database, device, codes[2], direction=Direction.EXIT)
    factories.scan(database, device, codes[2])
    ids = [answer.scan_id for answer in (first, second, third, elsewhere)]
    of = {"event_id": event.id, "scan_ids": ids * 2, "reason": "car", "device_id": device.id}

    annulled = write(database, lambda s: annul_scans(s, now=NOW, **of))
    late = write(database, lambda s: annul_scans(s, now=NOW + minutes(16), **of))

    assert annulled == sorted([first.scan_id, second.scan_id])
    assert late == []
    assert counts(database) == (2, 2, 0)
