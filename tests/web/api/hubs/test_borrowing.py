"""A hub borrows what may be lent, gives it away in the hall, and never more than that."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import func, select, update

from checkin.db.models import Conflict, Delegation, Device, Lease, LeasePlace, Participant, WalkIn
from checkin.services.people.places import free_places
from checkin.services.people.registering.registration import cancel
from tests.support import factories
from tests.support.api_client import text_of
from tests.support.hub_client import HubApi, a_brought_scan, verdicts
from tests.support.lending import keep_places

LOCAL = {"local_id": 2**30 + 1, "name": "Laptop 3"}
DESK = {"local_id": 2**30 + 2, "name": "Accueil"}


@pytest.fixture
def delegation(database, event):
    """A delegation of ten places, four of which are kept for gates."""
    factories.a_category(database, event)
    made = factories.a_delegation(database, event, "Rabat", quota=10)
    keep_places(database, made.id, 4)
    return made


def borrowed(hub, delegation, **more) -> int:
    lease = hub.post("/lease", more)
    return {one["id"]: one["places"] for one in lease["delegations"]}[delegation.id]


def a_walk_in(delegation, name="Omar Tazi", **more):
    return {
        "walk_in_id": str(uuid4()),
        "device": LOCAL,
        "at": text_of(datetime.now(UTC)),
        "delegation_id": delegation.id,
        "category": "Militant",
        "name": name,
        "admitted_offline": True,
    } | more


def register(hub, *walk_ins):
    return hub.post("/walk-ins", {"walk_ins": list(walk_ins)})["results"]


def free(database, delegation) -> int:
    with database.read() as session:
        now = datetime.now(UTC)
        return session.scalars(select(free_places(now)).where(Delegation.id == delegation.id)).one()


def used_of(database, delegation) -> int:
    return one(database, LeasePlace.used, LeasePlace.delegation_id == delegation.id)


def one(database, column, *where):
    with database.read() as session:
        return session.scalars(select(column).where(*where)).one()


def test_a_hub_is_lent_the_whole_pool_for_a_day(database, api, hub, delegation):
    api.lease()  # a gate in touch is lent its share first
    api.ask("DELETE", "/leases")

    lease = hub.post("/lease", {})

    assert {one["id"]: one["places"] for one in lease["delegations"]}[delegation.id] == 4
    life = datetime.fromisoformat(lease["expires_at"]) - datetime.now(UTC)
    assert timedelta(hours=23) < life <= timedelta(hours=24)
    assert lease["walk_in_key"] == hub.paired["certificate"]["document"]["walk_in_key"]


def test_what_gates_hold_is_not_lent_to_the_hub_too(api, hub, delegation):
    [held] = [one["places"] for one in api.lease()["delegations"] if one["id"] == delegation.id]

    assert held > 0
    assert borrowed(hub, delegation) == 4 - held


def test_what_the_hub_holds_is_not_lent_to_gates_too(api, hub, delegation):
    assert borrowed(hub, delegation) == 4
    [left] = [one["places"] for one in api.lease()["delegations"] if one["id"] == delegation.id]

    assert left == 0


def test_two_hubs_have_equal_shares(app, database, event, hub, delegation):
    other = HubApi.of(app, database, event, "Salle B")

    assert (borrowed(hub, delegation), borrowed(other, delegation)) == (2, 2)


def test_a_hub_has_all_of_the_hall_while_no_gate_talks_to_the_server(database, hub, delegation):
    factories.lay_down(database, capacity=100)

    assert hub.post("/lease", {})["hall"] == 100


def test_gates_that_talk_to_the_server_keep_a_share_of_the_hall(database, api, hub, delegation):
    factories.lay_down(database, capacity=100)
    seen = update(Device).where(Device.id == api.device_id).values(last_seen_at=datetime.now(UTC))
    factories.write(database, lambda s: s.execute(seen))

    assert hub.post("/lease", {})["hall"] == 50


def test_a_lease_that_is_given_back_is_free_at_once(database, hub, delegation):
    lease = hub.post("/lease", {})

    given = hub.ask("DELETE", f"/lease?lease_id={lease['lease_id']}").json

    assert given["lease_id"] == lease["lease_id"]
    assert one(database, Lease.ended_at) is not None


def test_a_person_of_the_reserve_list_enters_on_a_place_of_the_hub(database, event, hub):
    delegation = factories.a_delegation(database, event, "Salé", quota=2)
    keep_places(database, delegation.id, 2)
    lease = hub.post("/lease", {})["lease_id"]
    codes = [
        factories.a_badge(database, event, f"Militant {number}", delegation=delegation)
        for number in range(3)
    ]

    results = hub.bring(*(a_brought_scan(code, LOCAL, lease_id=lease) for code in codes))

    assert sorted(verdicts(results), key=str) == [
        ("error", "unapproved", True),
        ("ok", None, False),
        ("ok", None, False),
    ]
    assert used_of(database, delegation) == 2
    assert one(database, Conflict.reason) == "unapproved"


def test_without_the_lease_nobody_of_the_reserve_list_enters(database, event, hub):
    """A control: it is the hub's lease that lets them in."""
    delegation = factories.a_delegation(database, event, "Salé", quota=2)
    keep_places(database, delegation.id, 2)
    hub.post("/lease", {})
    code = factories.a_badge(database, event, delegation=delegation)

    assert verdicts(hub.bring(a_brought_scan(code, LOCAL))) == [("error", "unapproved", True)]


