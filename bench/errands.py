"""How long a volunteer takes beside scanning: `python -m bench.errands [--rounds N]`.

A forgotten badge, a namesake, a bus of 50, on the scan page in a real Chromium and with the keys of
the scanner's window, both at a real server. Printed are keys and clicks, the seconds of a person
at the pace of the keystroke-level model (`tests/support/errands.py`), and those for which the
program let wait, the median of the rounds. It ends with 1 where an aim is missed.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from statistics import median
from typing import Any

from bench.setup.figures import Progress, Table
from checkin.db.engine import Database
from checkin.db.migrate import upgrade
from checkin.db.models import Event
from tests.browser.gates import stations
from tests.browser.gates.page_gate import PageGate
from tests.browser.gates.webcam import Chromium
from tests.support import factories
from tests.support.errands import BY_MOUSE, ERRANDS, Errand, Gate, done, with_people
from tests.support.servers.server_process import Server, by_command
from tests.support.window_gate import WindowGate

_PAGES: Any = stations  # tests are not typed
#: what is done at which gate, by its name in the table
ERRANDS_AT: dict[str, tuple[str, Errand]] = {
    **{f"{name}, page": ("page", errand) for name, errand in ERRANDS.items()},
    **{f"{name}, page, mouse": ("page", errand) for name, errand in BY_MOUSE.items()},
    **{f"{name}, window": ("window", errand) for name, errand in ERRANDS.items()},
}


def main(rounds: int) -> int:
    """Measure, print, and return how many aims are missed."""
    waited: dict[str, list[float]] = defaultdict(list)
    progress = Progress(rounds * len(ERRANDS_AT))
    with tempfile.TemporaryDirectory() as folder, Chromium(Path(folder)) as chromium:
        for number in range(rounds):
            for name, (where, errand) in ERRANDS_AT.items():
                progress.step(name)
                home = Path(folder) / f"{number} {name}"
                with gate_of(where, home, chromium) as gate:
                    waited[name].append(done(gate, errand))
            chromium.tidy()
    seconds = {name: median(found) for name, found in waited.items()}
    print(table(seconds).markdown())
    return sum(total_s(name, found) > ERRANDS_AT[name][1].aim_s for name, found in seconds.items())


@contextmanager
def gate_of(where: str, home: Path, chromium: Chromium) -> Iterator[Gate]:
    """Run a server with an event of its own, and open a gate at it."""
    home.mkdir()
    url = f"sqlite:///{home / 'bench.db'}"
    with ExitStack() as stack:
        database = Database(url)
        upgrade(database)
        event = factories.an_event(database)
        leader = with_people(database, event)
        key = factories.MASTER_KEY.hex()
        server = Server(home, begin=by_command, CHECKIN_DATABASE_URL=url, CHECKIN_MASTER_KEY=key)
        server.start()
        stack.callback(server.kill)
        if where == "page":
            yield _page_gate(server, database, event, chromium, leader)
        else:
            token = factories.a_new_device(database, event, "Porte 1").token
            window = WindowGate(server.url, token, home / "gate", leader)
            yield stack.enter_context(closing(window))


def _page_gate(
    server: Server, database: Database, event: Event, chromium: Chromium, leader: str
) -> PageGate:
    link = _PAGES.pairing_link_at(server, database, event)
    page = _PAGES.open_station(chromium.start(), link)
    _PAGES.wait_for_list(page)
    return PageGate(page, leader)


def total_s(name: str, waited_s: float) -> float:
    """Return how long an errand takes, waiting and all."""
    return ERRANDS_AT[name][1].person_s + waited_s


def table(seconds: dict[str, float]) -> Table:
    """Return the table of the errands, by the seconds for which each lets wait."""
    rows = []
    for name, waited_s in seconds.items():
        errand = ERRANDS_AT[name][1]
        parts = (errand.person_s, waited_s, total_s(name, waited_s), errand.aim_s)
        rows.append([name, str(errand.keys), str(errand.clicks), *(f"{one:.1f}" for one in parts)])
    heads = ["errand", "keys", "clicks", "person, s", "waiting, s", "together, s", "aim, s"]
    return Table("Errands of a volunteer", heads, rows, None)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m bench.errands", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    sys.exit(1 if main(parser.parse_args().rounds) else 0)
