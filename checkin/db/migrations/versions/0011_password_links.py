"""links by which operators choose a password; who acted on an account, and on which"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

ABOUT_ACCOUNTS = ("operator.add", "operator.password", "operator.pin")
activity = sa.table(
    "activity",
    sa.column("id", sa.Integer),
    sa.column("operator_id", sa.Integer),
    sa.column("action", sa.String),
    sa.column("details", sa.JSON),
)


def upgrade() -> None:
    op.create_table(
        "password_link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("operator_id", sa.Integer(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("secret_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("mailed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("mail_fault", sa.String(), nullable=True),
        sa.CheckConstraint(
            "purpose IN ('invitation', 'reset', 'forgotten')",
            name=op.f("ck_password_link_purpose"),
        ),
        sa.ForeignKeyConstraint(
            ["operator_id"], ["operator.id"], name=op.f("fk_password_link_operator_id_operator")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_password_link")),
        sa.UniqueConstraint(
            "operator_id", "purpose", name=op.f("uq_password_link_operator_id_purpose")
        ),
        sa.UniqueConstraint("secret_hash", name=op.f("uq_password_link_secret_hash")),
    )
    _name_the_account()


def _name_the_account() -> None:
    # These named the account where others name who acted; it was always the command line.
    connection = op.get_bind()
    about = sa.select(activity).where(activity.c.action.in_(ABOUT_ACCOUNTS))
    for row in connection.execute(about).all():
        if row.operator_id is not None:
            told = {key: value for key, value in row.details.items() if key != "email"}
            connection.execute(
                sa.update(activity)
                .where(activity.c.id == row.id)
                .values(operator_id=None, details={**told, "account": row.operator_id})
            )


def downgrade() -> None:
    op.drop_table("password_link")
