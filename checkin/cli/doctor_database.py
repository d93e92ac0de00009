"""What `doctor` says of PostgreSQL's connections, which several nodes share."""

from __future__ import annotations

from checkin.cli.office import Office
from checkin.services.common.connections import Connections, connections_of


def connection_remark(office: Office) -> str:
    """Return what to set where one more process might get no connection; "" where it would."""
    found, each = connections_of(office.database), office.settings.database_connections
    if found is None or found.free >= each:
        return ""
    return (
        f"{_figures(found, each)}: one more process may be refused; raise max_connections of "
        "PostgreSQL, lower CHECKIN_DATABASE_CONNECTIONS on every node, or put pgbouncer between"
    )


def connection_note(office: Office) -> str:
    """Return the figures of PostgreSQL's connections; "" with SQLite."""
    found, each = connections_of(office.database), office.settings.database_connections
    if found is None:
        return ""
    return f"{_figures(found, each)}: room for {max(0, found.free) // each} more processes"


def _figures(found: Connections, each: int) -> str:
    return (
        f"PostgreSQL takes {found.most} connections, {found.reserved} of them reserved, "
        f"{found.in_use} in use; a process opens {each} at most"
    )