def test_the_lease_of_another_hub_lends_nothing(app, database, event, hub):
    delegation = factories.a_delegation(database, event, "Salé", quota=2)
    keep_places(database, delegation.id, 2)
    lease = HubApi.of(app, database, event, "Salle B").post("/lease", {})["lease_id"]
    code = factories.a_badge(database, event, delegation=delegation)

    results = hub.bring(a_brought_scan(code, LOCAL, lease_id=lease))

    assert verdicts(results) == [("error", "unapproved", True)]


def test_walk_ins_are_confirmed_on_the_places_of_the_hub_and_no_more(database, event, hub):
    factories.a_category(database, event)
    delegation = factories.a_delegation(database, event, "Salé", quota=2)
    keep_places(database, delegation.id, 2)
    borrowed(hub, delegation)

    results = register(hub, *(a_walk_in(delegation, f"Omar {name}") for name in "ABC"))

    assert [(told["standing"], told["reserve_no"]) for told in results] == [
        ("confirmed", None),
        ("confirmed", None),
        ("reserve", 1),
    ]
    with database.read() as session:
        taken = session.get_one(Delegation, delegation.id).places_taken
    assert (taken, used_of(database, delegation)) == (2, 2)


def test_a_walk_in_of_the_hub_uses_a_kept_place_and_no_other(database, hub, delegation):
    before = free(database, delegation)
    borrowed(hub, delegation)

    register(hub, a_walk_in(delegation))

    assert (before, free(database, delegation)) == (6, 6)
    assert borrowed(hub, delegation) == 3
    with database.read() as session:
        assert session.scalars(select(WalkIn.on_loan)).one() is True


def test_a_walk_in_of_a_gate_takes_a_free_place_and_none_that_is_kept(api, hub, delegation):
    came = {"id": str(uuid4()), "name": "Amina Tazi", "delegation_id": delegation.id}
    told = api.ask("POST", "/participants", json=came).json

    assert (told["standing"], borrowed(hub, delegation)) == ("confirmed", 4)


def test_the_kept_place_of_a_walk_in_is_of_its_delegation_alone_and_comes_back(
    database, event, hub, delegation
):
    other = factories.a_delegation(database, event, "Salé", quota=10)
    keep_places(database, other.id, 4)
    borrowed(hub, delegation)
    register(hub, a_walk_in(delegation))
    used = borrowed(hub, delegation), borrowed(hub, other)
    person = one(database, WalkIn.participant_id)

    factories.write(database, lambda s: cancel(s, event, person, now=datetime.now(UTC)))

    assert (used, borrowed(hub, delegation)) == ((3, 4), 4)


def test_the_same_walk_in_again_changes_nothing(database, hub, delegation):
    borrowed(hub, delegation)
    walk_in = a_walk_in(delegation)

    [first], [again] = register(hub, walk_in), register(hub, walk_in)

    assert (first["replayed"], again["replayed"]) == (False, True)
    assert {**again, "replayed": False} == first
    with database.read() as session:
        people = session.scalars(select(func.count(Participant.id))).one()
    assert (people, used_of(database, delegation)) == (1, 1)


def test_the_badge_of_a_walk_in_admits_and_takes_no_second_place(database, hub, delegation):
    lease = hub.post("/lease", {})["lease_id"]
    [made] = register(hub, a_walk_in(delegation))
    scan = a_brought_scan("", LOCAL, badge_ref=made["badge_ref"], lease_id=lease)

    assert verdicts(hub.bring(scan)) == [("ok", None, False)]
    assert used_of(database, delegation) == 1


