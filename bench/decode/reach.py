"""How far away a badge is read: a code of 40 mm before a lens of 70 degrees."""

from __future__ import annotations

import math

import cv2
import numpy as np

from bench.decode.engines import Texts, peers_of_reach, single_engines, stream
from bench.decode.scenes import Condition, Grey, Real, Rng, scenes

#: of a code's side, as badges of A6 are printed; a code of version 2 has 25 modules
CODE_MM, MODULES = 40.0, 25
LENS_DEG = 70.0
#: what a webcam in focus smooths: a standard deviation in pixels
LENS_PX = 0.7
#: height and width in pixels, with the distances in metres at which each is tried
DISTANCES_M = {
    (720, 1280): (0.85, 0.95, 1.05, 1.15, 1.25, 1.35),
    (480, 640): (0.45, 0.55, 0.65, 0.75),
}
#: somebody stands still for a third of a second
FRAMES = 10


def module_px(distance_m: float, size: tuple[int, int]) -> float:
    """Return the width of a module in pixels of a picture of that height and width."""
    focal_px = math.hypot(*size) / 2 / math.tan(math.radians(LENS_DEG / 2))
    return focal_px * CODE_MM / MODULES / (1000 * distance_m)


def print_reach(samples: int, seed: int) -> None:
    """Print how many frames are read at each distance, and how many badges within ten frames."""
    engines = {**single_engines(), **peers_of_reach()}
    names = [*engines, "stream"]
    print(f"\n% of frames read / % of {samples} badges read within {FRAMES} frames, seed {seed}")
    print(f"{'':22}" + "".join(f"{name:>14}" for name in names))
    for size, distances in DISTANCES_M.items():
        for distance in distances:
            seeds = [(seed, round(100 * distance), number) for number in range(samples)]
            rows = [far_away(distance, size, one) for one in seeds]
            shares = [_shares(engine, rows) for engine in engines.values()]
            shares.append(_shares(None, rows))
            title = f"{distance:.2f} m, {size[1]}×{size[0]}"
            told = "".join(f"{frames:6.0f} /{badges:4.0f}  " for frames, badges in shares)
            print(f"{title:22}{told}", flush=True)


def far_away(
    distance_m: float, size: tuple[int, int], seed: tuple[int, ...], frames: int = FRAMES
) -> tuple[str, list[Grey]]:
    """Return a code and the frames of a badge that is held at a distance."""
    px = module_px(distance_m, size)
    condition = Condition(module_px=px, size=size, light=_through_a_lens, noise=3.0)
    return scenes(condition, np.random.default_rng(seed), frames=frames)


def _through_a_lens(shown: Real, _rng: Rng, _at: tuple[int, int]) -> Real:
    return np.asarray(cv2.GaussianBlur(shown, (0, 0), LENS_PX), np.float32)


def _shares(engine: Texts | None, rows: list[tuple[str, list[Grey]]]) -> tuple[float, float]:
    """Return the shares of frames and of badges; without an engine, of a new stream for each."""
    hits = []
    for text, frames in rows:
        read = engine or stream()
        hits.append(sum(text in read(frame) for frame in frames))
    of = len(rows)
    return 100 * sum(hits) / (of * FRAMES), 100 * sum(hit > 0 for hit in hits) / of
