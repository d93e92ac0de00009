"""A hub gets the rows of its event, and of nobody else's, and no secret of the server."""

from __future__ import annotations

import hashlib
import json
from uuid import UUID

import pytest
from sqlalchemy import update

from checkin.db.models import Badge, Base, Delegation, Operator
from checkin.protocol.base64url import bytes_of, text_of
from checkin.services.hubs.mirror import MirrorMarks
from checkin.services.hubs.mirrored import MIRRORED, TABLES
from tests.support import factories
from tests.support.hub_client import HubApi

#: columns by which one signs in, recognises somebody, or decrypts something at the server
SECRETS = {
    *("event.key_check", "device.desk_salt", "operator.email", "operator.password_hash"),
    *("operator.totp_sealed", "operator.totp_step", "operator.totp_since"),
    *("participant.note", "participant.blocked_reason", "participant.blocked_by"),
    *("bus.leader_phone", "badge.opened_at", "badge.last_opened_at"),
}
#: tables of which nothing at all is mirrored: accounts' secrets, mail, files, what others are told
NEVER = {
    *("operator_session", "passkey", "password_link", "recovery_code", "provider_identity"),
    *("message", "webhook", "webhook_delivery", "read_token", "sheet_source", "hub"),
    *("application", "import_draft", "import_page", "job", "job_file", "activity", "message_text"),
    *("badge_request", "outreach", "consent", "self_registration", "installation_setting"),
}


def test_every_column_of_a_mirrored_table_is_told_or_kept_back_with_a_reason():
    for table in MIRRORED:
        columns = set(table.model.__table__.columns.keys())
        assert set(table.told) | set(table.kept_back) == columns, table.name
        assert set(table.told) & set(table.kept_back) == set(), table.name
        assert all(table.kept_back.values()), table.name


def test_no_secret_column_and_no_table_of_secrets_is_mirrored():
    told = {f"{table.name}.{column}" for table in MIRRORED for column in table.told}

    assert told & SECRETS == set()
    assert set(TABLES) & NEVER == set()
    assert set(Base.metadata.tables) >= NEVER | set(TABLES)


def test_the_pages_hold_the_rows_of_the_event_as_they_are(database, event, hub):
    amina = factories.a_participant(
        database, event, phone="+212661234567", note="fauteuil", email="amina@example.org"
    )
    factories.an_event(database, "autre")

    [person] = hub.rows("participant")
    [badge] = hub.rows("badge")
    [of_event] = hub.rows("event")

    assert (person["id"], person["name"], person["phone"], person["email"]) == (
        *(amina.participant_id, "Amina Alaoui", "+212661234567", "amina@example.org"),
    )
    assert "note" not in person
    with database.read() as session:
        row = session.get_one(Badge, amina.badge_id)
    assert UUID(badge["id"]) == amina.badge_id
    assert bytes_of(badge["token_hash"]["b"]) == row.token_hash
    assert bytes_of(badge["ref"]["b"]) == row.ref
    assert (of_event["slug"], of_event["starts_at"]) == (event.slug, "2025-06-14T14:00:00Z")


def test_a_mark_is_the_hash_of_its_page(database, event, hub):
    factories.badges(database, event, 3)
    [mark] = hub.read("/mirror")["tables"]["participant"]

    [page] = hub.post("/mirror/pages", {"table": "participant", "marks": [mark]})["pages"]

    written = json.dumps(
        {"columns": page["columns"], "rows": page["rows"]},
        ensure_ascii=False,
        separators=(",", ":"),
    )
    assert text_of(hashlib.sha256(written.encode()).digest()[:16]) == mark == page["mark"]


def test_nothing_new_costs_a_304(database, event, hub):
    first = hub.ask("GET", "/mirror")

    again = hub.ask("GET", "/mirror", headers={"If-None-Match": first.headers["ETag"]})
    factories.a_delegation(database, event, "Rabat")
    changed = hub.ask("GET", "/mirror", headers={"If-None-Match": first.headers["ETag"]})

    assert (first.status_code, again.status_code, again.get_data()) == (200, 304, b"")
    assert changed.status_code == 200
    assert changed.json["tables"]["participant"] == first.json["tables"]["participant"]
    assert changed.json["tables"]["delegation"] != first.json["tables"]["delegation"]


