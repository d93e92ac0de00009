"""How long gates wait for a server that is hindered: `python -m bench.hindrances [--times N]`.

Its serving process is killed, and has to answer again within 3 seconds; and 1,000 strangers send
requests by half, beside which scans have to be answered within one second.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import signal
import socket
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from bench.setup.figures import Progress, Table, percentile, shown
from bench.setup.processes import family
from bench.setup.stores import Store
from bench.setup.venue import SCANS, Venue, open_venue, scan_body

DEAD_S, HINDERED_S = 3.0, 1.0
TIMES, COUNT, SENDERS = 9, 200, 1000
_PATIENCE_S = 30.0
_HALF = b"POST /api/v1/scans HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nabc"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.hindrances")
    parser.add_argument("--times", type=int, default=TIMES, help="how often the process is killed")
    times = parser.parse_args().times
    with tempfile.TemporaryDirectory(prefix="marhaba-bench-") as folder:
        venue = open_venue(Store("SQLite", Path(folder)), times + 3 * COUNT)
        print(measured(venue, times, Progress(times + 2)).markdown())


def measured(venue: Venue, times: int, progress: Progress) -> Table:
    """Kill the serving process so often, then let strangers send by half.

    Returns:
        A row for each hindrance: the seconds that gates waited, and the longest as a share of
        what is allowed.
    """
    with venue.served(worker=True) as (port, pid):
        away_s = []
        for at in range(times):
            progress.step(f"the serving process is killed, {at + 1}/{times}")
            away_s.append(_killed(venue, port, pid))
        progress.step("scans alone")
        alone_s = _scans(venue, port)
        progress.step(f"scans beside {SENDERS} requests sent by half")
        with _half_sent(port):
            beside_s = _scans(venue, port)
    rows = [
        _row("the serving process killed", away_s, DEAD_S),
        _row("scans, alone", alone_s, HINDERED_S),
        _row(f"scans beside {SENDERS} half-sent requests", beside_s, HINDERED_S),
    ]
    heads = ["", "count", "p50, s", "p99, s", "longest, s", "limit, s", "longest / limit"]
    data = {"killed": away_s, "alone": alone_s, "half_sent": beside_s}
    return Table("What gates wait for a hindered server, SQLite", heads, rows, data)


def _row(name: str, waited_s: list[float], limit_s: float) -> list[str]:
    longest_s = max(waited_s)
    figures = (percentile(waited_s, 0.5), percentile(waited_s, 0.99), longest_s, limit_s)
    return [name, str(len(waited_s)), *map(shown, figures), shown(longest_s / limit_s)]


def _killed(venue: Venue, port: int, supervisor: int) -> float:
    """Kill the process that answers, and return the seconds until a scan is answered again."""
    [code] = venue.take_codes(1)
    body, serving = scan_body(code), _serving(supervisor, port)
    began = time.monotonic()
    for process in serving:
        os.kill(process, signal.SIGKILL)
    while time.monotonic() - began < _PATIENCE_S:
        try:
            _scan(port, venue.tokens[0], body)
            return time.monotonic() - began
        except (OSError, http.client.HTTPException):
            time.sleep(0.02)
    raise RuntimeError("the server did not come back")


def _serving(supervisor: int, port: int) -> list[int]:
    """Return the processes below the supervisor that hold a socket which listens at the port."""
    sockets = {
        f"socket:[{fields[9]}]"
        for line in Path("/proc/net/tcp").read_text().splitlines()[1:]
        if (fields := line.split())[3] == "0A" and int(fields[1].split(":")[1], 16) == port
    }
    below = [process for process in family(supervisor) if process != supervisor]
    return [process for process in below if sockets & set(_files(process))]


def _files(process: int) -> Iterator[str]:
    for file in Path(f"/proc/{process}/fd").glob("*"):
        try:
            yield str(file.readlink())
        except FileNotFoundError:
            continue


def _scans(venue: Venue, port: int) -> list[float]:
    waited_s = []
    for code in venue.take_codes(COUNT):
        began = time.monotonic()
        _scan(port, venue.tokens[0], scan_body(code))
        waited_s.append(time.monotonic() - began)
    return waited_s


def _scan(port: int, token: str, body: dict[str, str]) -> None:
    head = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_PATIENCE_S)
    try:
        connection.request("POST", SCANS, json.dumps(body), head)
        if json.loads(connection.getresponse().read())["status"] != "ok":
            raise RuntimeError("a scan was refused")
    finally:
        connection.close()


@contextmanager
def _half_sent(port: int) -> Iterator[None]:
    with ExitStack() as stack:
        for _ in range(SENDERS):
            connection = stack.enter_context(socket.create_connection(("127.0.0.1", port)))
            connection.sendall(_HALF)
        yield


if __name__ == "__main__":
    main()
