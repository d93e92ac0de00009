"""Which places of a quota are nobody's: who of the reserve list came in holds one, or none."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from checkin.db.models import Delegation
from checkin.domain.scanning.leases import LIFETIME
from checkin.domain.scanning.verdict import Status
from checkin.errors import QuotaBelowPlacesTaken
from checkin.services.gates import leases
from checkin.services.gates.leases import grant_lease
from checkin.services.people.places import free_places
from checkin.services.people.quotas import set_quota
from checkin.services.scanning.annul import annul_scan
from checkin.services.scanning.storage import Decided
from tests.support import factories
from tests.support.factories import NOW, minutes, write

#: when nothing is lent any more
LATER = NOW + LIFETIME + minutes(5)


@pytest.fixture(autouse=True)
def nobody_waited_when_it_was_granted(monkeypatch):
    """Who is on the reserve list here came later; else they would have got the places first."""
    monkeypatch.setattr(leases, "move_up_everywhere", lambda *_: [])


@pytest.fixture
def tiflet(database, event):
    """Two are confirmed, one waits, and four places are free."""
    delegation = factories.a_delegation(database, event, "Tiflet", quota=2)
    codes = factories.badges(database, event, 3, delegation=delegation)
    write(database, lambda s: setattr(s.get_one(Delegation, delegation.id), "quota", 6))
    return delegation, codes[2]


def free(database, delegation):
    with database.read() as session:
        wanted = select(free_places(LATER)).where(Delegation.id == delegation.id)
        return session.scalars(wanted).one()


def let_in(database, device, code, lease=None):
    """Upload the admission of somebody of the reserve list, which the device made by itself."""
    reading = factories.a_reading(
        code, decided=Decided(Status.OK, None), lease_id=lease and lease.lease_id
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


def test_who_was_let_in_against_the_rules_takes_no_place_of_the_quota(database, device, tiflet):
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
