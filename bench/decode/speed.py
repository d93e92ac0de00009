"""Measure how long a frame takes, stage by stage, on one core."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterable

import cv2
import numpy as np

from bench.decode.scenes import Condition, Grey, room, scenes
from scanner.decode.base import grey_of
from scanner.decode.engines import Zxing, blurred, evened
from scanner.decode.idle import Idle
from scanner.decode.stream import doubled, stream_decoder, zbar_or_none
from scanner.window.drawing.compose import compose
from scanner.window.state import Screen

SIZE = (720, 1280)


def empty_frames(count: int, *, moving: bool) -> list[Grey]:
    """Return frames of a hall without a badge; `moving`: another scene each time."""
    rng = np.random.default_rng(7)
    still = room(SIZE, rng)
    pictures = (room(SIZE, rng) if moving else still for _ in range(count))
    return [np.clip(p + rng.normal(0, 4, SIZE), 0, 255).astype(np.uint8) for p in pictures]


def times_ms(work: Callable[[Grey], object], frames: Iterable[Grey]) -> list[float]:
    """Return the CPU milliseconds of `work` on each frame, without waits for other programs."""
    spent = []
    for frame in frames:
        began_s = time.process_time()
        work(frame)
        spent.append((time.process_time() - began_s) * 1000)
    return spent


def print_speed(rounds: int) -> None:
    """Print median and 95th percentile of every stage, and frames a second of the stream."""
    cv2.setNumThreads(1)
    moving, still = empty_frames(12, moving=True), empty_frames(12, moving=False)
    again = list(itertools.islice(itertools.cycle(moving), rounds))
    resting = list(itertools.islice(itertools.cycle(still), 3 * rounds))
    colour = cv2.cvtColor(moving[0], cv2.COLOR_GRAY2BGR)
    _, badge = scenes(Condition(), np.random.default_rng(3))
    zbar = zbar_or_none()
    stages: dict[str, list[float]] = {
        "to grey": times_ms(lambda _: grey_of(colour), again),
        "zxing": times_ms(Zxing().read, again),
        "zxing×2": times_ms(doubled().read, again),
        "blur, global threshold": times_ms(
            lambda g: Zxing(global_threshold=True).read(blurred(g)), again
        ),
        "even": times_ms(lambda g: Zxing().read(evened(g)), again),
        "zbar": times_ms(zbar.read, again) if zbar else [],
        "draw the screen": times_ms(lambda _: compose(Screen(), colour), again),
        "stream, empty, moving": times_ms(Idle(stream_decoder(zbar)).read, again),
        "stream, empty, still": times_ms(Idle(stream_decoder(zbar)).read, resting)[15:],
        "stream, a badge held": times_ms(Idle(stream_decoder(zbar)).read, badge * rounds)[15:],
    }
    print(f"\n{'CPU ms a frame of 1280×720':32}{'median':>8}{'p95':>8}{'mean':>8}")
    for name, spent in stages.items():
        if spent:
            figures = (np.median(spent), np.percentile(spent, 95), np.mean(spent))
            print(f"{name:32}" + "".join(f"{figure:8.2f}" for figure in figures))
    mean_ms = float(np.mean(stages["stream, empty, moving"] + []))
    print(f"frames a second on one core, moving scene: {1000 / mean_ms:.0f}")
