"""first passwords end, sessions remember who was confirmed, the demo's accounts, passkeys"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("operator", sa.Column("password_until", sa.DateTime(timezone=True)))
    op.add_column(
        "operator", sa.Column("is_demo", sa.Boolean(), server_default=sa.false(), nullable=False)
    )
    op.add_column("operator_session", sa.Column("confirmed_at", sa.DateTime(timezone=True)))
    op.create_table(
        "passkey",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("operator_id", sa.Integer(), nullable=False),
        sa.Column("host", sa.String(), nullable=False),
        sa.Column("credential_id", sa.LargeBinary(1023), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("sign_count", sa.BigInteger(), nullable=False),
        sa.Column("device", sa.String(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("challenged_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["operator_id"], ["operator.id"], name=op.f("fk_passkey_operator_id_operator")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passkey")),
        sa.UniqueConstraint("credential_id", name=op.f("uq_passkey_credential_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_passkey_operator_id"), "passkey", ["operator_id"])


def downgrade() -> None:
    op.drop_table("passkey")
    op.drop_column("operator_session", "confirmed_at")
    op.drop_column("operator", "is_demo")
    op.drop_column("operator", "password_until")
