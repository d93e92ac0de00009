"""What a hub brings is recorded as its devices', once; what others recorded it is told."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import uuid4

from sqlalchemy import func, select, update

from checkin.db.models import Admission, Device, Gate, Hub, HubDevice, HubScan, Scan
from tests.support import factories
from tests.support.api_client import a_scan, text_of
from tests.support.hub_client import HubApi, a_brought_scan, verdicts

LOCAL = {"local_id": 2**30 + 1, "name": "Laptop 3"}


def count(database, model) -> int:
    with database.read() as session:
        return session.scalars(select(func.count()).select_from(model)).one()


def test_a_scan_counts_as_its_devices_at_its_gate(database, event, hub, device):
    code = factories.a_badge(database, event)
    scan = a_brought_scan(code, {"id": device.id})

    results = hub.bring(scan)

    assert results[scan["scan_id"]]["status"] == "ok"
    with database.read() as session:
        [row] = session.scalars(select(Scan)).all()
        [stay] = session.scalars(select(Admission)).all()
    assert (row.device_id, row.gate_id, row.decided_status) == (device.id, device.gate_id, "ok")
    assert (stay.device_id, stay.entry_no) == (device.id, 1)


def test_the_same_scans_again_change_nothing(database, event, hub, device):
    code = factories.a_badge(database, event)
    scan = a_brought_scan(code, {"id": device.id})

    [first], [again] = hub.bring(scan).values(), hub.bring(scan).values()

    assert (first["replayed"], again["replayed"]) == (False, True)
    assert {**again, "replayed": False} == first
    assert (count(database, Scan), count(database, HubScan)) == (1, 1)


def test_a_scan_that_was_sent_live_before_is_the_same(api, database, event, hub):
    """The device asked the server, got no answer in time, and went on at the hub."""
    code = factories.a_badge(database, event)
    live = a_scan(code)
    assert api.ask("POST", "/scans", json=live).json["status"] == "ok"

    same = {name: live[name] for name in ("scan_id", "type", "source", "scanned_at")}
    [result] = hub.bring(a_brought_scan(code, {"id": api.device_id}, **same)).values()

    assert (result["status"], result["replayed"], result["conflict"]) == ("ok", True, False)
    assert count(database, Scan) == 1


def test_a_device_paired_at_the_hub_gets_one_row_and_signs_in_nowhere(database, event, hub):
    codes = factories.badges(database, event, 2)

    hub.bring(a_brought_scan(codes[0], LOCAL))
    hub.bring(a_brought_scan(codes[1], LOCAL))

    with database.read() as session:
        [mapped] = session.scalars(select(HubDevice)).all()
        row = session.get_one(Device, mapped.device_id)
        devices = session.scalars(select(Scan.device_id).distinct()).all()
    assert (mapped.local_id, row.name, row.may_search, row.desk_salt) == (
        *(LOCAL["local_id"], "Laptop 3"),
        *(False, None),
    )
    assert devices == [row.id]


def test_the_reply_names_the_rows_of_the_hubs_devices(database, event, hub):
    code = factories.a_badge(database, event)
    body = {"hub_time": text_of(datetime.now(UTC)), "scans": [a_brought_scan(code, LOCAL)]}

    told = hub.post("/scans", body)["devices"]

    with database.read() as session:
        [mapped] = session.scalars(select(HubDevice)).all()
    assert told == [{"local_id": LOCAL["local_id"], "device_id": mapped.device_id}]


def test_a_device_or_gate_that_is_unknown_refuses_no_history(database, event, hub, device):
    codes = factories.badges(database, event, 2)

    results = hub.bring(
        a_brought_scan(codes[0], {"id": 4711, "gate_id": 4712}),
        a_brought_scan(codes[1], {"id": device.id, "gate_id": 4712}),
    )

    assert {one["status"] for one in results.values()} == {"ok"}
    with database.read() as session:
        own = session.scalars(select(Hub.device_id)).one()
        assert set(session.scalars(select(Scan.device_id))) == {own, device.id}


def test_a_scan_is_counted_at_the_gate_that_the_hub_names(database, event, hub, device):
    other = factories.a_device(database, event, "Porte 2")
    code = factories.a_badge(database, event)

    hub.bring(a_brought_scan(code, {"id": device.id, "gate_id": other.gate_id}))

    with database.read() as session:
        gate = session.scalars(select(Gate.name).join(Scan, Scan.gate_id == Gate.id)).one()
    assert gate == "Porte 2"


def test_a_person_let_in_at_both_ends_is_counted_once_and_is_a_conflict(api, database, event, hub):
    code = factories.a_badge(database, event)
    api.scan(code)

    results = hub.bring(a_brought_scan(code, LOCAL))

    assert verdicts(results) == [("error", "already_redeemed", True)]
    assert count(database, Admission) == 1


def test_a_refusal_at_the_hub_stays_a_refusal(database, event, hub):
    code = factories.a_badge(database, event)
    refused = {"status": "error", "reason": "wrong_gate"}

    results = hub.bring(a_brought_scan(code, LOCAL, decided=refused))

    assert verdicts(results) == [("error", "wrong_gate", False)]
    assert count(database, Admission) == 0


def test_what_was_brought_is_dated_by_the_hubs_clock_as_it_is_wrong(database, event, hub):
    code = factories.a_badge(database, event)
    wrong = datetime.now(UTC) + timedelta(hours=3)
    read = text_of(wrong - timedelta(minutes=10))

    hub.bring(a_brought_scan(code, LOCAL, corrected_at=read), hub_time=wrong)

    with database.read() as session:
        at = session.scalars(select(Scan.corrected_at)).one()
    assert abs(datetime.now(UTC) - timedelta(minutes=10) - at) < timedelta(seconds=30)


def test_earlier_scans_of_one_person_count_first_in_whatever_order_they_come(database, event, hub):
    code = factories.a_badge(database, event)
    now = datetime.now(UTC)
    late = a_brought_scan(code, LOCAL, corrected_at=text_of(now - timedelta(minutes=1)))
    early = a_brought_scan(
        code,
        {"local_id": 2**30 + 2, "name": "Laptop 4"},
        corrected_at=text_of(now - timedelta(minutes=9)),
    )

    results = hub.bring(late, early)

    assert results[early["scan_id"]]["status"] == "ok"
    assert results[late["scan_id"]]["reason"] == "already_redeemed"


def test_an_override_names_the_supervisor_whom_the_hub_has_recognised(database, event, hub):
    supervisor = factories.a_supervisor(database)
    code = factories.a_badge(database, event)
    hub.bring(a_brought_scan(code, LOCAL))
    forced = {"force": True, "force_reason": "badge prêté", "forced_by": supervisor}

    results = hub.bring(a_brought_scan(code, LOCAL, **forced))

    with database.read() as session:
        told = session.execute(select(Scan.forced_by).order_by(Scan.id.desc())).scalars().first()
    assert told == supervisor
    assert [one["conflict"] for one in results.values()] == [False]


def test_an_override_by_nobody_who_may_is_a_conflict(database, event, hub):
    code = factories.a_badge(database, event)
    hub.bring(a_brought_scan(code, LOCAL))
    forced = {"force": True, "force_reason": "badge prêté", "forced_by": 4711}

    results = hub.bring(a_brought_scan(code, LOCAL, **forced))

    assert verdicts(results) == [("error", "already_redeemed", True)]


def test_a_revoked_hub_still_brings_what_it_holds(database, event, hub):
    code = factories.a_badge(database, event)
    at = datetime.now(UTC)
    factories.write(database, lambda s: s.execute(update(Hub).values(revoked_at=at)))

    assert verdicts(hub.bring(a_brought_scan(code, LOCAL))) == [("ok", None, False)]


def test_a_device_is_named_by_one_number(hub, event, database):
    code = factories.a_badge(database, event)
    scan = a_brought_scan(code, {"id": 1, "local_id": 2})

    refused = hub.ask(
        "POST", "/scans", json={"hub_time": text_of(datetime.now(UTC)), "scans": [scan]}
    )

    assert (refused.status_code, refused.json["error"]) == (400, "invalid_request")
    assert refused.json["detail"].startswith("scans.0.device")


def test_no_scans_are_no_fault(hub):
    assert hub.bring() == {}


def test_a_hub_is_told_what_others_recorded_and_not_its_own(api, app, database, event, hub):
    codes = factories.badges(database, event, 3)
    other = HubApi.of(app, database, event, "Salle B")
    api.scan(codes[0])
    hub.bring(a_brought_scan(codes[1], LOCAL))
    other.bring(a_brought_scan(codes[2], LOCAL))

    told, theirs = hub.read("/arrivals")["scans"], other.read("/arrivals")["scans"]

    assert [one["participant_id"] for one in told] == [1, 3]
    assert [one["participant_id"] for one in theirs] == [1, 2]
    assert told[0]["badge_ref"] == factories.ref_of(codes[0]).hex()
    assert (told[0]["type"], told[0]["status"], told[0]["device_id"]) == (
        *("entry", "ok", api.device_id),
    )


def test_refusals_are_not_told(api, database, event, hub):
    code = factories.a_badge(database, event)
    api.scan(code)
    api.scan(code)
    api.scan("unknown")

    assert len(hub.read("/arrivals")["scans"]) == 1


def test_arrivals_come_in_parts_and_all_of_them(app, api, database, event, hub):
    for code in factories.badges(database, event, 5):
        api.scan(code)
    from checkin.web.site.state import EXTENSION

    app.extensions[EXTENSION].settled_numbers._after_s = 0.0  # as if it were later
    hub.read("/arrivals?most=1")
    told, since = [], 0
    for _ in range(10):
        part = hub.read(f"/arrivals?since={since}&most=2")
        told += [one["participant_id"] for one in part["scans"]]
        if part["next"] == since:
            break
        since = part["next"]

    assert told == [1, 2, 3, 4, 5]


def test_what_was_taken_back_is_told_whoever_made_it(api, database, event, hub):
    codes = factories.badges(database, event, 2)
    first = api.scan(codes[0])["scan_id"]
    mine = a_brought_scan(codes[1], {"id": api.device_id})
    hub.bring(mine)
    since = hub.read("/arrivals")["next"]

    assert api.annul(first).status_code == 200
    assert api.annul(mine["scan_id"]).status_code == 200
    told = hub.read(f"/arrivals?since={since}")["annulled"]

    assert {one["scan_id"] for one in told} == {first, mine["scan_id"]}
    later = text_of(datetime.now(UTC) + timedelta(minutes=5))
    assert hub.read(f"/arrivals?annulled_since={later}")["annulled"] == []


def test_a_number_that_is_none_is_refused(hub):
    refused = hub.ask("GET", "/arrivals?since=x")

    assert (refused.status_code, refused.json["error"]) == (400, "invalid_request")


def test_an_id_used_for_another_scan_is_told_and_the_others_go_on(database, event, hub):
    codes = factories.badges(database, event, 2)
    first = a_brought_scan(codes[0], LOCAL)
    hub.bring(first)
    other = a_brought_scan(codes[1], LOCAL)

    results = hub.bring(first | {"badge_ref": factories.ref_of(codes[1]).hex()}, other)

    assert results[first["scan_id"]]["error"] == "scan_id_conflict"
    assert results[other["scan_id"]]["status"] == "ok"
    assert str(uuid4()) not in results
