"""How many connections PostgreSQL takes, and how many are in use."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import text

from checkin.db.engine import Database

# Every role may read these, other than what each session does.
_CONNECTIONS = text(
    "SELECT current_setting('max_connections')::int AS most, "
    "current_setting('superuser_reserved_connections')::int AS reserved, "
    "(SELECT sum(numbackends) FROM pg_stat_database)::int AS in_use"
)


@dataclass(frozen=True, slots=True)
class Connections:
    """The connections of a PostgreSQL server, over all of its databases and clients.

    Attributes:
        most: how many it takes.
        reserved: how many of them only its administrators get.
    """

    most: int
    reserved: int
    in_use: int

    @property
    def free(self) -> int:
        """How many more ours may open."""
        return self.most - self.reserved - self.in_use


def connections_of(database: Database) -> Connections | None:
    """Return the connections of the database's server; None with SQLite, which has none."""
    if database.dialect == "sqlite":
        return None
    with database.reading() as connection:
        return Connections(**connection.execute(_CONNECTIONS).one()._mapping)
