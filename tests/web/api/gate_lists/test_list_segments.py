"""The gate list of very many people over HTTP: its head, and its segments."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from checkin.db.models import Event
from checkin.protocol.codes import parse_code
from checkin.protocol.compact_entries import names_in
from checkin.protocol.gate_list import badge_tag, list_is_genuine, open_entry, signed_bytes
from checkin.protocol.list_segments import mark_of, record_in
from checkin.services.gates import list_passes
from checkin.services.gates.devices import revoke_device
from checkin.services.gates.list_passes import write_pass
from checkin.services.jobs.workers import worker_seen
from checkin.web.site.state import API, EXTENSION
from tests.support import factories
from tests.support.factories import KEYS, NOW, write


@pytest.fixture(autouse=True)
def few_are_many(monkeypatch):
    monkeypatch.setattr(list_passes, "MOST_AT_ONCE", 3)
    monkeypatch.setattr("checkin.services.gates.list_segments.MOST_AT_ONCE", 3)
    monkeypatch.setattr(list_passes, "SEGMENT_BYTES", 450)


@pytest.fixture
def codes(database, event):
    return factories.badges(database, event, 7)


@pytest.fixture
def head(api, database, event, codes):
    write_pass(database, event.id, KEYS, lambda: NOW)
    return api.read("/gate-list?segments=1")["head"]


def segment(api, mark, **headers):
    return api.ask("GET", f"/gate-list/segments/{mark}", headers=headers)


def test_a_device_fetches_the_segments_that_the_signed_head_names(api, head, codes):
    body = api.read("/gate-list?segments=1")
    assert list_is_genuine(
        body["public_key"], signed_bytes(body["head"], (), ()), body["signature"]
    )
    assert (body["tombstones"], body["entries"]) == ([], [])

    answers = [segment(api, one["mark"]) for one in head["segments"]]
    assert [answer.status_code for answer in answers] == [200, 200, 200]
    assert [mark_of(answer.data) for answer in answers] == [o["mark"] for o in head["segments"]]
    token = parse_code(codes[0])
    records = [record_in(answer.data, badge_tag(token)) for answer in answers]
    [entry] = [record for record in records if record]
    assert open_entry(token, entry, names_in(head))["participant"]["id"] == 1


def test_a_segment_never_changes_and_is_kept_by_the_device_alone(api, head):
    mark = head["segments"][0]["mark"]
    answer = segment(api, mark)
    again = segment(api, mark, **{"If-None-Match": f'"{mark}"'})

    assert answer.mimetype == "application/octet-stream"
    assert answer.headers["Cache-Control"] == "private, immutable, max-age=604800"
    assert answer.headers["ETag"] == f'"{mark}"'
    assert (again.status_code, again.data) == (304, b"")


def test_a_device_that_does_not_fetch_segments_is_sent_the_whole_list(api, head):
    whole = api.read("/gate-list")

    assert (whole["head"]["format"], len(whole["entries"])) == (1, 7)
    assert "segments" not in whole["head"]


def test_the_etags_of_both_answers_differ(api, head):
    whole, named = api.ask("GET", "/gate-list"), api.ask("GET", "/gate-list?segments=1")
    assert whole.headers["ETag"] != named.headers["ETag"]

    since = f"/gate-list?segments=1&since={head['cursor']}&epoch={head['epoch']}"
    known = {"If-None-Match": api.ask("GET", since).headers["ETag"]}
    assert api.ask("GET", since, headers=known).status_code == 304


def test_a_segment_of_another_event_or_that_is_gone_is_not_found(api, app, database, head):
    other = factories.an_event(database, "fes-2025")
    stranger = type(api).enrolled(app, database, other, gate="Porte 1")
    mark = head["segments"][0]["mark"]

    assert segment(stranger, mark).status_code == 404
    assert segment(api, "nobodys").json["error"] == "not_found"


def test_a_revoked_device_fetches_no_more(api, app, database, event, head):
    def revoke(session):
        revoke_device(session, session.get_one(Event, event.id), api.device_id, now=NOW)

    write(database, revoke)
    app.extensions[API].extensions[EXTENSION].devices.forget()

    assert segment(api, head["segments"][0]["mark"]).json["wipe"] is True


def test_while_segments_are_written_a_device_is_told_to_ask_again(api, database, codes):
    write(database, lambda s: worker_seen(s, "worker", datetime.now(UTC)))

    answer = api.ask("GET", "/gate-list?segments=1")

    told = (answer.status_code, answer.json["error"], answer.headers["Retry-After"])
    assert told == (503, "list_not_ready", "5")
    assert len(api.read("/gate-list")["entries"]) == 7


def test_where_nobody_writes_segments_the_list_is_sent_whole(api, codes):
    assert len(api.read("/gate-list?segments=1")["entries"]) == 7


def test_an_event_of_few_people_has_no_segments(api, database, event):
    factories.badges(database, event, 2)
    write(database, lambda s: worker_seen(s, "worker", datetime.now(UTC)))

    assert len(api.read("/gate-list?segments=1")["entries"]) == 2
