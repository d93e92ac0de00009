"""devices of one event have different names, so that pages and logs tell them apart"""

from __future__ import annotations

from itertools import count

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None

_NAMED = sa.text("name <> ''")


def _number_the_same() -> None:
    device = sa.table(
        "device", sa.column("id", sa.Integer), sa.column("event_id", sa.Integer), sa.column("name")
    )
    rows = op.get_bind().execute(
        sa.select(device.c.id, device.c.event_id, device.c.name)
        .where(device.c.name != "")
        .order_by(device.c.id)
    )
    devices = rows.all()
    names = {(event_id, name) for _, event_id, name in devices}
    seen: set[tuple[int, str]] = set()
    for number, event_id, name in devices:
        if (event_id, name) not in seen:
            seen.add((event_id, name))
            continue
        other = next(
            (event_id, f"{name[:114]} {further}")
            for further in count(2)
            if (event_id, f"{name[:114]} {further}") not in names
        )
        names.add(other)
        seen.add(other)
        op.execute(sa.update(device).where(device.c.id == number).values(name=other[1]))


def upgrade() -> None:
    _number_the_same()
    op.create_index(
        "uq_device_name",
        "device",
        ["event_id", "name"],
        unique=True,
        sqlite_where=_NAMED,
        postgresql_where=_NAMED,
    )


def downgrade() -> None:
    op.drop_index("uq_device_name", table_name="device")
