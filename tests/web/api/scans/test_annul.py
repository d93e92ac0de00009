"""Taking a scan back."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select, update

from checkin.db.models import Activity, Event, Scan
from tests.support import factories
from tests.support.api_client import Api


def totals(api):
    found = api.read("/status")["totals"]
    return found["arrived"], found["inside"], found["refused"]


def test_an_annulled_entry_no_longer_counts_and_its_row_stays(api, database, event):
    code = factories.a_badge(database, event)
    scan_id = api.scan(code)["scan_id"]

    reply = api.annul(scan_id)

    with database.read() as session:
        row = session.scalars(select(Scan)).one()
        note = session.scalars(select(Activity).where(Activity.action == "scan.annul")).one()
    assert (reply.status_code, reply.json["scan_id"]) == (200, scan_id)
    assert (row.scan_id, row.annul_reason) == (UUID(scan_id), "mauvaise personne")
    assert (note.device_id, note.details["scan_id"]) == (api.device_id, scan_id)
    assert totals(api) == (0, 0, 0)
    assert api.verdict(code) == ("ok", None)
    assert totals(api) == (1, 1, 0)


def test_annulling_a_scan_twice_changes_nothing_more(api, database, event):
    scan_id = api.scan(factories.a_badge(database, event))["scan_id"]

    first, again = api.annul(scan_id).json, api.annul(scan_id).json

    assert first["annulled_at"] == again["annulled_at"]
    assert totals(api) == (0, 0, 0)


def test_annulling_a_refusal_takes_it_out_of_the_count(api):
    scan_id = api.scan("HELLO")["scan_id"]
    before = totals(api)

    assert (before, api.annul(scan_id).status_code, totals(api)) == ((0, 0, 1), 200, (0, 0, 0))


def test_annulling_an_exit_puts_the_person_back_inside(api, database, event):
    code = factories.a_badge(database, event)
    api.scan(code)
    scan_id = api.scan(code, type="exit")["scan_id"]
    outside = totals(api)

    api.annul(scan_id)

    assert (outside, totals(api)) == ((1, 0, 0), (1, 1, 0))


@pytest.mark.parametrize(("minutes", "status"), [(14, 200), (16, 403)])
def test_the_same_device_may_annul_within_fifteen_minutes(minutes, status, api, database, event):
    scan_id = api.scan(factories.a_badge(database, event))["scan_id"]
    factories.write(database, lambda session: make_older(session, minutes))

    assert api.annul(scan_id).status_code == status


def make_older(session, minutes):
    for scan in session.scalars(select(Scan)):
        scan.received_at -= timedelta(minutes=minutes)


def test_another_device_may_not_annul_a_scan(app, api, database, event):
    scan_id = api.scan(factories.a_badge(database, event))["scan_id"]

    reply = Api.enrolled(app, database, event, gate="Porte 2").annul(scan_id)

    assert (reply.status_code, reply.json["error"]) == (403, "forbidden")
    assert totals(api) == (1, 1, 0)


def test_an_unknown_scan_cannot_be_annulled(api):
    assert [api.annul(scan_id).status_code for scan_id in (uuid4(), "nonsense")] == [404, 404]


def test_another_event_s_scan_is_not_found(app, api, database, event):
    other = factories.an_event(database, "other")
    stranger = Api.enrolled(app, database, other, gate="Porte 1")
    scan_id = api.scan(factories.a_badge(database, event))["scan_id"]

    assert stranger.annul(scan_id).status_code == 404


def test_an_entry_before_a_later_one_is_kept(api, database, event):
    factories.write(database, lambda s: s.execute(update(Event).values(reentry="after_exit")))
    code = factories.a_badge(database, event)
    first, out, second = (api.scan(code, type=way)["scan_id"] for way in ("entry", "exit", "entry"))

    assert [api.annul(scan).status_code for scan in (first, out)] == [409, 409]
    assert totals(api) == (1, 1, 0)
    assert [api.annul(scan).status_code for scan in (second, out, first)] == [200, 200, 200]
    assert totals(api) == (0, 0, 0)
