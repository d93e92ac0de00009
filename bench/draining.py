"""Scans that waited for the network: how fast they reach the server while new ones go first.

    python -m bench.draining [--scans 10000]

The scanner's own spool, delivery and client against `python -m checkin run` on SQLite. Printed are
the seconds, their ratio to the limit of 30 s for 10,000 scans, and what a scan at the gate waits
meanwhile against what it waits when nothing is waiting to be sent.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

from bench.setup.stores import sqlite_store
from bench.setup.venue import Venue, open_venue
from scanner.core.scan import Scan
from scanner.offline.decisions import OfflineGate
from scanner.offline.held_list import HeldList
from scanner.offline.spool import Spool
from scanner.server.client import Client
from scanner.server.delivery import Delivery

LIMIT_S, LIMIT_SCANS = 30.0, 10_000
#: people who were let in; every further scan of their badges was refused at the gate
_PEOPLE = 500
_LET_IN = {"status": "ok", "reason": None}
_REFUSED = {"status": "error", "reason": "already_redeemed"}
#: a busy gate: a badge every second
_EVERY_S = 1.0


class GateUnderTest:
    """A gate's spool, delivery and client, without its camera."""

    def __init__(self, folder: Path, server: str, token: str) -> None:
        client = Client(server, token=token)
        self.spool, self._held = Spool(folder, frame=client.clock.frame), HeldList(folder)
        offline = OfflineGate(self._held, self.spool.memory, client.clock, {"name": "bench"})
        self.delivery = Delivery(self.spool, client, offline)
        self._now = client.clock.now

    def read(self, code: str) -> Scan:
        """Store one reading in the spool."""
        scan = Scan(code=code, scanned_at=self._now())
        self.spool.put(scan)
        return scan

    def let_wait(self, codes: list[str], count: int) -> None:
        """Fill the spool with scans that the gate decided by itself."""
        for number in range(count):
            scan = self.read(codes[number % len(codes)])
            self.spool.decide(scan.scan_id, _LET_IN if number < len(codes) else _REFUSED)

    def drain(self) -> float:
        """Send all scans that wait and return the seconds that it took."""
        began = time.perf_counter()
        while self.delivery.upload():
            pass
        return time.perf_counter() - began


def live_waits_ms(
    gate: GateUnderTest, codes: list[str], is_over: Callable[[], bool]
) -> list[float]:
    """Show badges at the gate until `is_over`, and return the milliseconds of each answer."""
    waits = []
    for code in codes:
        if is_over():
            break
        scan = gate.read(code)
        began = time.perf_counter()
        gate.delivery.deliver(scan)
        waits.append((time.perf_counter() - began) * 1000)
        time.sleep(_EVERY_S)
    return waits


def measure(venue: Venue, folder: Path, scans: int) -> None:
    """Fill the spool, drain it, and print the figures."""
    with venue.served() as (port, _):
        gate = GateUnderTest(folder, f"http://127.0.0.1:{port}", venue.tokens[0])
        quiet = live_waits_ms(gate, venue.take_codes(5), lambda: False)
        gate.let_wait(venue.take_codes(_PEOPLE), scans)
        drained, busy = threading.Event(), list[float]()
        live = threading.Thread(
            target=lambda: busy.extend(live_waits_ms(gate, venue.take_codes(200), drained.is_set))
        )
        live.start()
        took_s = gate.drain()
        drained.set()
        live.join()
    limit_s = LIMIT_S * scans / LIMIT_SCANS
    left = gate.spool.waiting_count()
    median = {"quiet": statistics.median(quiet), "busy": statistics.median(busy)}
    print(
        json.dumps(
            {
                "scans": scans,
                "left": left,
                "seconds": round(took_s, 2),
                "of_the_limit": round(took_s / limit_s, 3),
                "live_scans": len(busy),
                "live_median_ms": round(median["busy"], 1),
                "live_to_quiet": round(median["busy"] / median["quiet"], 2),
            }
        )
    )


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scans", type=int, default=LIMIT_SCANS)
    scans = parser.parse_args().scans
    with tempfile.TemporaryDirectory(prefix="marhaba-bench-") as name:
        folder = Path(name)
        with sqlite_store(folder / "sqlite") as store:
            measure(open_venue(store, 2 * _PEOPLE), folder / "spool", scans)


if __name__ == "__main__":
    main()
