"""The gate list over HTTP: sealed, signed, and only what changed."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import update

from checkin.db.models import Badge
from checkin.protocol.codes import parse_code
from checkin.protocol.epochs import is_epoch
from checkin.protocol.gate_list import (
    SealedEntry,
    Tombstone,
    badge_tag,
    list_is_genuine,
    open_entry,
    signed_bytes,
)
from checkin.services.common.list_version import next_list_version
from checkin.services.people.registering.blocking import block
from checkin.services.people.registering.registration import cancel
from tests.support import factories


def entries_by_tag(body):
    return {entry["tag"]: SealedEntry(**entry) for entry in body["entries"]}


def opened(body, code):
    """Return what the list tells the one who holds this badge."""
    token = parse_code(code)
    return open_entry(token, entries_by_tag(body)[badge_tag(token)])


def covered(body):
    tombstones = [Tombstone(**tomb) for tomb in body["tombstones"]]
    return signed_bytes(body["head"], tombstones, entries_by_tag(body).values())


@pytest.fixture
def person(database, event):
    return factories.a_participant(database, event, "Amina Alaoui", name_ar="أمينة العلوي")


@pytest.fixture
def code(event, person):
    return factories.code_of(event, person.badge_id)


def test_an_entry_opens_with_its_badge_in_hand(api, database, event, person, code):
    delegation = factories.a_delegation(database, event)

    assert opened(api.read("/gate-list"), code) == {
        "participant": {
            "id": person.participant_id,
            "name": "Amina Alaoui",
            "name_ar": "أمينة العلوي",
            "category": "Militant",
            "category_ar": None,
        },
        "delegation": {
            "id": delegation.id,
            "name": "Khémisset",
            "name_ar": None,
            "quota": 1000,
        },
        "standing": "confirmed",
        "blocked": False,
        "gates": [],
        "category_id": factories.a_category(database, event).id,
    }


def test_an_entry_does_not_open_with_another_badge(api, database, event, code):
    other = parse_code(factories.a_badge(database, event, "Driss Autre"))
    body = api.read("/gate-list")

    assert open_entry(other, entries_by_tag(body)[badge_tag(parse_code(code))]) is None


def test_no_name_can_be_read_without_a_badge(api, code):
    raw = api.ask("GET", "/gate-list").data

    hidden = ("Amina", "Alaoui", "أمينة", "Militant", "Khémisset", code)
    assert [word for word in hidden if word.encode() in raw] == []
    assert b"\\u06" not in raw


def test_the_list_is_signed_and_a_changed_one_is_not_genuine(api, code):
    body = api.read("/gate-list")
    key, signature = body["public_key"], body["signature"]

    assert list_is_genuine(key, covered(body), signature)
    body["head"]["policy"]["reentry"] = "free"
    assert not list_is_genuine(key, covered(body), signature)


def test_the_head_of_the_list_has_the_entry_policy(api, event, code):
    head = api.read("/gate-list")["head"]

    issued_at = datetime.fromisoformat(head.pop("issued_at"))
    assert is_epoch(head.pop("epoch"))
    assert abs((datetime.now(UTC) - issued_at).total_seconds()) < 60
    assert head == {
        "format": 1,
        "event": "rabat-2025",
        "cursor": "2",
        "since": None,
        "policy": {
            "reentry": "single",
            "doors_open_at": None,
            "doors_close_at": None,
            "grace_s": 0,
            "reserve_from": None,
            "capacity": None,
            "limited_gates": [],
            "stopped": None,
            "without_badge": "everyone",
            "days": [
                {
                    "day": 1,
                    "starts_at": event.starts_at.isoformat().replace("+00:00", "Z"),
                    "ends_at": event.ends_at.isoformat().replace("+00:00", "Z"),
                    "doors_open_at": None,
                    "doors_close_at": None,
                    "reserve_from": None,
                }
            ],
            "hours": [],
        },
        "gates": [{"id": 1, "name": "Porte 1", "name_ar": None}],
    }


def test_since_a_cursor_only_what_changed_is_sent(api, database, event, person, code):
    factories.badges(database, event, 5)
    cursor = api.read("/gate-list")["head"]["cursor"]
    nothing = api.read(f"/gate-list?since={cursor}")
    factories.write(
        database,
        lambda s: block(s, event, person.participant_id, reason="test", now=factories.NOW),
    )

    changed = api.read(f"/gate-list?since={cursor}")

    assert (nothing["entries"], nothing["tombstones"]) == ([], [])
    assert [opened(changed, code)["blocked"]] * len(changed["entries"]) == [True]
    assert list_is_genuine(changed["public_key"], covered(changed), changed["signature"])


def test_a_canceled_person_is_refused_by_the_list_too(api, database, event, person, code):
    cursor = api.read("/gate-list")["head"]["cursor"]
    factories.write(database, lambda s: cancel(s, event, person.participant_id, now=factories.NOW))

    assert opened(api.read(f"/gate-list?since={cursor}"), code)["standing"] == "canceled"


def test_a_revoked_badge_leaves_a_tombstone(api, database, event, person, code):
    cursor = api.read("/gate-list")["head"]["cursor"]

    def revoke(session):
        session.execute(
            update(Badge).values(
                revoked_at=factories.NOW, list_version=next_list_version(session, event.id)
            )
        )

    factories.write(database, revoke)

    changed = api.read(f"/gate-list?since={cursor}")
    tomb = {"tag": badge_tag(parse_code(code)), "reason": "revoked"}
    assert (changed["tombstones"], changed["entries"]) == ([tomb], [])


def test_an_unchanged_list_costs_a_304(api, database, event, code):
    first = api.ask("GET", "/gate-list")
    known = {"If-None-Match": first.headers["ETag"]}
    unchanged = api.ask("GET", "/gate-list", headers=known)
    weakened = {"If-None-Match": "W/" + first.headers["ETag"]}  # as a proxy does that packs it
    unchanged_for_a_proxy = api.ask("GET", "/gate-list", headers=weakened)
    factories.badges(database, event, 1)

    assert (unchanged.status_code, unchanged.data) == (304, b"")
    assert unchanged_for_a_proxy.status_code == 304
    assert api.ask("GET", "/gate-list", headers=known).status_code == 200


@pytest.mark.parametrize("since", ["x", "-1", "1e3", "٣", "9" * 19, "1 OR 1=1"])
def test_an_invalid_cursor_is_refused(since, api):
    reply = api.ask("GET", "/gate-list", query_string={"since": since})

    assert (reply.status_code, reply.json["error"]) == (400, "invalid_request")


def test_a_cursor_from_the_future_gets_the_whole_list(api, code):
    whole, again = api.read("/gate-list"), api.read("/gate-list?since=999")

    assert again["head"]["since"] is None
    assert again["entries"] == whole["entries"]


def test_another_event_s_badges_are_not_in_it(api, database):
    factories.a_badge(database, factories.an_event(database, "other"))

    assert api.read("/gate-list")["entries"] == []