def test_an_id_used_for_somebody_else_is_told_and_the_others_go_on(hub, delegation):
    walk_in = a_walk_in(delegation)
    register(hub, walk_in)

    results = register(
        hub,
        walk_in | {"name": "Salma Idrissi"},
        a_walk_in(delegation, "", name_ar=None),
        a_walk_in(delegation, delegation_id=4711),
        a_walk_in(delegation, "Driss Naciri", category="Aucune"),
    )

    assert [told["error"] for told in results] == [
        *("walk_in_id_conflict", "invalid_request", "not_found"),
        None,
    ]
    assert results[1]["detail"]
    assert results[3]["participant_id"] is not None


def test_a_scan_is_taken_back_as_its_devices_once(database, event, hub):
    code = factories.a_badge(database, event)
    scan = a_brought_scan(code, LOCAL)
    hub.bring(scan)
    body = {"scan_id": scan["scan_id"], "at": text_of(datetime.now(UTC))}

    first, again = (hub.post("/annulments", {"annulments": [body]}) for _ in range(2))

    told = [{"scan_id": scan["scan_id"], "annulled": True, "error": None}]
    assert first["results"] == again["results"] == told
    assert factories.noted(database, "scan") == ["scan.annul"]


def test_what_may_not_be_taken_back_stays_and_is_told(database, event, hub):
    factories.lay_down(database, reentry="free")
    code = factories.a_badge(database, event)
    now = datetime.now(UTC)
    first, left, again = (
        a_brought_scan(
            code, LOCAL, type=way, corrected_at=text_of(now - timedelta(minutes=minutes))
        )
        for way, minutes in (("entry", 9), ("exit", 6), ("entry", 3))
    )
    hub.bring(first, left, again)
    asked = [{"scan_id": one, "at": text_of(now)} for one in (first["scan_id"], str(uuid4()))]

    results = hub.post("/annulments", {"annulments": asked})["results"]

    assert [(told["annulled"], told["error"]) for told in results] == [
        (False, "conflict"),
        (False, "not_found"),
    ]


def test_a_report_renews_the_certificate(database, api, hub):
    body = {
        "addresses": ["https://10.0.0.9:8443"],
        "version": "marhaba-hub/2",
        "epoch": "0f" * 16,
        "gates": [{"device": 2**30, "name": "Laptop 3", "gate_id": 1, "waiting": 1, "battery": 40}],
        "counts": {"scans_waiting": 3, "walk_ins_waiting": 1},
    }

    told = hub.post("/report", body)

    assert told["certificate"]["document"]["addresses"] == ["https://10.0.0.9:8443"]
    [listed] = api.read("/hubs")["hubs"]
    assert listed["document"]["addresses"] == ["https://10.0.0.9:8443"]


def test_a_device_that_comes_back_from_the_hub_begins_no_epoch(database, api, hub):
    """It names the hub's epoch, which would else be of a lost state of this database."""
    before = api.ask("GET", "/status").headers["Marhaba-Epoch"]
    hub.post("/report", {"addresses": ["https://a:1"], "version": "1", "epoch": "0f" * 16})

    after = api.ask("GET", "/status", headers={"Marhaba-Seen": "0f" * 16})

    assert after.headers["Marhaba-Epoch"] == before


def test_an_address_that_is_none_is_refused_by_its_field(hub):
    refused = hub.ask("POST", "/report", json={"addresses": ["ftp://x"], "version": "1"})

    assert (refused.status_code, refused.json["error"]) == (400, "invalid_request")
    assert refused.json["detail"].startswith("addresses")


def test_a_hub_that_has_wiped_has_ended_and_borrows_nothing(database, api, hub, delegation):
    borrowed(hub, delegation)

    first, again = hub.post("/wiped", {}), hub.post("/wiped", {})

    assert first["wiped_at"] == again["wiped_at"]
    assert one(database, Lease.ended_at) is not None
    assert api.read("/hubs")["hubs"] == []
    refused = hub.ask("POST", "/report", json={"addresses": ["https://a:1"], "version": "1"})
    assert (refused.status_code, refused.json["wipe"]) == (401, True)
    assert factories.noted(database, "hub") == ["hub.pairing_opened", "hub.add", "hub.wiped"]
