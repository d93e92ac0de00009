"""Leases over HTTP, and clocks that are wrong."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, update

from checkin.db.models import Delegation, Device, Event, Lease
from checkin.protocol.walk_ins import public_text
from tests.support import factories
from tests.support.api_client import Api
from tests.support.lending import keep_places, lend_before_anybody_waits
from tests.web.api.scans.test_batch import conflicts, offline, result


@pytest.fixture
def tiflet(database, event, monkeypatch):
    """Six free places, and somebody of the reserve list, who came after they were lent."""
    lend_before_anybody_waits(monkeypatch)
    delegation = factories.a_delegation(database, event, "Tiflet", quota=0)
    [code] = factories.badges(database, event, 1, delegation=delegation)
    factories.write(database, lambda s: s.execute(update(Delegation).values(quota=6)))
    keep_places(database, delegation.id, 3)
    return delegation, code


def test_a_lease_says_what_the_device_may_admit_and_until_when(api, database, tiflet):
    factories.write(database, lambda s: s.execute(update(Event).values(capacity=9)))

    body = api.lease()

    UUID(body.pop("lease_id"))
    expires, told_at = (datetime.fromisoformat(body.pop(n)) for n in ("expires_at", "server_time"))
    assert timedelta(minutes=9) < expires - told_at <= timedelta(minutes=10)
    assert body == {
        "delegations": [{"id": tiflet[0].id, "name": "Tiflet", "name_ar": None, "places": 3}],
        "hall": 4,
        "walk_in_key": public_text(factories.KEYS.walk_in_opener("rabat-2025")),
    }


def test_a_scan_inside_the_lease_is_no_conflict(api, database, tiflet):
    lease = api.lease()

    scan = offline(tiflet[1], minutes_ago=0, lease_id=lease["lease_id"])

    assert api.batch(scan) == {scan["scan_id"]: result(scan)}
    assert conflicts(database) == []


def test_without_a_lease_the_same_scan_is_a_conflict(api, database, tiflet):
    api.batch(offline(tiflet[1], minutes_ago=0, lease_id=None))

    assert conflicts(database) == ["unapproved"]


def test_an_invalid_lease_id_is_refused(api, tiflet):
    body = {
        "device_time": datetime.now(UTC).isoformat(),
        "scans": [offline(tiflet[1], lease_id="mine")],
    }

    assert api.ask("POST", "/scans/batch", json=body).status_code == 400


def test_a_lease_is_given_back_once(api, tiflet):
    lease = api.lease()

    given = [api.ask("DELETE", "/leases").json["lease_id"] for _ in range(2)]

    assert given == [lease["lease_id"], None]


def test_a_late_request_to_give_back_ends_no_newer_lease(api, tiflet):
    first, second = api.lease(), api.lease()
    path = f"/leases?lease_id={first['lease_id']}"

    given = [api.ask("DELETE", path).json["lease_id"] for _ in range(2)]

    assert given == [first["lease_id"], None]
    assert api.ask("DELETE", "/leases").json["lease_id"] == second["lease_id"]


def test_only_the_own_lease_is_given_back(app, api, database, event, tiflet):
    other = Api.enrolled(app, database, event, gate="Porte 2")
    lease = other.lease()

    told = [
        api.ask("DELETE", path).json["lease_id"]
        for path in ("/leases", f"/leases?lease_id={lease['lease_id']}")
    ]

    assert told == [None, None]
    assert other.ask("DELETE", "/leases").json["lease_id"] == lease["lease_id"]


def test_an_invalid_lease_id_cannot_be_returned(api):
    reply = api.ask("DELETE", "/leases?lease_id=mine")

    assert (reply.status_code, reply.json["error"]) == (400, "invalid_request")


def test_the_places_of_a_returned_lease_are_free_at_once(app, api, database, event, tiflet):
    factories.write(database, lambda s: s.execute(update(Delegation).values(quota=60)))
    keep_places(database, tiflet[0].id, 20)
    others = [Api.enrolled(app, database, event, gate=f"Porte {n}") for n in (2, 3)]
    lent = [device.lease()["delegations"][0]["places"] for device in (api, *others)]

    api.ask("DELETE", "/leases")

    again = api.lease()["delegations"][0]["places"]
    assert (lent, again) == ([20, 0, 0], 7)


def test_a_lease_ends_when_a_newer_one_is_named(api, database, tiflet):
    first = api.lease()
    second = api.lease(held=first["lease_id"])
    with_both = ended(database)
    api.lease(held=second["lease_id"])

    assert (with_both, ended(database)) == ([], [first["lease_id"]])


def ended(database):
    with database.read() as session:
        found = session.scalars(select(Lease.id).where(Lease.ended_at.is_not(None)))
        return [str(lease_id) for lease_id in found]


def test_asking_for_a_lease_may_tell_the_device_s_time(api, database, event):
    slow = datetime.now(UTC) - timedelta(seconds=90)

    api.ask("POST", "/leases", json={"device_time": slow.isoformat()})

    with database.read() as session:
        skew_ms = session.scalars(select(Device.skew_ms).where(Device.id == api.device_id)).one()
    assert 85_000 < skew_ms < 95_000


DEAD_BATTERY = datetime(1970, 1, 1, 0, 4, tzinfo=UTC)
CLOCKS = {
    "right": lambda now: (now - timedelta(minutes=2), now),
    "an hour ahead, a wrong zone": lambda now: (
        now + timedelta(minutes=58),
        now + timedelta(1 / 24),
    ),
    "an hour behind": lambda now: (now - timedelta(minutes=62), now - timedelta(1 / 24)),
    "since 1970": lambda _: (DEAD_BATTERY, DEAD_BATTERY + timedelta(minutes=2)),
    "back to 1970 since the reading": lambda now: (now - timedelta(minutes=2), DEAD_BATTERY),
    "set right since the reading in 1970": lambda now: (DEAD_BATTERY, now),
    "a century ahead": lambda now: (now + timedelta(days=36500), now + timedelta(days=36500)),
}


@pytest.mark.parametrize("clock", CLOCKS)
def test_a_clock_that_is_wrong_changes_no_count(clock, api, database, event):
    codes = factories.badges(database, event, 3)
    scanned_at, device_time = CLOCKS[clock](datetime.now(UTC))
    scans = [offline(code) | {"scanned_at": scanned_at.isoformat()} for code in codes * 2]

    told = api.batch(*scans, device_time=device_time)

    again = api.batch(*scans, device_time=datetime.now(UTC))
    totals = api.read("/status")["totals"]
    assert (totals["arrived"], totals["inside"], totals["refused"]) == (3, 3, 0)
    assert again == {key: one | {"replayed": True} for key, one in told.items()}
    assert conflicts(database) == ["already_redeemed"] * 3
