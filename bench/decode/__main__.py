"""What the decoders read: `python -m bench.decode [--photos DIR] [--quick]`.

Prints, and asserts nothing: the tests hold what must hold. Figures and reasons: docs/decoding.md.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import numpy as np

from bench.decode.engines import Texts, single_engines, still, stream
from bench.decode.photos import photographs, scored
from bench.decode.reach import print_reach
from bench.decode.scenes import CONDITIONS, Condition, Grey, scenes
from bench.decode.speed import print_speed

SEED = 20250614


def main() -> None:
    """Run the parts that were asked for."""
    parser = argparse.ArgumentParser(prog="python -m bench.decode", description=__doc__)
    parser.add_argument("--photos", type=Path, metavar="DIR", help="labelled photographs")
    parser.add_argument("--quick", action="store_true", help="fewer samples")
    parser.add_argument("--only", choices=["conditions", "reach", "photos", "speed"])
    asked = parser.parse_args()
    if asked.only in (None, "conditions"):
        print_conditions(6 if asked.quick else 24)
    if asked.only in (None, "reach"):
        print_reach(4 if asked.quick else 12, SEED)
    if asked.photos and asked.only in (None, "photos"):
        print_photos(asked.photos)
    if asked.only in (None, "speed"):
        print_speed(12 if asked.quick else 48)


def print_conditions(samples: int) -> None:
    """Print the share of codes read within three frames, by condition and engine."""
    singles = single_engines()
    names = [*singles, "stream", "still"]
    print(f"% of {samples} codes read within 3 frames (still: in the first), seed {SEED}")
    print(f"{'':26}" + "".join(f"{name:>9}" for name in names))
    sums = dict.fromkeys(names, 0.0)
    for number, (title, condition) in enumerate(CONDITIONS.items()):
        rates = _rates(condition, number, samples, singles)
        best = max(rates[name] for name in singles)
        below = "  below the best engine" if rates["stream"] < best else ""
        print(f"{title:26}" + "".join(f"{rates[n]:9.0f}" for n in names) + below, flush=True)
        sums = {name: sums[name] + rates[name] / len(CONDITIONS) for name in names}
    print(f"{'mean':26}" + "".join(f"{sums[name]:9.1f}" for name in names))


def _rates(
    condition: Condition, number: int, samples: int, singles: dict[str, Texts]
) -> dict[str, float]:
    read = dict.fromkeys([*singles, "stream", "still"], 0)
    for sample in range(samples):
        text, frames = scenes(condition, np.random.default_rng((SEED, number, sample)))
        for name, engine in singles.items():
            read[name] += any(text in engine(frame) for frame in frames)
        fresh = stream()
        read["stream"] += any(text in fresh(frame) for frame in frames)
        read["still"] += text in still()(frames[0])
    return {name: 100 * count / samples for name, count in read.items()}


def print_photos(folder: Path) -> None:
    """Print what each engine made of labelled photographs."""
    photos = photographs(folder)
    print(f"\n{len(photos)} photographs of {folder}, each turned four times")
    engines = {name: (engine, True) for name, engine in single_engines().items()}
    engines |= {"stream, 3 frames": (_three_frames, True), "still": (still(), False)}
    for name, (engine, fit) in engines.items():
        began_s = time.perf_counter()
        score = scored(engine, photos, fit=fit)
        share, ms = 100 * score.read / score.shown, 1000 * score.spent_s / score.shown
        took_s = time.perf_counter() - began_s
        print(
            f"{name:18}{score.read:5} of {score.shown} = {share:5.1f} %, other texts in "
            f"{score.wrong}, {ms:6.1f} ms each ({took_s:.0f} s)",
            flush=True,
        )


def _three_frames(grey: Grey) -> set[str]:
    fresh = stream()
    return set().union(*(fresh(grey) for _ in range(3)))


if __name__ == "__main__":
    main()
