"""a hub's link to the central server, the pages of it that are here, and the scans of other gates"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0055"
down_revision = "0054"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "upstream",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        *(sa.Column(name, kind, nullable=name in _OPTIONAL) for name, kind in _UPSTREAM),
        sa.CheckConstraint("id = 1", name=op.f("ck_upstream_one")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_upstream")),
    )
    op.create_table(
        "mirrored_page",
        sa.Column("table_name", sa.String(), nullable=False),
        sa.Column("mark", sa.String(), nullable=False),
        sa.Column("keys", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("table_name", "mark", name=op.f("pk_mirrored_page")),
    )
    op.create_table(
        "scan_from_upstream",
        sa.Column("scan_pk", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("annulled", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["scan_pk"], ["scan.id"], name=op.f("fk_scan_from_upstream_scan_pk_scan")
        ),
        sa.PrimaryKeyConstraint("scan_pk", name=op.f("pk_scan_from_upstream")),
    )
    op.create_table(
        "given_number",
        sa.Column("own_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("own_id", name=op.f("pk_given_number")),
    )
    op.create_table(
        "scan_of_stranger",
        sa.Column("scan_id", sa.Uuid(), nullable=False),
        sa.Column("badge_ref", sa.LargeBinary(), nullable=True),
        sa.Column("participant_id", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("scan_id", name=op.f("pk_scan_of_stranger")),
    )
    op.create_table(
        "held_list",
        sa.Column("since", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("cursor", sa.Integer(), nullable=False),
        sa.Column("epoch", sa.String(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("since", name=op.f("pk_held_list")),
    )


def downgrade() -> None:
    for name in _TABLES:
        op.drop_table(name)


_TABLES = (
    *("held_list", "scan_of_stranger", "given_number", "scan_from_upstream", "mirrored_page"),
    "upstream",
)
_UPSTREAM = (
    ("url", sa.String()),
    ("authority", sa.String()),
    ("hub_id", sa.Integer()),
    ("name", sa.String()),
    ("token", sa.String()),
    ("event_id", sa.Integer()),
    ("list_public_key", sa.String()),
    ("walk_in_key", sa.LargeBinary(length=32)),
    ("certificate", sa.JSON()),
    ("epoch", sa.String()),
    ("counter", sa.String()),
    ("mirror_etag", sa.String()),
    ("mirrored_at", sa.DateTime(timezone=True)),
    ("scans_until", sa.Integer()),
    ("arrivals_until", sa.Integer()),
    ("refused", sa.JSON()),
    ("lease_id", sa.Uuid()),
    ("lent", sa.JSON()),
    ("lent_at", sa.DateTime(timezone=True)),
    ("exchanged_at", sa.DateTime(timezone=True)),
    ("failed_at", sa.DateTime(timezone=True)),
    ("fault", sa.String()),
)
_OPTIONAL = {
    "mirrored_at",
    "lease_id",
    "lent",
    "lent_at",
    "exchanged_at",
    "failed_at",
    "fault",
}
