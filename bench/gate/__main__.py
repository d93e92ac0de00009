"""How long a person waits at the gate: `python -m bench.gate [--badges N]`.

From the first frame that shows a badge to its verdict on the screen (a pixel of it, read from the X
server) and, without a window, to its verdict printed. The server is a process of its own; the
scanner has one core. Docs: docs/performance.md.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

import requests

from bench.gate.film import BETWEEN, LEAD, PER_S, SHOWN, filmed
from bench.gate.x_pixel import Pixel
from bench.setup.figures import percentile
from bench.setup.processes import ROOT
from bench.setup.stores import sqlite_store
from bench.setup.venue import SCANS, open_venue, scan_body
from scanner.core.scan import Kind
from scanner.window.drawing.card import COLOURS

_PLACE = (0.755, 0.88)  # within the card, where nothing is written
_FACES = {kind: int(COLOURS[kind].card[1:], 16) for kind in Kind}
_GREEN, _AMBER = _FACES[Kind.ADMITTED], _FACES[Kind.ALREADY]


def main() -> None:
    """Measure both ways and print them."""
    parser = argparse.ArgumentParser(prog="python -m bench.gate", description=__doc__)
    parser.add_argument("--badges", type=int, default=20)
    badges = parser.parse_args().badges
    with tempfile.TemporaryDirectory() as name, sqlite_store(Path(name) / "db") as store:
        folder, venue = Path(name), open_venue(store, 200)
        with venue.served() as (port, _):
            asked = {"server": f"http://127.0.0.1:{port}", "token": venue.tokens[0]}
            for way in ("headless", "window"):
                codes = venue.take_codes(badges)
                # Every second badge was in before, so that the card changes its colour each time.
                _admit(f"{asked['server']}{SCANS}", venue.tokens[1], codes[1::2])
                film = filmed(folder / f"{way}.avi", codes)
                more = {"film": str(film.path), "codes": codes, "spool": str(folder / way)}
                _print(way, codes, _run(way, {**asked, **more}, len(codes)))


def _admit(url: str, token: str, codes: list[str]) -> None:
    for code in codes:
        headers = {"Authorization": f"Bearer {token}"}
        requests.post(url, json=scan_body(code), headers=headers, timeout=10).raise_for_status()


Events = list[dict[str, Any]]


def _run(way: str, asked: dict[str, Any], badges: int) -> Events:
    """Let the scanner see the film and return what happened, with when."""
    window = way == "window"
    with screen() if window else nullcontext("") as display:
        command = [sys.executable, "-m", "bench.gate.scanner"]
        with subprocess.Popen(
            [*command, json.dumps({**asked, "window": window})],
            cwd=ROOT,
            env={**os.environ, "DISPLAY": display},
            stdout=subprocess.PIPE,
            text=True,
        ) as scanner:
            events: Events = []
            over = threading.Event()
            watcher = threading.Thread(target=_watch, args=(display, events, over))
            if window:
                watcher.start()
            for line in scanner.stdout or ():
                events.append({"at_s": time.monotonic(), **json.loads(line)})
                if window and "frames" in events[-1]:
                    time.sleep(2)
                    scanner.terminate()
            over.set()
            if window:  # before its X server goes
                watcher.join()
    return events


def _watch(display: str, events: Events, over: threading.Event) -> None:
    """Note each time the card takes another colour."""
    pixel, before = Pixel(display, *_PLACE), 0
    while not over.is_set():
        colour = pixel.colour()
        if colour != before and colour in _FACES.values():
            events.append({"card": colour, "at_s": time.monotonic()})
        before = colour
        time.sleep(0.001)
    pixel.close()


def _print(way: str, codes: list[str], events: Events) -> None:
    shown = {e["shown"]: e["at_s"] for e in events if "shown" in e}
    read = {e["read"]: e["at_s"] for e in events if "read" in e}
    told = _on_screen(codes, events) if way == "window" else _printed(events)
    waits = [1000 * (told[c] - shown[c]) for c in codes if c in told and c in shown]
    reads = [1000 * (read[c] - shown[c]) for c in codes if c in read and c in shown]
    print(f"\n{way}: {len(waits)} of {len(codes)} badges told")
    _row("first frame to read, ms", reads)
    _row("first frame to verdict, ms", waits)
    for end in (e for e in events if "frames" in e):
        seconds = (LEAD + len(codes) * (SHOWN + BETWEEN)) / PER_S
        _row("decoding a frame, CPU ms", end["cpu_ms"])
        print(f"frames decoded a second: {end['frames'] / seconds:.1f} of {PER_S:.0f}; ", end="")
        print(f"the whole program: {100 * end['whole_cpu_s'] / seconds:.0f}% of a core")


def _row(name: str, values: list[float]) -> None:
    if values:
        median, worst = statistics.median(values), max(values)
        print(
            f"{name:28} median {median:6.1f}  p95 {percentile(values, 0.95):6.1f}  max {worst:6.1f}"
        )


def _printed(events: Events) -> dict[str, float]:
    return {e["code"]: e["at_s"] for e in events if "code" in e}


def _on_screen(codes: list[str], events: Events) -> dict[str, float]:
    """Match the changes of the card's colour to the badges, which came in turn green and amber."""
    shown = {e["shown"]: e["at_s"] for e in events if "shown" in e}
    cards = [(e["card"], e["at_s"]) for e in events if "card" in e]
    found = {}
    for number, code in enumerate(codes):
        face = _GREEN if number % 2 == 0 else _AMBER
        after = [at_s for card, at_s in cards if card == face and at_s >= shown[code]]
        if after:
            found[code] = min(after)
    return found


@contextmanager
def screen() -> Iterator[str]:
    """Run an X server in memory and yield its name."""
    command = ["Xvfb", "-displayfd", "1", "-noreset", "-screen", "0", "1280x720x24"]
    with subprocess.Popen(
        [*command, "-nolisten", "tcp"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as xvfb:
        yield f":{(xvfb.stdout.readline() if xvfb.stdout else '').strip()}"
        xvfb.terminate()


if __name__ == "__main__":
    main()
