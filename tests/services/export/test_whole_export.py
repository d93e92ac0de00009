"""The whole export has all data of an event, no secret, and a bounded use of memory."""

from __future__ import annotations

import base64
import io
import json
import re
import tracemalloc
from pathlib import Path

import pytest
from sqlalchemy import ColumnClause, Label, LargeBinary, select

from checkin.db.models import Base, Conflict, Role
from checkin.domain.scanning.verdict import Status
from checkin.services.accounts.pins import set_pin
from checkin.services.export.sections import event_itself
from checkin.services.export.whole import SECTIONS, write_whole
from checkin.services.people.registering.public_registration import set_link
from checkin.services.scanning.conflicts import Decision, decide_conflict
from checkin.services.scanning.storage import Decided
from tests.support import factories
from tests.support.factories import NOW, minutes, write
from tests.web.browsing import an_operator

DOCS = Path(__file__).parents[3] / "docs" / "export.md"
#: what is no part of an event, or only passing, or a sum of what is exported; what other programs
#: are told, with the secrets shared with them
TABLES_LEFT_OUT = {
    *("operator", "operator_session", "passkey", "password_link", "recovery_code", "letter_sent"),
    *("limit_counter", "job", "job_file", "job_file_piece", "job_worker"),
    *("installation_setting", "import_draft", "import_page", "pairing", "badge_request"),
    *("list_heading", "import_run", "imported_row", "category_wish"),
    *("arrival_tally", "refusal_tally", "shown_person", "epoch", "returning_device"),
    *("webhook", "webhook_choice", "webhook_delivery", "read_token"),
    *("provider_identity", "sheet_source", "sheet_person", "sheet_decision"),
    *("hub_pairing", "hub_device", "hub_scan"),
    # of a hub, which exports nothing
    *("upstream", "mirrored_page", "scan_from_upstream", "given_number", "held_list"),
    "scan_of_stranger",
    *("gate_list_pass", "gate_list_segment"),
}
#: secrets and what is made from them; names folded for search; counters without a meaning outside;
#: the first gate of an answer, which is exported by its name
COLUMNS_LEFT_OUT = {
    *("badge.id", "badge.token_hash", "badge.ref", "badge.list_version"),
    *("device.token_hash", "device.desk_salt", "device.turn", "device.turn_run"),
    *("hub.token_hash", "hub.public_key", "hub.authority", "hub.reported"),
    *("scan.code_hash", "scan.body_hash", "walk_in.person_hash"),
    *("event.key_check", "event.list_version", "bus_leader.list_version"),
    *("delegation.folded", "category.folded", "gate.folded", "flag.folded"),
    *("participant.folded", "participant.folded_name", "participant.name_terms"),
    "delegation.last_reserve_no",
    *("message.message_id", "message.claimed_by", "scan.first_gate_id"),
    "scan.lost_delegation_id",
}


def exported_columns() -> set[str]:
    found = set()
    for statement in (event_itself, *SECTIONS.values()):
        for column in statement(1).selected_columns:
            inner = column.element if isinstance(column, Label) else column
            if not isinstance(inner, ColumnClause):
                continue  # what is said of a column without telling it
            table = getattr(inner.table, "element", inner.table)  # an alias is its table
            found.add(f"{table.name}.{inner.name}")
    return found


def recorded_columns() -> set[str]:
    """Every column of an event's tables, but for the numbers by which tables name each other."""
    return {
        f"{table.name}.{column.name}"
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if table.name not in TABLES_LEFT_OUT
        if not column.foreign_keys and column.name != "event_id"
        if not (column.primary_key and column.type.python_type is int)
    }


def test_every_column_of_an_event_is_exported_or_left_out_by_name():
    assert recorded_columns() - exported_columns() == COLUMNS_LEFT_OUT
    assert exported_columns() & COLUMNS_LEFT_OUT == set()


def test_the_export_documentation_lists_every_section_and_its_columns():
    rows = re.findall(r"^\| `(\w+)` \| .* \| ([^|]+) \|$", DOCS.read_text("utf-8"), re.MULTILINE)
    told = {section: re.findall(r"`(\w+)`", names) for section, names in rows}
    statements = {"event": event_itself, **SECTIONS}

    assert told == {
        section: [column.name for column in statement(1).selected_columns]
        for section, statement in statements.items()
    }


