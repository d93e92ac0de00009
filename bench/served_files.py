"""Files that are made while their page is answered: `python -m bench.served_files [--times N]`.

Each is made again and again as of other people, in this process: the CPU time of the first, which
loads fonts and compiles, of one afterwards, and by how much all of them let the process grow.
Whatever takes more than the limit belongs into the worker. What a page reads for them from the
database of an event is `python -m bench.pages --only pdf`.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from resource import getpagesize
from statistics import median

from badges.bus_list import BusList, Passenger, bus_list_pdf
from badges.legal.pack import legal_pack_pdf
from badges.look import Look
from badges.pdf import single_badge_pdf
from badges.phone import phone_badge_png
from badges.wallet.apple import apple_pass, pass_signer
from bench.setup.figures import Table, shown
from checkin.domain.people.buses import MAX_SEATS
from tests.badges.legal.test_pack import FACTS
from tests.badges.specs import a_spec
from tests.badges.test_bus_list import BUS
from tests.badges.test_designs import LOGO
from tests.badges.wallet.keys import apple_files
from tests.badges.wallet.test_apple import TICKET

LIMIT_MS = 300.0
_LOOK = Look(logo=LOGO)


def works() -> dict[str, Callable[[int], bytes]]:
    """Return by name what makes a file of the person, or the bus, of a number."""
    files = apple_files()
    signer = pass_signer(files.certificate, files.key, files.wwdr, datetime.now(UTC))
    return {
        "a person's badge as PDF": lambda n: single_badge_pdf(a_spec(n), look=_LOOK),
        "a badge as a picture for the telephone": lambda n: phone_badge_png(a_spec(n), _LOOK),
        "a pass for Apple Wallet": lambda n: apple_pass(replace(TICKET, spec=a_spec(n)), signer),
        f"the list of a bus with {MAX_SEATS} passengers": lambda n: bus_list_pdf(_full_bus(n)),
        "the legal pack": lambda n: legal_pack_pdf(replace(FACTS, applications=n)),
    }


def _full_bus(number: int) -> BusList:
    people = (
        Passenger(f"Militant {number}.{n}", "مناضل", f"+21260{number % 1000:03d}{n:04d}")
        for n in range(MAX_SEATS)
    )
    return replace(BUS, seats=MAX_SEATS, passengers=tuple(people))


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=40)
    times = parser.parse_args().times
    rows, over = [], False
    for name, make in works().items():
        first, *others = (_cpu_ms(make, number) for number in range(5))
        before = _memory_kb()
        others += [_cpu_ms(make, number) for number in range(5, 5 + times)]
        grown = (_memory_kb() - before) / 1024
        over |= median(others) > LIMIT_MS
        cells = (first, median(others), median(others) / LIMIT_MS)
        rows.append([name, *map(shown, cells), f"{grown:.0f}"])
    heads = ["file", "the first, CPU ms", "another, CPU ms", "of 300 ms", f"grown by {times}, MiB"]
    print(Table("Files made while their page is answered", heads, rows, rows).markdown())
    sys.exit(over)


def _cpu_ms(make: Callable[[int], bytes], number: int) -> float:
    began = time.process_time()
    make(number)
    return (time.process_time() - began) * 1000


def _memory_kb() -> float:
    resident = int(Path("/proc/self/statm").read_text().split()[1])
    return resident * getpagesize() / 1024


if __name__ == "__main__":
    main()
