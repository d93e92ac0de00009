"""The floor: what this server and this database can do at best with one check-in.

Bare Flask, three statements through SQLAlchemy Core (look up, conditional update, insert), no
device, no rules, no names; the connections, settings and locks are those of `checkin.db.engine`.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime
from uuid import UUID

from flask import Flask, Response, request
from sqlalchemy import (
    Column,
    DateTime,
    ForeignKey,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Uuid,
    bindparam,
    insert,
    select,
    update,
)

from checkin.db.engine import Database
from checkin.protocol.codes import parse_code, token_hash
from checkin.web.site.json import json_response

URL_VARIABLE = "BENCH_FLOOR_URL"
PATH = "/check-in"

_METADATA = MetaData()
BADGE = Table(
    "floor_badge",
    _METADATA,
    Column("id", Integer, primary_key=True),
    Column("token_hash", LargeBinary(32), unique=True, nullable=False),
    Column("name", String, nullable=False),
    Column("admitted_at", DateTime(timezone=True)),
)
SCAN = Table(
    "floor_scan",
    _METADATA,
    Column("id", Integer, primary_key=True),
    Column("scan_id", Uuid, unique=True, nullable=False),
    Column("badge_id", ForeignKey("floor_badge.id"), nullable=False),
    Column("scanned_at", DateTime(timezone=True), nullable=False),
    Column("status", String, nullable=False),
)
_LOOK_UP = select(BADGE.c.id, BADGE.c.name).where(BADGE.c.token_hash == bindparam("token_hash"))
_ADMIT = (
    update(BADGE)
    .where(BADGE.c.id == bindparam("badge"), BADGE.c.admitted_at.is_(None))
    .values(admitted_at=bindparam("at"))
)
_KEEP = insert(SCAN)


def create_tables(database: Database, hashes: list[bytes]) -> None:
    with database.writing() as connection:
        _METADATA.drop_all(connection)
        _METADATA.create_all(connection)
        connection.execute(insert(BADGE), [{"token_hash": h, "name": "Name"} for h in hashes])


def check_in(database: Database, token: bytes, scan_id: UUID) -> tuple[str, str]:
    """Check one badge in; return the status and the name."""
    now = datetime.now(UTC)
    with database.writing() as connection:
        badge = connection.execute(_LOOK_UP, {"token_hash": token}).one()
        changed = connection.execute(_ADMIT, {"badge": badge.id, "at": now}).rowcount
        status = "ok" if changed else "error"
        connection.execute(
            _KEEP,
            {"scan_id": scan_id, "badge_id": badge.id, "scanned_at": now, "status": status},
        )
    return status, badge.name


def create_app() -> Flask:
    app, database = Flask(__name__), Database(os.environ[URL_VARIABLE])

    @app.post(PATH)
    def create_scan() -> Response:
        body = request.get_json()
        token = parse_code(body["code"]) or b""
        status, name = check_in(database, token_hash(token), UUID(body["scan_id"]))
        return json_response({"scan_id": body["scan_id"], "status": status, "name": name})

    return app
