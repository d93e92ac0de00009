"""Store a scan and the admission that it makes: on PostgreSQL in one statement.

Each statement to PostgreSQL costs a round trip, which is most of a check-in's time. SQLite runs in
the same process, and one statement of it writes only one table.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import BindParameter, Connection, bindparam, insert, select
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import DeclarativeBase

from checkin.db.models import Admission, ArrivalTally, Scan
from checkin.domain.scanning.verdict import Consequence
from checkin.services.common.arrival_tally import arrival_values, upsert_arrival
from checkin.services.common.keys import Keys
from checkin.services.gates.devices import PairedDevice
from checkin.services.scanning.counting import (
    AS_READ,
    admission_values,
    admit,
    as_read_values,
    counts_of,
)
from checkin.services.scanning.facts import Holder
from checkin.services.scanning.storage import INSERT_SCAN, Answer, Reading, insert_scan, scan_values

#: what only later events write, an exit and whoever annuls; and what no scan that admits has
_LATER = {"exited_at", "exit_scan_pk", "annulled_at", "annul_reason", "lost_delegation_id"}


def write_scan(
    connection: Connection,
    device: PairedDevice,
    reading: Reading,
    keys: Keys,
    answer: Answer,
    change: Consequence,
) -> int | None:
    """Store a scan, and count the person in if it admits them; return the scan's key.

    Returns None and writes nothing if this scan_id is stored already. Fails if another gate
    admitted the person first, or if the person was moved or canceled since the facts were read;
    then the transaction is run again.
    """
    holder = answer.holder
    if change.entry_no is None or holder is None:
        return insert_scan(connection, device, reading, keys, answer)
    if connection.dialect.name == "postgresql":
        return _write_at_once(connection, device, reading, keys, answer, holder, change)
    scan_pk = insert_scan(connection, device, reading, keys, answer)
    if scan_pk is not None:
        admit(connection, device, reading, holder, change, scan_pk=scan_pk)
    return scan_pk


def _write_at_once(
    connection: Connection,
    device: PairedDevice,
    reading: Reading,
    keys: Keys,
    answer: Answer,
    holder: Holder,
    change: Consequence,
) -> int | None:
    counts = counts_of(change, device.day_at(reading.at))
    arrival = arrival_values(device, holder.delegation_id, reading.at, counts)
    key: int | None = connection.execute(
        _AT_ONCE,
        _prefixed("scan", scan_values(device, reading, keys, answer))
        | _prefixed("admission", admission_values(device, reading, holder, change))
        | _prefixed("arrival", arrival)
        | as_read_values(holder),
    ).scalar()
    return key


def _prefixed(prefix: str, values: Mapping[str, object]) -> dict[str, object]:
    return {f"{prefix}_{name}": value for name, value in values.items()}


def _parameters(prefix: str, model: type[DeclarativeBase]) -> dict[str, BindParameter[Any]]:
    """Return a parameter for each column, but for keys that the database gives."""
    columns = (column for column in model.__table__.c if column.name not in {"id", *_LATER})
    return {one.name: bindparam(f"{prefix}_{one.name}", type_=one.type) for one in columns}


def _insert_with_admission(insert_scan: Any) -> Any:
    scanned = insert_scan.values(_parameters("scan", Scan)).cte("scanned")
    admission = _parameters("admission", Admission) | {"scan_pk": scanned.c.id}
    admitted = (
        insert(Admission).from_select([*admission], select(*admission.values())).cte("admitted")
    )
    # Read before anything is counted: a correction, too, takes the person before the counts.
    arrival = _parameters("arrival", ArrivalTally) | {"delegation_id": AS_READ}
    counted = select(*arrival.values()).select_from(scanned)
    return (
        upsert_arrival(lambda table: postgresql.insert(table).from_select([*arrival], counted))
        .add_cte(admitted)
        .returning(select(scanned.c.id).scalar_subquery())
    )


_AT_ONCE = _insert_with_admission(INSERT_SCAN["postgresql"])
