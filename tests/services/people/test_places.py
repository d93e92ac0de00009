"""Which places of a quota are free when people of the reserve list were admitted."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update

from checkin.db.models import Admission, Delegation, Event
from checkin.domain.scanning.facts import Direction, Reentry
from checkin.domain.scanning.leases import LIFETIME
from checkin.domain.scanning.verdict import Status
from checkin.errors import QuotaBelowPlacesTaken
from checkin.services.gates.leases import grant_lease
from checkin.services.people.places import lent_hall, unlent_places
from checkin.services.people.quotas import set_quota
from checkin.services.scanning.annul import annul_scan
from checkin.services.scanning.storage import Decided
from tests.support import factories
from tests.support.factories import NOW, minutes, write
from tests.support.lending import keep_places, lend_before_anybody_waits

#: when nothing is lent any more
LATER = NOW + LIFETIME + minutes(5)


@pytest.fixture(autouse=True)
def nobody_waited_when_it_was_granted(monkeypatch):
    """Who is on the reserve list here came later; else they would have got the places first."""
    lend_before_anybody_waits(monkeypatch)


@pytest.fixture
def tiflet(database, event):
    """Two are confirmed, one waits, and four places are free."""
    delegation = factories.a_delegation(database, event, "Tiflet", quota=2)
    codes = factories.badges(database, event, 3, delegation=delegation)
    write(database, lambda s: setattr(s.get_one(Delegation, delegation.id), "quota", 6))
    keep_places(database, delegation.id, 2)
    return delegation, codes[2]


def free(database, delegation, now=LATER):
    with database.read() as session:
        wanted = select(unlent_places(now)).where(Delegation.id == delegation.id)
        return session.scalars(wanted).one()


def lent_in_hall(database, event, **more):
    with database.read() as session:
        return session.scalars(select(lent_hall(event.id, NOW, **more))).one()


def let_in(database, device, code, lease=None, **more):
    """Upload the admission of somebody of the reserve list, which the device made by itself."""
    reading = factories.a_reading(
        code, decided=Decided(Status.OK, None), lease_id=lease and lease.lease_id, **more
    )
    factories.record(database, device, reading)
    return reading.scan_id


def test_a_place_that_was_used_is_free_again_when_the_entry_is_annulled(
    database, event, device, tiflet
):
    delegation, code = tiflet
    lease = write(database, lambda s: grant_lease(s, device, now=NOW))
    before = free(database, delegation)
    scan_id = let_in(database, device, code, lease)
    used = free(database, delegation)

    write(
        database,
        lambda s: annul_scan(
            s, event_id=event.id, scan_id=scan_id, reason="erreur", now=NOW, device_id=device.id
        ),
    )

    assert (before, used, free(database, delegation)) == (4, 3, 4)


def test_an_admission_uses_no_place_of_another_delegation(database, event, device, tiflet):
    delegation, code = tiflet
    other = factories.a_delegation(database, event, "Salé", quota=6)
    lease = write(database, lambda s: grant_lease(s, device, now=NOW))

    let_in(database, device, code, lease)

    assert (free(database, delegation), free(database, other)) == (3, 6)


def test_a_person_admitted_offline_against_the_rules_uses_no_place_of_the_quota(
    database, device, tiflet
):
    delegation, code = tiflet

    let_in(database, device, code)

    assert free(database, delegation) == 4


def test_a_quota_is_not_set_from_another_event(database, tiflet):
    delegation, _ = tiflet
    other = factories.an_event(database, "fes-2025")

    with pytest.raises(QuotaBelowPlacesTaken):
        write(database, lambda s: set_quota(s, other, delegation.id, 9, now=NOW))

    with database.read() as session:
        assert session.get_one(Delegation, delegation.id).quota == 6


def test_places_lent_of_another_delegation_leave_a_delegation_s_places_free(
    database, event, device, tiflet
):
    delegation, _ = tiflet
    other = factories.a_delegation(database, event, "Salé", quota=6)
    keep_places(database, other.id, 1)

    lease = write(database, lambda s: grant_lease(s, device, now=NOW))

    lent = {one.name: one.places for one in lease.delegations}
    assert min(lent.values()) > 0
    assert free(database, delegation, NOW) == 4 - lent["Tiflet"]
    assert free(database, other, NOW) == 6 - lent["Salé"]


def test_a_lease_lends_nothing_from_the_moment_on_at_which_it_expires(database, device, tiflet):
    delegation, _ = tiflet
    lease = write(database, lambda s: grant_lease(s, device, now=NOW))

    assert free(database, delegation, lease.expires_at) == 4
    assert free(database, delegation, lease.expires_at - minutes(1)) < 4


def test_seats_lent_of_another_event_s_hall_do_not_count(database, event):
    other = factories.an_event(database, "fes-2025")
    write(database, lambda s: s.execute(update(Event).values(capacity=40)))
    devices = [factories.a_device(database, of) for of in (event, other)]
    here, there = (write(database, lambda s, of=of: grant_lease(s, of, now=NOW)) for of in devices)

    assert lent_in_hall(database, event) == here.hall
    assert lent_in_hall(database, other) == there.hall
    assert lent_in_hall(database, event, besides=devices[0].id) == 0
    assert here.hall > 0


def test_a_person_who_leaves_and_returns_uses_one_place(database, device, tiflet):
    delegation, code = tiflet
    write(database, lambda s: s.execute(update(Event).values(reentry=Reentry.AFTER_EXIT)))
    lease = write(database, lambda s: grant_lease(s, device, now=NOW))

    for at, direction in enumerate((Direction.ENTRY, Direction.EXIT, Direction.ENTRY)):
        let_in(database, device, code, lease, at=NOW + minutes(at), direction=direction)

    with database.read() as session:
        entries = session.scalars(select(Admission.entry_no).order_by(Admission.id)).all()
    assert (entries, free(database, delegation)) == ([1, 2], 3)


def test_who_was_let_in_without_a_place_uses_none_when_they_return(database, device, tiflet):
    delegation, code = tiflet
    write(database, lambda s: s.execute(update(Event).values(reentry=Reentry.AFTER_EXIT)))

    for at, direction in enumerate((Direction.ENTRY, Direction.EXIT, Direction.ENTRY)):
        let_in(database, device, code, at=NOW + minutes(at), direction=direction)

    with database.read() as session:
        entries = session.execute(
            select(Admission.entry_no, Admission.without_place).order_by(Admission.id)
        ).all()
    assert (entries, free(database, delegation)) == ([(1, True), (2, False)], 4)


def test_a_used_place_of_a_lease_is_no_longer_lent(database, event, tiflet):
    delegation, code = tiflet
    write(database, lambda s: s.execute(update(Event).values(capacity=40)))
    device = factories.a_device(database, event)
    lease = write(database, lambda s: grant_lease(s, device, now=NOW))
    before = free(database, delegation, NOW)

    let_in(database, device, code, lease)

    # What was lent is used now: neither of the two is anybody's.
    assert free(database, delegation, NOW) == before
    assert lent_in_hall(database, event) == lease.hall - 1