def test_many_people_are_many_pages_and_a_change_costs_one_of_them(
    app, database, event, hub, monkeypatch
):
    factories.badges(database, event, 450)
    before = hub.read("/mirror")["tables"]
    monkeypatch.setattr("checkin.services.hubs.mirror._AT_MOST_EVERY_S", 0.0)
    factories.a_participant(database, event, "Omar Tazi")

    after = hub.read("/mirror")["tables"]

    assert len(before["participant"]) == len(after["participant"]) == 3
    assert len(set(before["participant"]) & set(after["participant"])) == 2
    assert len(hub.rows("participant")) == 451
    assert len(hub.rows("badge")) == 451


def test_large_tables_are_looked_through_at_most_every_few_seconds(database, event, hub):
    factories.badges(database, event, 2)
    before = hub.read("/mirror")

    factories.a_participant(database, event, "Omar Tazi")
    after = hub.read("/mirror")

    assert after["cursor"] != before["cursor"]
    assert after["tables"]["participant"] == before["tables"]["participant"]
    [page] = hub.post(
        "/mirror/pages", {"table": "participant", "marks": after["tables"]["participant"]}
    )["pages"]
    # What has changed meanwhile comes as it is, under the mark that it has now.
    assert len(page["rows"]) == 3
    assert page["mark"] not in after["tables"]["participant"]


def test_another_process_knows_the_marks_that_this_one_told(app, database, event, hub):
    from checkin.web.site.state import EXTENSION

    factories.badges(database, event, 2)
    asked = {"table": "participant", "marks": hub.read("/mirror")["tables"]["participant"]}
    with database.read() as session:
        forgotten = MirrorMarks()
        from checkin.services.hubs.mirror import pages_with

        pages = pages_with(
            session, event.id, hub.id, TABLES["participant"], asked["marks"], forgotten
        )

    assert [page.mark for page in pages] == asked["marks"]
    assert app.extensions[EXTENSION].mirror_marks is not forgotten


def test_a_mark_that_nobody_knows_is_left_out(hub):
    told = hub.post("/mirror/pages", {"table": "participant", "marks": ["AAAAAAAAAAAAAAAAAAAAAA"]})

    assert told == {"pages": []}


def test_a_table_that_is_not_mirrored_is_refused(hub):
    refused = hub.ask("POST", "/mirror/pages", json={"table": "message", "marks": []})

    assert (refused.status_code, refused.json["error"]) == (404, "not_found")


def test_operators_are_those_with_a_pin_by_name_and_hash_alone(database, event, hub):
    chief = factories.a_supervisor(database)
    [told] = hub.rows("operator")

    assert set(told) == {*TABLES["operator"].told}
    with database.read() as session:
        known = session.get_one(Operator, chief)
    assert (told["id"], told["name"], told["pin_hash"]) == (chief, known.name, known.pin_hash)


def test_coordinators_telephones_are_told_only_where_gates_may(database, event, hub):
    factories.write(
        database, lambda s: s.execute(update(Delegation).values(coordinator_phone="+212600000000"))
    )
    hidden = [row["coordinator_phone"] for row in hub.rows("delegation")]
    factories.lay_down(database, gates_call_coordinators=True)

    assert hidden == [None]
    assert [row["coordinator_phone"] for row in hub.rows("delegation")] == ["+212600000000"]


def test_a_hub_is_not_told_of_its_own_device_but_of_another_hubs(app, database, event, hub, device):
    other = HubApi.of(app, database, event, "Salle B")

    names = {row["name"] for row in hub.rows("device")}

    assert names == {"Laptop", "Salle B"}
    assert {row["name"] for row in other.rows("device")} == {"Laptop", "Salle A"}


def test_the_gate_list_is_the_devices(api, hub, database, event):
    factories.badges(database, event, 2)

    mine, theirs = hub.read("/gate-list"), api.read("/gate-list")

    assert mine["entries"] == theirs["entries"]
    assert mine["public_key"] == hub.paired["list_public_key"]


@pytest.mark.parametrize("path", ["/mirror", "/arrivals", "/gate-list"])
def test_every_reading_needs_the_hubs_token(app, hub, path):
    assert app.test_client().get(f"/api/v1/hub{path}").status_code == 401
