"""Count the SQL statements of a check-in."""

from __future__ import annotations

import json

from sqlalchemy import Engine, event

from bench.setup.venue import SCANS, Venue, scan_body
from checkin.app import create_app
from checkin.settings import Settings

_SCANS = 5


def statements_per_checkin(venue: Venue) -> float:
    """Count the statements of a few admissions, without BEGIN and COMMIT."""
    app = create_app(Settings(home=venue.home, database_url=venue.url))
    client = app.test_client()
    head = {"Authorization": f"Bearer {venue.tokens[0]}", "Content-Type": "application/json"}

    def scan() -> None:
        [code] = venue.take_codes(1)
        reply = client.post(SCANS, data=json.dumps(scan_body(code)), headers=head)
        if reply.status_code != 200:
            raise RuntimeError(f"a scan was answered with {reply.status_code}")

    scan()  # the device's first contact writes that it was seen
    seen: list[str] = []

    def note(*execution: object) -> None:
        if not str(execution[2]).startswith("BEGIN"):
            seen.append(str(execution[2]))

    event.listen(Engine, "before_cursor_execute", note)
    try:
        for _ in range(_SCANS):
            scan()
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    return len(seen) / _SCANS
