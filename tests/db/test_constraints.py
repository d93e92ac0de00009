"""The constraints of the database refuse invalid rows, whatever the program does."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy.exc import IntegrityError

from checkin.db.models import Category, Delegation, Gate
from tests.db.rows import (
    a_house,
    admission,
    badge,
    conflict,
    delegation_row,
    device_row,
    duplicate,
    event_row,
    hours,
    lease,
    message,
    named,
    of_gate,
    operator,
    pairing,
    participant,
    scan,
)
from tests.support.databases.databases import opened
from tests.support.databases.kinds import KINDS
from tests.support.factories import NOW


@pytest.fixture(scope="module", params=KINDS)
def furnished(request, tmp_path_factory):
    """A database and its House; every test takes back what it wrote."""
    databases = request.getfixturevalue(f"{request.param}_databases")
    with databases.fresh(tmp_path_factory.mktemp("house")) as url, opened(url) as database:
        yield database, a_house(database)


REFUSED = {
    "more places taken than the quota has": lambda h: delegation_row(h, places_taken=2),
    "a quota under the places taken": lambda h: delegation_row(h, quota=0),
    "places taken below none": lambda h: delegation_row(h, places_taken=-1),
    "a negative quota": lambda h: delegation_row(h, quota=-1, places_taken=-1),
    "two delegations of one name": lambda h: named(Delegation, h, "khemisset"),
    "two categories of one name": lambda h: named(Category, h, "militant"),
    "two gates of one name": lambda h: named(Gate, h, "porte 1"),
    "a hall for nobody": lambda h: event_row(capacity=0),
    "a grace below nothing": lambda h: event_row(grace_s=-1),
    "personal data kept for no time": lambda h: event_row(retention_days=0),
    "fewer people than none for a search": lambda h: event_row(search_budget_gate=-1),
    "a badge given out before it is asked for": lambda h: event_row(badge_delay_s=-1),
    "somebody with a place who is to be checked": lambda h: participant(
        h, unchecked_as="confirmed"
    ),
    "somebody who seems to wait and has no number": lambda h: participant(
        h, standing="canceled", canceled_at=NOW, unchecked_as="reserve"
    ),
    "somebody who seems to be what nobody is": lambda h: participant(
        h, standing="canceled", canceled_at=NOW, unchecked_as="maybe"
    ),
    "doors that close before they open": lambda h: event_row(
        doors_open_at=NOW, doors_close_at=NOW - timedelta(hours=1)
    ),
    "a re-entry policy that is none": lambda h: event_row(reentry="sometimes"),
    "two events of one slug": lambda h: event_row(slug="other"),
    "a participant without a name": lambda h: participant(h, name=""),
    "a block without a moment": lambda h: participant(h, blocked=True, blocked_reason="x"),
    "a block without a reason": lambda h: participant(h, blocked=True, blocked_at=NOW),
    "the reason of a block that is none": lambda h: participant(h, blocked_reason="x"),
    "a participant of another event's delegation": lambda h: participant(
        h, delegation_id=h.other_delegation
    ),
    "a participant of another event's category": lambda h: participant(
        h, category_id=h.other_category
    ),
    "a standing that is none": lambda h: participant(h, standing="perhaps"),
    "a place on the reserve list without a number": lambda h: participant(h, standing="reserve"),
    "a number of the reserve list for a confirmed one": lambda h: participant(h, reserve_no=1),
    "a canceled one without the moment": lambda h: participant(h, standing="canceled"),
    "a moment of canceling for a confirmed one": lambda h: participant(h, canceled_at=NOW),
    "two working badges": lambda h: badge(h, revoked_at=None),
    "two badges of one issue": lambda h: badge(h, issue=1),
    "a badge before the first issue": lambda h: badge(h, issue=0),
    "a badge of another event's participant": lambda h: badge(
        h, participant_id=h.other_participant
    ),
    "a reason with an admission": lambda h: scan(h, reason="invalid"),
    "a refusal without a reason": lambda h: scan(h, status="error"),
    "a reason that is none": lambda h: scan(h, status="error", reason="because"),
    "a status that is none": lambda h: scan(h, status="maybe"),
    "a direction that is none": lambda h: scan(h, direction="sideways"),
    "a source that is none": lambda h: scan(h, source="guess"),
    "an override without a reason": lambda h: scan(h, forced=True),
    "a scan at another event's gate": lambda h: scan(h, gate_id=h.other_gate),
    "a scan by another event's device": lambda h: scan(h, device_id=h.other_device),
    "a first entry twice": lambda h: admission(h, entry_no=1),
    "two open admissions": admission,
    "an entry on a day before the first": lambda h: admission(h, day=0, exited_at=NOW),
    "hours of a gate and of a category in one": lambda h: hours(h, gate_id=h.gate),
    "hours that end before they begin": lambda h: hours(h, closes_at=NOW - timedelta(hours=1)),
    "hours of another event's category": lambda h: hours(h, category_id=h.other_category),
    "an entry before the first": lambda h: admission(h, entry_no=0, exited_at=NOW),
    "two admissions by one scan": lambda h: admission(h, scan_pk=h.scan, exited_at=NOW),
    "an admission of another event's participant": lambda h: admission(
        h, participant_id=h.other_participant
    ),
    "an admission by another event's device": lambda h: admission(
        h, device_id=h.other_device, exited_at=NOW
    ),
    "an admission without a scan": lambda h: admission(h, scan_pk=99, exited_at=NOW),
    "a coordinator without a delegation": lambda h: operator(h, role="coordinator"),
    "a viewer with a delegation": lambda h: operator(h, delegation_id=h.delegation),
    "a role that is none": lambda h: operator(h, role="king"),
    "a message in no known state": lambda h: message(h, state="lost"),
    "a message tried less than never": lambda h: message(h, attempts=-1),
    "a message about no badge": lambda h: message(h, badge_id=uuid4()),
    "a device at another event's gate": lambda h: device_row(h, gate_id=h.other_gate),
    "a pairing at another event's gate": lambda h: pairing(h, gate_id=h.other_gate),
    "a gate that admits another event's category": lambda h: of_gate(
        h, category_id=h.other_category
    ),
    "a conflict about no scan": lambda h: conflict(h, scan_pk=99),
    "a lease of another event's device": lambda h: lease(h, device_id=h.other_device),
    "a lease that ends before it begins": lambda h: lease(h, expires_at=NOW),
    "more of the hall used than lent": lambda h: lease(h, hall_used=3),
    "a part used of a hall without a limit": lambda h: lease(h, hall=None, hall_used=1),
    "a conflict for a reason that is none": lambda h: conflict(h, reason="because"),
    "a duplicate of oneself": lambda h: duplicate(h, twin_id=h.participant),
    "a duplicate of somebody of another event": lambda h: duplicate(h, twin_id=h.other_participant),
    "a duplicate alike in nothing known": lambda h: duplicate(h, same="hat"),
}
TAKEN = {
    "a participant": participant,
    "a scan": scan,
    "a refused scan": lambda h: scan(h, status="error", reason="invalid"),
    "an admission of one who has left": lambda h: admission(h, exited_at=NOW),
    "a first entry on another day": lambda h: admission(h, day=2, entry_no=1, exited_at=NOW),
    "an annulled first entry": lambda h: admission(h, entry_no=1, annulled_at=NOW),
    "a revoked badge": badge,
    "a viewer": operator,
    "a coordinator": lambda h: operator(h, role="coordinator", delegation_id=h.delegation),
    "a message": message,
    "a device": device_row,
    "a pairing": pairing,
    "a category of a gate": of_gate,
    "a conflict": conflict,
    "a duplicate": duplicate,
    "a lease": lease,
    "a lease of a hall without a limit": lambda h: lease(h, hall=None),
    "a wider quota": lambda h: delegation_row(h, quota=2, places_taken=2),
}


def execute(database, house, statement):
    """Run a statement beside a second scan, which an admission may point at, and undo both."""
    with database.write() as session:
        try:
            session.execute(scan(house, id=house.second_scan))
            session.execute(statement)
        finally:
            session.rollback()


@pytest.mark.parametrize("what", REFUSED)
def test_the_database_refuses(what, furnished):
    database, house = furnished

    with pytest.raises(IntegrityError):
        execute(database, house, REFUSED[what](house))


@pytest.mark.parametrize("what", TAKEN)
def test_the_database_takes(what, furnished):
    database, house = furnished

    execute(database, house, TAKEN[what](house))
