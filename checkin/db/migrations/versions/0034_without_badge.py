"""who may admit without a badge; scans of people who were found in a list"""

from __future__ import annotations

from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

_REASONS = (
    "'invalid', 'wrong_event', 'revoked', 'canceled', 'blocked', 'wrong_gate', 'invalid_time', "
    "'unapproved', 'already_redeemed', 'quota_exceeded', 'capacity_exceeded', 'checkout_required'"
)
_MORE_REASONS = _REASONS.replace("'blocked'", "'badge_required', 'blocked'")
_SOURCES = "'camera', 'wedge', 'typed', 'paper'"
_MORE_SOURCES = f"{_SOURCES}, 'search', 'bus'"
#: table, column, and the values that it took and takes
_CHECKED = (
    ("scan", "source", _SOURCES, _MORE_SOURCES),
    ("scan", "reason", _REASONS, _MORE_REASONS),
    ("scan", "overridden", _REASONS, _MORE_REASONS),
    ("conflict", "reason", _REASONS, _MORE_REASONS),
)


def upgrade() -> None:
    for table, column, before, after in _CHECKED:
        _check(table, column, before, after)
    op.execute(
        "ALTER TABLE event ADD COLUMN without_badge VARCHAR DEFAULT 'everyone' NOT NULL"
        " CONSTRAINT ck_event_without_badge"
        " CHECK (without_badge IN ('nobody', 'supervisors', 'everyone'))"
    )


def downgrade() -> None:
    op.drop_column("event", "without_badge")
    for table, column, before, after in _CHECKED:
        _check(table, column, after, before)


def _check(table: str, column: str, before: str, after: str) -> None:
    """Let a column take other values: on SQLite its sentence is changed where the table stands.

    A copy of the table would take as long as the scans are many. See
    https://www.sqlite.org/lang_altertable.html#otheralter: no row is laid out otherwise.
    """
    name, sentence = op.f(f"ck_{table}_{column}"), f"{column} IN ({{}})".format
    if op.get_bind().dialect.name == "postgresql":
        op.drop_constraint(name, table)
        op.create_check_constraint(name, table, sentence(after))
        return
    [version] = op.get_bind().exec_driver_sql("PRAGMA schema_version").scalars()
    for statement, values in (
        ("PRAGMA writable_schema = 1", ()),
        (
            "UPDATE sqlite_master SET sql = replace(sql, ?, ?) WHERE type = 'table' AND name = ?",
            (sentence(before), sentence(after), table),
        ),
        (f"PRAGMA schema_version = {version + 1}", ()),
        ("PRAGMA writable_schema = 0", ()),
    ):
        op.get_bind().exec_driver_sql(statement, values)
