"""A badge that a device names without its code: the same verdicts, once, for both names."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from uuid import uuid4

import pytest
from sqlalchemy import func, select, update

from checkin.db.models import Admission, Scan
from checkin.domain.scanning.reasons import Reason
from checkin.domain.scanning.verdict import Source, Status
from checkin.errors import ScanIdConflict
from checkin.services.scanning import storage
from checkin.services.scanning.rehearsal import practice_codes, rehearse
from checkin.services.scanning.storage import Decided
from tests.support import factories
from tests.support.factories import KEYS
from tests.support.racing import race

LET_IN = Decided(Status.OK, None)


def by_ref(reading, code):
    """Return the same scan as a device uploads it that has forgotten the code."""
    return replace(reading, code="", badge_ref=factories.ref_of(code))


def told(answer):
    return (answer.status, answer.reason, answer.replayed)


def stored(database):
    with database.read() as session:
        admissions = session.scalar(select(func.count()).select_from(Admission))
        return session.scalar(select(func.count()).select_from(Scan)), admissions


@pytest.fixture
def code(database, event):
    return factories.a_badge(database, event)


def test_a_badge_is_admitted_once_by_its_ref_and_its_code_together(database, device, code):
    first = factories.record(database, device, factories.a_reading_by_ref(code))
    again = factories.scan(database, device, code)

    assert told(first) == (Status.OK, None, False)
    assert told(again) == (Status.ERROR, Reason.ALREADY_REDEEMED, False)


@pytest.mark.parametrize("code_first", [True, False])
def test_a_scan_that_comes_again_by_the_other_name_is_the_same_scan(
    code_first, database, device, code
):
    reading = factories.a_reading(code)
    both = [reading, replace(by_ref(reading, code), decided=LET_IN)]

    first, again = (
        factories.record(database, device, one) for one in (both if code_first else both[::-1])
    )

    assert told(first) == (Status.OK, None, False)
    assert told(again) == (Status.OK, None, True)
    assert stored(database) == (1, 1)


def test_a_typed_code_is_the_same_scan_as_its_ref_however_it_was_typed(database, device, code):
    typed = factories.a_reading(f" {code[:9].lower()}-{code[9:]}", source=Source.TYPED)
    factories.record(database, device, typed)

    assert factories.record(database, device, by_ref(typed, code)).replayed


def test_the_ref_of_another_badge_with_the_same_scan_id_is_another_scan(
    database, event, device, code
):
    reading = factories.a_reading(code)
    factories.record(database, device, reading)

    with pytest.raises(ScanIdConflict):
        factories.record(
            database, device, by_ref(reading, factories.a_badge(database, event, "Omar Tazi"))
        )


def test_a_scan_that_an_earlier_version_stored_is_found_by_both_names(database, device, code):
    reading = factories.a_reading(code, force_reason="malade")
    factories.record(database, device, reading)
    earlier = storage._body_hash(
        device.id, code, reading.direction, reading.source, reading.scanned_at, "malade"
    )
    factories.write(database, lambda s: s.execute(update(Scan).values(body_hash=earlier)))

    assert factories.record(database, device, reading).replayed
    assert factories.record(database, device, by_ref(reading, code)).replayed


def test_a_ref_that_no_badge_has_is_invalid_and_stays_in_the_log(database, device, code):
    unknown = replace(factories.a_reading_by_ref(code), badge_ref=b"0" * 16)

    answer = factories.record(database, device, unknown)

    with database.read() as session:
        scan = session.scalars(select(Scan)).one()
    assert told(answer) == (Status.ERROR, Reason.INVALID, False)
    assert (scan.by_ref, scan.badge_id, scan.code_hash) == (
        *(True, None, KEYS.code_hash((b"0" * 16).hex())),
    )


def test_an_answer_without_names_says_the_status_and_the_reason_alone(database, device, code):
    factories.scan(database, device, code)
    answer = factories.record(database, device, factories.a_reading_by_ref(code))

    assert answer.holder is not None
    assert answer.nameless() == replace(answer, holder=None, first=None)
    assert answer.nameless().reason == Reason.ALREADY_REDEEMED


def test_a_practice_badge_is_one_by_its_ref_too(database, event, device):
    rehearsing = replace(device, rehearsing=True)
    for code in practice_codes(KEYS, event.slug):
        answer = rehearse(rehearsing, factories.a_reading_by_ref(code), KEYS)
        shown = rehearse(rehearsing, factories.a_reading(code), KEYS)

        assert answer is not None
        assert shown is not None
        assert (answer.verdict, answer.first) == (shown.verdict, None)


def test_one_badge_by_both_names_at_once_is_admitted_once(database, device, code):
    readings = [factories.a_reading(code), factories.a_reading_by_ref(code)]

    def scan(at):
        return factories.record(database, device, replace(readings[at % 2], scan_id=uuid4()))

    answers = race(16, scan)

    assert Counter(answer.reason for answer in answers) == {None: 1, Reason.ALREADY_REDEEMED: 15}


def test_one_scan_by_both_names_at_once_is_recorded_once(database, device, code):
    reading = factories.a_reading(code)
    names = [reading, by_ref(reading, code)]

    answers = race(16, lambda at: factories.record(database, device, names[at % 2]))

    assert Counter(told(answer)[:2] for answer in answers) == {(Status.OK, None): 16}
    assert sum(not answer.replayed for answer in answers) == 1
    assert stored(database) == (1, 1)