@pytest.fixture
def lived(database):
    """An event on which something of everything happened."""
    event = factories.an_event(database)
    chief = an_operator(database, Role.ADMINISTRATOR)
    delegation = factories.a_delegation(database, event)
    amina = factories.a_participant(
        database, event, delegation=delegation, email="amina@example.org", note="fauteuil"
    )
    factories.a_bus(database, delegation)
    device = factories.a_device(database, event)
    code = factories.code_of(event, amina.badge_id)
    factories.scan(database, device, code)
    late = factories.a_reading(code, at=NOW + minutes(3), decided=Decided(Status.OK, None))
    factories.record(database, device, late)

    def work(session):
        set_pin(session, session.merge(chief), "482913", now=NOW)
        conflict = session.scalars(select(Conflict.id)).one()
        decide_conflict(session, event, conflict, Decision.KEEP, "vue", chief.id, NOW)
        set_link(
            session,
            delegation,
            is_open=True,
            approval=True,
            category_id=factories.a_category(database, event).id,
            now=NOW,
        )

    factories.a_category(database, event)
    write(database, work)
    return event, code


def whole(database, event) -> str:
    file = io.StringIO()
    with database.snapshot() as session:
        write_whole(session, event, file, now=NOW)
    return file.getvalue()


def test_the_export_contains_arrivals_decisions_and_operators(database, lived):
    event, _ = lived
    told = json.loads(whole(database, event))

    [person], [conflict] = told["participants"], told["conflicts"]
    [first, second] = told["scans"]
    assert list(told) == ["format", "version", "exported_at", "event", *SECTIONS]
    assert (told["format"], told["version"], told["exported_at"]) == (
        "marhaba-event",
        1,
        NOW.isoformat(),
    )
    assert (person["name"], person["note"], person["arrived_at"], person["gate"]) == (
        *("Amina Alaoui", "fauteuil", NOW.isoformat(), "Porte 1"),
    )
    assert [one["scan_id"] for one in told["admissions"]] == [first["scan_id"]]
    assert conflict == {
        "scan_id": second["scan_id"],
        "reason": "already_redeemed",
        "contradicts_scan_id": first["scan_id"],
        "created_at": (NOW + minutes(3)).isoformat(),
        "decided_at": NOW.isoformat(),
        "decided_by": "Poste administrator",
        "decision": "keep",
        "note": "vue",
    }
    assert [(one["address"], one["state"]) for one in told["messages"]] == [
        ("amina@example.org", "queued")
    ]
    assert [(one["name"], one["gate"]) for one in told["devices"]] == [("Laptop", "Porte 1")]
    assert "participant.register" in {one["action"] for one in told["activity"]}


def secrets_in(database) -> set[bytes]:
    """Every binary value and every hash that the database keeps."""
    found = set()
    with database.read() as session:
        for table in Base.metadata.sorted_tables:
            for column in table.columns:
                if isinstance(column.type, LargeBinary) or "hash" in column.name:
                    found |= set(session.scalars(select(column).where(column.is_not(None))))
    return {one if isinstance(one, bytes) else one.encode() for one in found}


def test_the_export_contains_no_secret(database, lived):
    event, code = lived
    text, secrets = whole(database, event), secrets_in(database)

    written = {form for one in secrets for form in (one.hex(), base64.b64encode(one).decode())}
    shown = {one.decode("utf-8", "replace") for one in secrets}
    assert len(secrets) >= 6
    assert [one for one in written | shown if one in text] == []
    assert code not in text
    assert "482913" not in text


def test_the_export_does_not_contain_the_secret_of_a_link(database, lived):
    event, _ = lived
    told = json.loads(whole(database, event))

    assert [set(one) for one in told["links"]] == [
        {"delegation", "issue", "is_open", "approval", "category", "changed_at"}
    ]


def test_the_export_does_not_contain_another_event_s_rows(database, lived):
    other = factories.an_event(database, "fes-2025")
    factories.a_participant(database, other, "Bahia Idrissi", email="bahia@example.org")

    told = json.loads(whole(database, lived[0]))
    elsewhere = json.loads(whole(database, other))

    assert "Bahia" not in str(told)
    assert "Amina" not in str(elsewhere)
    assert [elsewhere[name] for name in ("scans", "conflicts", "devices", "buses")] == [[]] * 4


class Sink(io.TextIOBase):
    """Takes text and keeps none."""

    def write(self, text: str) -> int:
        return len(text)


def peak_of(database, event) -> int:
    tracemalloc.start()
    try:
        with database.snapshot() as session:
            write_whole(session, event, Sink(), now=NOW)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_the_memory_of_an_export_does_not_grow_with_the_number_of_people(database):
    event = factories.an_event(database)
    delegation = factories.a_delegation(database, event, quota=20_000)
    factories.badges(database, event, 2_000, delegation=delegation)
    peak_of(database, event)  # caches are filled

    few = peak_of(database, event)
    factories.badges(database, event, 6_000, delegation=delegation)
    many = peak_of(database, event)

    assert many < 1.5 * few
