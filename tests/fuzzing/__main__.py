"""`script/proof fuzz`: a million inputs for the readers of strangers' bytes.

Each is made from a seed of its reader by small changes, always the same for a number. A fault is
an exception that is no refusal, an answer of 500, or more time or memory than one input may take;
it is written into the folder build/fuzz, and the exit code is 1.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from pathlib import Path
from random import Random
from threading import Lock

from tests.fuzzing.running import Fault, Part, run
from tests.fuzzing.targets import TARGETS

FOLDER = Path("build", "fuzz")
_A_PART = 20_000


def main() -> None:
    """Try inputs as the command line asks, and tell what was found."""
    asked = _asked()
    if asked.guided:
        from tests.fuzzing.guided import guide

        guide(asked.target or sorted(TARGETS), asked.inputs, asked.seed)
        return
    found = Findings()
    _try(_parts(asked.target or sorted(TARGETS), asked.inputs, asked.seed), found)
    found.end()
    sys.exit(1 if found.counts else 0)


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser("script/proof fuzz", description=__doc__)
    parser.add_argument("--inputs", type=int, default=1_000_000, help="in all (1,000,000)")
    parser.add_argument("--target", action="append", choices=sorted(TARGETS), help="only this one")
    parser.add_argument("--seed", type=int, default=0, help="another one makes other inputs")
    parser.add_argument("--guided", action="store_true", help="let atheris look for new paths")
    return parser.parse_args()


def _parts(names: list[str], inputs: int, seed: int) -> list[Part]:
    whole = sum(TARGETS[name].share for name in names)
    parts = list(
        chain.from_iterable(
            _parts_of(name, -(-inputs * TARGETS[name].share // whole), seed) for name in names
        )
    )
    # What takes long and what does not are mixed, so that the time that is left can be told.
    Random(seed).shuffle(parts)
    return parts


def _parts_of(name: str, inputs: int, seed: int) -> Iterator[Part]:
    for start in range(0, inputs, _A_PART):
        yield Part(name, seed, range(start, min(start + _A_PART, inputs)))


def _try(parts: list[Part], found: Findings) -> None:
    progress = Progress(sum(len(part.numbers) for part in parts))
    with ThreadPoolExecutor(os.cpu_count()) as threads:
        for faults in threads.map(lambda one: run(one, progress.of(one)), parts):
            found.add(faults)
    progress.end()


class Findings:
    """The faults, told as they are found: of each kind one, and how many there were at the end."""

    def __init__(self) -> None:
        self.counts: Counter[tuple[str, str]] = Counter()

    def add(self, faults: list[Fault]) -> None:
        """Keep the inputs of these faults as files, and tell each kind that is new."""
        for fault in faults:
            kind = (fault.target, fault.what.splitlines()[-1])
            file = kept(fault)
            if kind not in self.counts:
                print(f"\n{fault.target}: {file}\n{fault.what}", flush=True)
            self.counts[kind] += 1

    def end(self) -> None:
        """Tell how many there were of each kind."""
        for (target, last), count in self.counts.most_common():
            print(f"{target}: {count} times {last}")
        print(f"{self.counts.total()} faults" if self.counts else "no fault")


class Progress:
    """Says how far it is and how long it will take: in one line, or each minute in a file."""

    def __init__(self, total: int) -> None:
        self._total, self._begun, self._lock = total, time.monotonic(), Lock()
        self._to_file = not sys.stderr.isatty()
        self._said_at = self._begun
        self._done: dict[Part, int] = {}

    def of(self, part: Part):
        """Return what hears how many inputs of a part were tried."""

        def told(done: int) -> None:
            with self._lock:
                self._done[part] = done
                self._say()

        return told

    def end(self) -> None:
        """End the line."""
        print(file=sys.stderr)

    def _say(self) -> None:
        now = time.monotonic()
        if now - self._said_at < (60 if self._to_file else 1):
            return
        self._said_at = now
        done, passed = sum(self._done.values()), now - self._begun
        left = passed * (self._total - done) / done if done else 0
        line = f"{done:,} of {self._total:,} inputs, {left / 60:.0f} minutes left"
        begin, end = ("", "\n") if self._to_file else ("\r", "")
        print(f"{begin}{line:<60}", end=end, file=sys.stderr, flush=True)


def kept(fault: Fault) -> Path:
    """Write the input of a fault into a file, and return that."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    file = FOLDER / f"{fault.target}-{hashlib.sha256(fault.data).hexdigest()[:16]}"
    file.write_bytes(fault.data)
    return file


if __name__ == "__main__":
    main()
