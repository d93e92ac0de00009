"""a category has a shape of its own and a place in the order"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

#: until now a category's shape followed from how many were added before it
SHAPES = ("circle", "square", "triangle", "diamond", "hexagon", "star")


def upgrade() -> None:
    op.add_column(
        "category", sa.Column("position", sa.Integer(), nullable=False, server_default="0")
    )
    op.add_column(
        "category", sa.Column("shape", sa.String(), nullable=False, server_default="circle")
    )
    _keep_what_badges_show()


def _keep_what_badges_show() -> None:
    category = sa.table(
        "category",
        *(sa.column(name) for name in ("id", "event_id", "position", "shape")),
    )
    connection = op.get_bind()
    rows = connection.execute(
        sa.select(category.c.id, category.c.event_id).order_by(category.c.id)
    ).all()
    seen: dict[int, int] = {}
    for row in rows:
        at = seen[row.event_id] = seen.get(row.event_id, -1) + 1
        connection.execute(
            sa.update(category)
            .where(category.c.id == row.id)
            .values(position=at, shape=SHAPES[at % len(SHAPES)])
        )


def downgrade() -> None:
    op.drop_column("category", "shape")
    op.drop_column("category", "position")
