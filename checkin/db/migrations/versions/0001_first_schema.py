"""first schema"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


# Search by a part of a name, in each database's own way: 100,000 names in a few milliseconds.
SEARCH_UP = {
    "sqlite": [
        "CREATE VIRTUAL TABLE participant_search USING fts5("
        "folded, content='participant', content_rowid='id', tokenize='trigram')",
        "CREATE TRIGGER participant_search_insert AFTER INSERT ON participant BEGIN "
        "INSERT INTO participant_search(rowid, folded) VALUES (new.id, new.folded); END",
        "CREATE TRIGGER participant_search_delete AFTER DELETE ON participant BEGIN "
        "INSERT INTO participant_search(participant_search, rowid, folded) "
        "VALUES ('delete', old.id, old.folded); END",
        "CREATE TRIGGER participant_search_update AFTER UPDATE OF folded ON participant BEGIN "
        "INSERT INTO participant_search(participant_search, rowid, folded) "
        "VALUES ('delete', old.id, old.folded); "
        "INSERT INTO participant_search(rowid, folded) VALUES (new.id, new.folded); END",
    ],
    "postgresql": [
        "CREATE EXTENSION IF NOT EXISTS pg_trgm",
        "CREATE INDEX ix_participant_trigrams ON participant USING gin (folded gin_trgm_ops)",
    ],
}
SEARCH_DOWN = {
    "sqlite": ["DROP TABLE participant_search"],
    "postgresql": ["DROP INDEX ix_participant_trigrams"],
}


def _run(statements: dict[str, list[str]]) -> None:
    for statement in statements[op.get_bind().dialect.name]:
        op.execute(statement)


def upgrade() -> None:
    op.create_table(
        "event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("name_ar", sa.String(), nullable=True),
        sa.Column("venue", sa.String(), nullable=False),
        sa.Column("venue_ar", sa.String(), nullable=True),
        sa.Column("timezone", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("doors_open_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("doors_close_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("grace_s", sa.Integer(), nullable=False),
        sa.Column("reserve_from", sa.DateTime(timezone=True), nullable=True),
        sa.Column("capacity", sa.Integer(), nullable=True),
        sa.Column("reentry", sa.String(), nullable=False),
        sa.Column("organiser", sa.String(), nullable=False),
        sa.Column("contact", sa.String(), nullable=False),
        sa.Column("retention_days", sa.Integer(), nullable=False),
        sa.Column("sensitive", sa.Boolean(), nullable=False),
        sa.Column("key_check", sa.LargeBinary(), nullable=False),
        sa.Column("list_version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("purged_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "reentry IN ('single', 'after_exit', 'free')", name=op.f("ck_event_reentry")
        ),
        sa.CheckConstraint("capacity IS NULL OR capacity > 0", name=op.f("ck_event_capacity")),
        sa.CheckConstraint(
            "doors_close_at IS NULL OR doors_close_at > doors_open_at", name=op.f("ck_event_doors")
        ),
        sa.CheckConstraint("grace_s >= 0", name=op.f("ck_event_grace")),
        sa.CheckConstraint("retention_days > 0", name=op.f("ck_event_retention_days")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event")),
        sa.UniqueConstraint("slug", name=op.f("uq_event_slug")),
    )
    op.create_table(
        "category",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("name_ar", sa.String(), nullable=True),
        sa.Column("folded", sa.String(), nullable=False),
        sa.Column("colour", sa.String(), nullable=False),
        sa.CheckConstraint("length(colour) = 7", name=op.f("ck_category_colour")),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_category_event_id_event")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_category")),
        sa.UniqueConstraint("event_id", "folded", name=op.f("uq_category_event_id_folded")),
        sa.UniqueConstraint("event_id", "id", name=op.f("uq_category_event_id_id")),
    )
    op.create_table(
        "delegation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("name_ar", sa.String(), nullable=True),
        sa.Column("folded", sa.String(), nullable=False),
        sa.Column("quota", sa.Integer(), nullable=False),
        sa.Column("places_taken", sa.Integer(), nullable=False),
        sa.Column("last_reserve_no", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "places_taken >= 0 AND places_taken <= quota", name=op.f("ck_delegation_places_taken")
        ),
        sa.CheckConstraint("quota >= 0", name=op.f("ck_delegation_quota")),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_delegation_event_id_event")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delegation")),
        sa.UniqueConstraint("event_id", "folded", name=op.f("uq_delegation_event_id_folded")),
        sa.UniqueConstraint("event_id", "id", name=op.f("uq_delegation_event_id_id")),
    )
    op.create_table(
        "gate",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("folded", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_gate_event_id_event")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gate")),
        sa.UniqueConstraint("event_id", "folded", name=op.f("uq_gate_event_id_folded")),
        sa.UniqueConstraint("event_id", "id", name=op.f("uq_gate_event_id_id")),
    )
    op.create_table(
        "device",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("gate_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("software", sa.String(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("paired_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("skew_ms", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["event_id", "gate_id"],
            ["gate.event_id", "gate.id"],
            name=op.f("fk_device_event_id_gate_id_gate"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_device")),
        sa.UniqueConstraint("event_id", "id", name=op.f("uq_device_event_id_id")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_device_token_hash")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "gate_category",
        sa.Column("gate_id", sa.Integer(), nullable=False),
        sa.Column("category_id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id", "category_id"],
            ["category.event_id", "category.id"],
            name=op.f("fk_gate_category_event_id_category_id_category"),
        ),
        sa.ForeignKeyConstraint(
            ["event_id", "gate_id"],
            ["gate.event_id", "gate.id"],
            name=op.f("fk_gate_category_event_id_gate_id_gate"),
        ),
        sa.PrimaryKeyConstraint("gate_id", "category_id", name=op.f("pk_gate_category")),
    )
    op.create_table(
        "hourly_arrivals",
        sa.Column("delegation_id", sa.Integer(), nullable=False),
        sa.Column("gate_id", sa.Integer(), nullable=False),
        sa.Column("hour_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("arrived", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["delegation_id"],
            ["delegation.id"],
            name=op.f("fk_hourly_arrivals_delegation_id_delegation"),
        ),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_hourly_arrivals_event_id_event")
        ),
        sa.ForeignKeyConstraint(
            ["gate_id"], ["gate.id"], name=op.f("fk_hourly_arrivals_gate_id_gate")
        ),
        sa.PrimaryKeyConstraint(
            "delegation_id", "gate_id", "hour_at", name=op.f("pk_hourly_arrivals")
        ),
    )
    op.create_table(
        "operator",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("password_hash", sa.String(), nullable=False),
        sa.Column("pin_hash", sa.String(), nullable=True),
        sa.Column("delegation_id", sa.Integer(), nullable=True),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_login_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(role = 'coordinator') = (delegation_id IS NOT NULL)",
            name=op.f("ck_operator_coordinator_delegation"),
        ),
        sa.CheckConstraint(
            "role IN ('administrator', 'organiser', 'coordinator', 'supervisor', 'volunteer', 'viewer')",
            name=op.f("ck_operator_role"),
        ),
        sa.ForeignKeyConstraint(
            ["delegation_id"], ["delegation.id"], name=op.f("fk_operator_delegation_id_delegation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_operator")),
        sa.UniqueConstraint("email", name=op.f("uq_operator_email")),
    )
    op.create_table(
        "participant",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("delegation_id", sa.Integer(), nullable=False),
        sa.Column("category_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("name_ar", sa.String(), nullable=True),
        sa.Column("folded", sa.String(), nullable=False),
        sa.Column("folded_name", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=True),
        sa.Column("phone", sa.String(), nullable=True),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("standing", sa.String(), nullable=False),
        sa.Column("reserve_no", sa.Integer(), nullable=True),
        sa.Column("blocked", sa.Boolean(), nullable=False),
        sa.Column("registered_by", sa.String(), nullable=False),
        sa.Column("registered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("canceled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(standing = 'canceled') = (canceled_at IS NOT NULL)",
            name=op.f("ck_participant_canceled"),
        ),
        sa.CheckConstraint(
            "(standing = 'reserve') = (reserve_no IS NOT NULL)",
            name=op.f("ck_participant_reserve_no"),
        ),
        sa.CheckConstraint("name <> '' OR name_ar IS NOT NULL", name=op.f("ck_participant_name")),
        sa.CheckConstraint(
            "standing IN ('confirmed', 'reserve', 'canceled')", name=op.f("ck_participant_standing")
        ),
        sa.ForeignKeyConstraint(
            ["event_id", "category_id"],
            ["category.event_id", "category.id"],
            name=op.f("fk_participant_event_id_category_id_category"),
        ),
        sa.ForeignKeyConstraint(
            ["event_id", "delegation_id"],
            ["delegation.event_id", "delegation.id"],
            name=op.f("fk_participant_event_id_delegation_id_delegation"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_participant")),
        sa.UniqueConstraint("event_id", "id", name=op.f("uq_participant_event_id_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        op.f("ix_participant_delegation_id_folded_name"),
        "participant",
        ["delegation_id", "folded_name"],
        unique=False,
    )
    op.create_index(
        op.f("ix_participant_event_id_email"), "participant", ["event_id", "email"], unique=False
    )
    op.create_index(
        op.f("ix_participant_event_id_phone"), "participant", ["event_id", "phone"], unique=False
    )
    op.create_index(
        "uq_participant_reserve_no", "participant", ["delegation_id", "reserve_no"], unique=True
    )
    op.create_table(
        "activity",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("operator_id", sa.Integer(), nullable=True),
        sa.Column("device_id", sa.Integer(), nullable=True),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["device_id"], ["device.id"], name=op.f("fk_activity_device_id_device")
        ),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_activity_event_id_event")
        ),
        sa.ForeignKeyConstraint(
            ["operator_id"], ["operator.id"], name=op.f("fk_activity_operator_id_operator")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_activity")),
    )
    op.create_index(op.f("ix_activity_event_id_at"), "activity", ["event_id", "at"], unique=False)
    op.create_table(
        "arrival_tally",
        sa.Column("delegation_id", sa.Integer(), nullable=False),
        sa.Column("gate_id", sa.Integer(), nullable=False),
        sa.Column("device_id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("arrived", sa.Integer(), nullable=False),
        sa.Column("inside", sa.Integer(), nullable=False),
        sa.Column("without_place", sa.Integer(), nullable=False),
        sa.Column("last_scan_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["delegation_id"],
            ["delegation.id"],
            name=op.f("fk_arrival_tally_delegation_id_delegation"),
        ),
        sa.ForeignKeyConstraint(
            ["device_id"], ["device.id"], name=op.f("fk_arrival_tally_device_id_device")
        ),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_arrival_tally_event_id_event")
        ),
        sa.ForeignKeyConstraint(
            ["gate_id"], ["gate.id"], name=op.f("fk_arrival_tally_gate_id_gate")
        ),
        sa.PrimaryKeyConstraint(
            "delegation_id", "gate_id", "device_id", name=op.f("pk_arrival_tally")
        ),
    )
    op.create_index(
        op.f("ix_arrival_tally_delegation_id"), "arrival_tally", ["delegation_id"], unique=False
    )
    op.create_index(op.f("ix_arrival_tally_event_id"), "arrival_tally", ["event_id"], unique=False)
    op.create_table(
        "badge",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("participant_id", sa.Integer(), nullable=False),
        sa.Column("issue", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("list_version", sa.Integer(), nullable=False),
        sa.CheckConstraint("issue >= 1", name=op.f("ck_badge_issue")),
        sa.ForeignKeyConstraint(
            ["event_id", "participant_id"],
            ["participant.event_id", "participant.id"],
            name=op.f("fk_badge_event_id_participant_id_participant"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_badge")),
        sa.UniqueConstraint("event_id", "id", name=op.f("uq_badge_event_id_id")),
        sa.UniqueConstraint("participant_id", "issue", name=op.f("uq_badge_participant_id_issue")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_badge_token_hash")),
    )
    op.create_index(
        op.f("ix_badge_event_id_list_version"), "badge", ["event_id", "list_version"], unique=False
    )
    op.create_index(
        "uq_badge_working",
        "badge",
        ["participant_id"],
        unique=True,
        sqlite_where=sa.text("revoked_at IS NULL"),
        postgresql_where=sa.text("revoked_at IS NULL"),
    )
    op.create_table(
        "pairing",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("gate_id", sa.Integer(), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("device_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["device_id"], ["device.id"], name=op.f("fk_pairing_device_id_device")
        ),
        sa.ForeignKeyConstraint(
            ["event_id", "gate_id"],
            ["gate.event_id", "gate.id"],
            name=op.f("fk_pairing_event_id_gate_id_gate"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pairing")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_pairing_code_hash")),
        sa.UniqueConstraint("device_id", name=op.f("uq_pairing_device_id")),
    )
    op.create_table(
        "refusal_tally",
        sa.Column("gate_id", sa.Integer(), nullable=False),
        sa.Column("device_id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("refused", sa.Integer(), nullable=False),
        sa.Column("last_scan_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["device_id"], ["device.id"], name=op.f("fk_refusal_tally_device_id_device")
        ),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_refusal_tally_event_id_event")
        ),
        sa.ForeignKeyConstraint(
            ["gate_id"], ["gate.id"], name=op.f("fk_refusal_tally_gate_id_gate")
        ),
        sa.PrimaryKeyConstraint("gate_id", "device_id", name=op.f("pk_refusal_tally")),
    )
    op.create_index(op.f("ix_refusal_tally_event_id"), "refusal_tally", ["event_id"], unique=False)
    op.create_table(
        "message",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("participant_id", sa.Integer(), nullable=False),
        sa.Column("badge_id", sa.Uuid(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("message_id", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_try_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("claimed_by", sa.String(), nullable=True),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_answer", sa.String(), nullable=True),
        sa.CheckConstraint(
            "state IN ('queued', 'sending', 'sent', 'bounced', 'failed', 'unknown')",
            name=op.f("ck_message_state"),
        ),
        sa.CheckConstraint("attempts >= 0", name=op.f("ck_message_attempts")),
        sa.ForeignKeyConstraint(["badge_id"], ["badge.id"], name=op.f("fk_message_badge_id_badge")),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_message_event_id_event")),
        sa.ForeignKeyConstraint(
            ["participant_id"],
            ["participant.id"],
            name=op.f("fk_message_participant_id_participant"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
        sa.UniqueConstraint("message_id", name=op.f("uq_message_message_id")),
    )
    op.create_index(op.f("ix_message_participant_id"), "message", ["participant_id"], unique=False)
    op.create_index(
        "ix_message_waiting",
        "message",
        ["event_id", "next_try_at"],
        unique=False,
        sqlite_where=sa.text("state = 'queued'"),
        postgresql_where=sa.text("state = 'queued'"),
    )
    op.create_table(
        "scan",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("scan_id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("gate_id", sa.Integer(), nullable=False),
        sa.Column("device_id", sa.Integer(), nullable=False),
        sa.Column("badge_id", sa.Uuid(), nullable=True),
        sa.Column("participant_id", sa.Integer(), nullable=True),
        sa.Column("code_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("body_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("direction", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("scanned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("corrected_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("skew_ms", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("decided_status", sa.String(), nullable=True),
        sa.Column("decided_reason", sa.String(), nullable=True),
        sa.Column("forced", sa.Boolean(), nullable=False),
        sa.Column("force_reason", sa.String(), nullable=True),
        sa.Column("forced_by", sa.Integer(), nullable=True),
        sa.Column("arrived", sa.Integer(), nullable=True),
        sa.Column("quota", sa.Integer(), nullable=True),
        sa.Column("first_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("first_gate_id", sa.Integer(), nullable=True),
        sa.Column("annulled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("annul_reason", sa.String(), nullable=True),
        sa.CheckConstraint(
            "(status = 'ok') = (reason IS NULL)", name=op.f("ck_scan_reason_of_refusal")
        ),
        sa.CheckConstraint("direction IN ('entry', 'exit')", name=op.f("ck_scan_direction")),
        sa.CheckConstraint(
            "reason IN ('invalid', 'wrong_event', 'revoked', 'canceled', 'blocked', 'wrong_gate', 'invalid_time', 'unapproved', 'already_redeemed', 'quota_exceeded', 'capacity_exceeded', 'checkout_required')",
            name=op.f("ck_scan_reason"),
        ),
        sa.CheckConstraint(
            "source IN ('camera', 'wedge', 'typed', 'paper')", name=op.f("ck_scan_source")
        ),
        sa.CheckConstraint("status IN ('ok', 'error')", name=op.f("ck_scan_status")),
        sa.CheckConstraint("NOT forced OR force_reason IS NOT NULL", name=op.f("ck_scan_forced")),
        sa.ForeignKeyConstraint(
            ["event_id", "badge_id"],
            ["badge.event_id", "badge.id"],
            name=op.f("fk_scan_event_id_badge_id_badge"),
        ),
        sa.ForeignKeyConstraint(
            ["event_id", "device_id"],
            ["device.event_id", "device.id"],
            name=op.f("fk_scan_event_id_device_id_device"),
        ),
        sa.ForeignKeyConstraint(
            ["event_id", "gate_id"],
            ["gate.event_id", "gate.id"],
            name=op.f("fk_scan_event_id_gate_id_gate"),
        ),
        sa.ForeignKeyConstraint(
            ["event_id", "participant_id"],
            ["participant.event_id", "participant.id"],
            name=op.f("fk_scan_event_id_participant_id_participant"),
        ),
        sa.ForeignKeyConstraint(
            ["forced_by"], ["operator.id"], name=op.f("fk_scan_forced_by_operator")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scan")),
        sa.UniqueConstraint("scan_id", name=op.f("uq_scan_scan_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        op.f("ix_scan_event_id_corrected_at"), "scan", ["event_id", "corrected_at"], unique=False
    )
    op.create_index(op.f("ix_scan_participant_id"), "scan", ["participant_id"], unique=False)
    op.create_table(
        "admission",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("participant_id", sa.Integer(), nullable=False),
        sa.Column("delegation_id", sa.Integer(), nullable=False),
        sa.Column("gate_id", sa.Integer(), nullable=False),
        sa.Column("device_id", sa.Integer(), nullable=False),
        sa.Column("scan_pk", sa.Integer(), nullable=False),
        sa.Column("entry_no", sa.Integer(), nullable=False),
        sa.Column("without_place", sa.Boolean(), nullable=False),
        sa.Column("admitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("exited_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("exit_scan_pk", sa.Integer(), nullable=True),
        sa.Column("annulled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("entry_no >= 1", name=op.f("ck_admission_entry_no")),
        sa.ForeignKeyConstraint(
            ["event_id", "delegation_id"],
            ["delegation.event_id", "delegation.id"],
            name=op.f("fk_admission_event_id_delegation_id_delegation"),
        ),
        sa.ForeignKeyConstraint(
            ["event_id", "device_id"],
            ["device.event_id", "device.id"],
            name=op.f("fk_admission_event_id_device_id_device"),
        ),
        sa.ForeignKeyConstraint(
            ["event_id", "gate_id"],
            ["gate.event_id", "gate.id"],
            name=op.f("fk_admission_event_id_gate_id_gate"),
        ),
        sa.ForeignKeyConstraint(
            ["event_id", "participant_id"],
            ["participant.event_id", "participant.id"],
            name=op.f("fk_admission_event_id_participant_id_participant"),
        ),
        sa.ForeignKeyConstraint(
            ["exit_scan_pk"], ["scan.id"], name=op.f("fk_admission_exit_scan_pk_scan")
        ),
        sa.ForeignKeyConstraint(["scan_pk"], ["scan.id"], name=op.f("fk_admission_scan_pk_scan")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_admission")),
        sa.UniqueConstraint("scan_pk", name=op.f("uq_admission_scan_pk")),
    )
    op.create_index(
        op.f("ix_admission_event_id_admitted_at"),
        "admission",
        ["event_id", "admitted_at"],
        unique=False,
    )
    op.create_index(
        "uq_admission_entry",
        "admission",
        ["participant_id", "entry_no"],
        unique=True,
        sqlite_where=sa.text("annulled_at IS NULL"),
        postgresql_where=sa.text("annulled_at IS NULL"),
    )
    op.create_index(
        "uq_admission_inside",
        "admission",
        ["participant_id"],
        unique=True,
        sqlite_where=sa.text("annulled_at IS NULL AND exited_at IS NULL"),
        postgresql_where=sa.text("annulled_at IS NULL AND exited_at IS NULL"),
    )
    op.create_table(
        "conflict",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("scan_pk", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("admission_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("decision", sa.String(), nullable=True),
        sa.CheckConstraint(
            "reason IN ('invalid', 'wrong_event', 'revoked', 'canceled', 'blocked', 'wrong_gate', 'invalid_time', 'unapproved', 'already_redeemed', 'quota_exceeded', 'capacity_exceeded', 'checkout_required')",
            name=op.f("ck_conflict_reason"),
        ),
        sa.ForeignKeyConstraint(
            ["admission_id"], ["admission.id"], name=op.f("fk_conflict_admission_id_admission")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["operator.id"], name=op.f("fk_conflict_decided_by_operator")
        ),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_conflict_event_id_event")
        ),
        sa.ForeignKeyConstraint(["scan_pk"], ["scan.id"], name=op.f("fk_conflict_scan_pk_scan")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conflict")),
        sa.UniqueConstraint("scan_pk", name=op.f("uq_conflict_scan_pk")),
    )
    op.create_index(
        op.f("ix_conflict_event_id_decided_at"),
        "conflict",
        ["event_id", "decided_at"],
        unique=False,
    )
    _run(SEARCH_UP)


def downgrade() -> None:
    _run(SEARCH_DOWN)
    op.drop_index(op.f("ix_conflict_event_id_decided_at"), table_name="conflict")
    op.drop_table("conflict")
    op.drop_index(
        "uq_admission_inside",
        table_name="admission",
        sqlite_where=sa.text("annulled_at IS NULL AND exited_at IS NULL"),
        postgresql_where=sa.text("annulled_at IS NULL AND exited_at IS NULL"),
    )
    op.drop_index(
        "uq_admission_entry",
        table_name="admission",
        sqlite_where=sa.text("annulled_at IS NULL"),
        postgresql_where=sa.text("annulled_at IS NULL"),
    )
    op.drop_index(op.f("ix_admission_event_id_admitted_at"), table_name="admission")
    op.drop_table("admission")
    op.drop_index(op.f("ix_scan_participant_id"), table_name="scan")
    op.drop_index(op.f("ix_scan_event_id_corrected_at"), table_name="scan")
    op.drop_table("scan")
    op.drop_index(
        "ix_message_waiting",
        table_name="message",
        sqlite_where=sa.text("state = 'queued'"),
        postgresql_where=sa.text("state = 'queued'"),
    )
    op.drop_index(op.f("ix_message_participant_id"), table_name="message")
    op.drop_table("message")
    op.drop_index(op.f("ix_refusal_tally_event_id"), table_name="refusal_tally")
    op.drop_table("refusal_tally")
    op.drop_table("pairing")
    op.drop_index(
        "uq_badge_working",
        table_name="badge",
        sqlite_where=sa.text("revoked_at IS NULL"),
        postgresql_where=sa.text("revoked_at IS NULL"),
    )
    op.drop_index(op.f("ix_badge_event_id_list_version"), table_name="badge")
    op.drop_table("badge")
    op.drop_index(op.f("ix_arrival_tally_event_id"), table_name="arrival_tally")
    op.drop_index(op.f("ix_arrival_tally_delegation_id"), table_name="arrival_tally")
    op.drop_table("arrival_tally")
    op.drop_index(op.f("ix_activity_event_id_at"), table_name="activity")
    op.drop_table("activity")
    op.drop_index("uq_participant_reserve_no", table_name="participant")
    op.drop_index(op.f("ix_participant_event_id_phone"), table_name="participant")
    op.drop_index(op.f("ix_participant_event_id_email"), table_name="participant")
    op.drop_index(op.f("ix_participant_delegation_id_folded_name"), table_name="participant")
    op.drop_table("participant")
    op.drop_table("operator")
    op.drop_table("hourly_arrivals")
    op.drop_table("gate_category")
    op.drop_table("device")
    op.drop_table("gate")
    op.drop_table("delegation")
    op.drop_table("category")
    op.drop_table("event")
