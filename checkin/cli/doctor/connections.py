"""What `doctor` says of PostgreSQL's connections, which several nodes share."""

from __future__ import annotations

from checkin.cli.doctor.findings import Finding, aside, well
from checkin.cli.office import Office
from checkin.services.common.connections import Connections, connections_of


def connections(office: Office) -> Finding:
    """Look whether PostgreSQL has connections left for one more process."""
    found, each = connections_of(office.database), office.settings.database_connections
    if found is None:
        return aside("as many as are wanted: SQLite counts none")
    figures = _figures(found, each)
    if found.free >= each:
        return well(f"{figures}: room for {found.free // each} more processes")
    return aside(
        f"{figures}: one more process may be refused; raise max_connections of PostgreSQL, lower "
        "CHECKIN_DATABASE_CONNECTIONS on every node, or put pgbouncer between"
    )


def _figures(found: Connections, each: int) -> str:
    return (
        f"PostgreSQL takes {found.most} connections, {found.reserved} of them reserved, "
        f"{found.in_use} in use; a process opens {each} at most"
    )
