"""What devices report of themselves, and how boards show it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from checkin.db.models import Device
from tests.support.api_client import text_of


def device_row(database, api):
    with database.read() as session:
        return session.get_one(Device, api.device_id)


def test_a_device_reports_its_waiting_scans_and_its_time(api, database):
    behind = datetime.now(UTC) - timedelta(seconds=90)
    api.read("/status", query_string={"waiting": "17", "device_time": text_of(behind)})

    row = device_row(database, api)

    assert row.waiting == 17
    assert 89_000 < row.skew_ms < 100_000


def test_a_device_tells_how_full_its_battery_is_and_whether_it_charges(api, database):
    told = []
    for query in ({"battery": "19"}, {"battery": "20", "charging": "true"}, {}):
        api.read("/status", query_string=query)
        row = device_row(database, api)
        told.append((row.battery, row.charging))

    assert told == [(19, False), (20, True), (20, True)]


def test_a_device_that_reports_nothing_changes_nothing(api, database):
    api.read("/status", query_string={"waiting": "3"})
    api.read("/status")

    assert (device_row(database, api).waiting, device_row(database, api).skew_ms) == (3, None)


def test_a_device_has_the_newest_list_after_fetching_it_or_getting_a_304(api, database):
    before = device_row(database, api).list_at
    etag = api.ask("GET", "/gate-list").headers["ETag"]
    first = device_row(database, api).list_at
    again = api.ask("GET", "/gate-list", headers={"If-None-Match": etag})

    assert again.status_code == 304
    assert before is None
    assert first < device_row(database, api).list_at


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("waiting", "-1"),
        ("waiting", "many"),
        ("waiting", "9" * 30),
        ("battery", "101"),
        ("charging", "perhaps"),
        ("device_time", "noon"),
        ("device_time", "1"),
        ("device_time", "2025-06-14T14:30:00"),
    ],
)
def test_an_invalid_report_is_refused_with_the_name_of_the_value(api, name, value):
    response = api.ask("GET", "/status", query_string={name: value})

    assert response.status_code == 400
    assert response.json["error"] == "invalid_request"
    assert response.json["detail"].startswith(f"{name}: ")
