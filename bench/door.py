"""How long a person waits at the door: `python -m bench.door [--badges N]`.

From the first frame that shows a badge to its verdict on the screen (a pixel of it, read from the X
server) and, without a window, to its verdict printed. The server is a process of its own; the
scanner has one core. Docs: docs/performance.md.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench.figures import percentile
from bench.film import LEAD, PER_S, Film, filmed
from bench.processes import ROOT
from bench.stores import sqlite
from bench.venue import open_venue
from bench.x_pixel import Pixel
from scanner.scan import Kind
from scanner.window.card import COLOURS

_PLACE = (0.99, 0.88)  # within the card, where nothing is written
_FACES = {int(face[1:], 16) for face, _ in (COLOURS[kind] for kind in Kind)}


def main() -> None:
    """Measure both ways and print them."""
    parser = argparse.ArgumentParser(prog="python -m bench.door", description=__doc__)
    parser.add_argument("--badges", type=int, default=20)
    badges = parser.parse_args().badges
    with tempfile.TemporaryDirectory() as folder, sqlite(Path(folder)) as store:
        venue = open_venue(store, 200)
        with venue.served() as (port, _):
            asked = {"server": f"http://127.0.0.1:{port}", "token": venue.tokens[0]}
            for way, window in (("headless", False), ("window", True)):
                # Every second badge was shown before, so that the card changes its colour.
                film = filmed(Path(folder) / f"{way}.avi", _codes(venue.take_codes(badges // 2)))
                _print(way, _run(film, {**asked, "window": window, "spool": f"{folder}/{way}"}))


def _codes(fresh: list[str]) -> list[str]:
    return [code for code in fresh for _ in range(2)]


if __name__ == "__main__":
    main()
