"""Render badges as a webcam sees them under bad conditions, the same ones for the same seed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt
import zxingcpp

from checkin.protocol.codes import format_code

Grey = npt.NDArray[np.uint8]
Real = npt.NDArray[np.float32]
Rng = np.random.Generator
FRAMES = 3


@dataclass(frozen=True)
class Condition:
    """How a badge is held and seen.

    Attributes:
        module_px: width of a module in the picture.
        tilt_deg: how far the badge is turned away.
        paper: changes the flat code before it is held up.
        light: changes the whole picture before the camera's noise.
        noise: standard deviation in grey levels.
    """

    module_px: float = 5.0
    tilt_deg: float = 0.0
    size: tuple[int, int] = (720, 1280)
    paper: Callable[[Real, Rng], Real] | None = None
    light: Callable[[Real, Rng, tuple[int, int]], Real] | None = None
    noise: float = 4.0


def scenes(
    condition: Condition,
    rng: Rng,
    text: str = "",
    hall: Real | None = None,
    frames: int = FRAMES,
) -> tuple[str, list[Grey]]:
    """Return a code and the frames that show it, which differ by noise and a trembling hand.

    Args:
        text: the code; a random one if not given.
        hall: the background of the badge; a random one if not given.
        frames: how many.
    """
    text = text or format_code(rng.bytes(16))
    code = _paper(text, rng)
    if condition.paper:
        code = condition.paper(code, rng)
    background = room(condition.size, rng) if hall is None else hall
    angle, around = rng.uniform(0, 360), rng.uniform(0, 360)
    centre = rng.uniform(0.35, 0.65, 2) * condition.size[::-1]
    seed = int(rng.integers(2**31))
    seen = []
    for number in range(frames):
        shake = np.random.default_rng((seed, number))
        place = centre + shake.normal(0, 1.5, 2)
        shown = _held_up(code, background, condition, place, angle, around)
        if condition.light:  # the lamp and the blur stay as they are: the same seed for all frames
            at = (int(place[0]), int(place[1]))
            shown = condition.light(shown, np.random.default_rng(seed), at)
        noisy = shown + shake.normal(0, condition.noise, shown.shape)
        seen.append(np.clip(noisy, 0, 255).astype(np.uint8))
    return text, seen


_PAPER_MODULE_PX = 12


def _paper(text: str, rng: Rng) -> Real:
    bits = zxingcpp.create_barcode(
        text, zxingcpp.BarcodeFormat.QRCode, ec_level="Q", options="version=2"
    )
    modules = np.asarray(bits.to_image(scale=1, add_quiet_zones=True))
    grey = np.where(modules > 127, rng.uniform(215, 245), rng.uniform(10, 35))
    return np.kron(grey, np.ones((_PAPER_MODULE_PX, _PAPER_MODULE_PX))).astype(np.float32)


def room(size: tuple[int, int], rng: Rng) -> Real:
    """Return a hall without a badge: soft light, edges of people and things."""
    height, width = size
    soft = cv2.resize(rng.uniform(40, 200, (6, 8)).astype(np.float32), (width, height))
    for _ in range(25):
        x, y = int(rng.integers(width)), int(rng.integers(height))
        axes = (int(rng.integers(10, 140)), int(rng.integers(10, 140)))
        cv2.ellipse(soft, (x, y), axes, rng.uniform(0, 180), 0, 360, rng.uniform(20, 230), -1)
    return cv2.GaussianBlur(soft, (0, 0), 2.0)


def _held_up(
    code: Real, background: Real, condition: Condition, place: Real, angle: float, around: float
) -> Real:
    side = code.shape[0]
    half = condition.module_px * side / _PAPER_MODULE_PX / 2
    flat = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]], np.float64)
    turn, tilt = np.radians(angle), np.radians(condition.tilt_deg)
    spin = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    axis = np.radians(around)
    across = np.array([[np.cos(axis), -np.sin(axis)], [np.sin(axis), np.cos(axis)]])
    points = flat @ spin.T @ across.T
    depth = 1 + points[:, 0] * np.sin(tilt) * 0.25  # four half-widths away from the lens
    points[:, 0] *= np.cos(tilt)
    seen = (points / depth[:, None]) @ across * half + place
    corners = np.array([[0, 0], [side, 0], [side, side], [0, side]], np.float32)
    warp = cv2.getPerspectiveTransform(corners, seen.astype(np.float32))
    fine = _shrunk_first(code, warp, side, half)
    size = background.shape[::-1]
    inside = cv2.warpPerspective(np.ones_like(code), warp, size)
    picture = cv2.warpPerspective(fine, warp, size, flags=cv2.INTER_LINEAR)
    return np.where(inside > 0.5, picture, background).astype(np.float32)


def _shrunk_first(code: Real, warp: Real, side: int, half: float) -> Real:
    # What a pixel gathers: without it small codes would be sampled at points, with aliases.
    step = side / (2 * half)
    return cv2.GaussianBlur(code, (0, 0), max(0.4 * step, 0.3))


def inverted(code: Real, _: Rng) -> Real:
    return 255 - code


def mirrored(code: Real, _: Rng) -> Real:
    return np.ascontiguousarray(code[:, ::-1])


def pale(code: Real, _: Rng) -> Real:
    return 128 + (code - 128) * 0.14


def finger(code: Real, rng: Rng) -> Real:
    # Over the corner that holds only data; a finder pattern under a finger defeats every engine.
    covered = code.copy()
    side = code.shape[0]
    corner = (int(side * 0.90), int(side * 0.90))
    cv2.ellipse(covered, corner, (int(side * 0.17), int(side * 0.11)), -45, 0, 360, 150, -1)
    return covered


def crumpled(code: Real, rng: Rng) -> Real:
    side = code.shape[0]
    bends = [
        cv2.resize(
            rng.normal(0, 3.5, (5, 5)).astype(np.float32),
            (side, side),
            interpolation=cv2.INTER_CUBIC,
        )
        for _ in range(2)
    ]
    x, y = np.meshgrid(np.arange(side, dtype=np.float32), np.arange(side, dtype=np.float32))
    bent = cv2.remap(code, x + bends[0], y + bends[1], cv2.INTER_LINEAR, borderValue=230)
    return np.clip(bent * (1 + bends[0] / 40), 0, 255).astype(np.float32)


def moire(code: Real, rng: Rng) -> Real:
    # The stripes between a screen's pixels and the camera's.
    side = code.shape[0]
    x, y = np.meshgrid(np.arange(side), np.arange(side))
    period, turn = rng.uniform(14, 34), rng.uniform(0, np.pi)
    waves = np.sin((x * np.cos(turn) + y * np.sin(turn)) * 2 * np.pi / period)
    fine = np.sin(y * 2 * np.pi / 7)
    return np.clip(code * (0.75 + 0.25 * waves) + 18 * fine, 0, 255).astype(np.float32)


def glare(picture: Real, rng: Rng, at: tuple[int, int]) -> Real:
    spot = np.zeros_like(picture)
    centre = (at[0] + int(rng.integers(-45, 45)), at[1] + int(rng.integers(-45, 45)))
    axes = (int(rng.integers(18, 34)), int(rng.integers(24, 52)))
    cv2.ellipse(spot, centre, axes, rng.uniform(0, 180), 0, 360, 1, -1)
    return picture + 260 * cv2.GaussianBlur(spot, (0, 0), 9)


def dim(picture: Real, rng: Rng, _: tuple[int, int]) -> Real:
    return picture * 0.13 + 8


def defocus(picture: Real, rng: Rng, _: tuple[int, int]) -> Real:
    return cv2.GaussianBlur(picture, (0, 0), rng.uniform(2.0, 3.4))


def motion(picture: Real, rng: Rng, _: tuple[int, int]) -> Real:
    length, turn = rng.uniform(4, 10), rng.uniform(0, 180)
    kernel = np.zeros((15, 15), np.float32)
    way = np.array([np.cos(np.radians(turn)), np.sin(np.radians(turn))]) * length / 2
    ends = (np.array([7, 7]) - way, np.array([7, 7]) + way)
    start, end = (tuple(round(v * 16) for v in p) for p in ends)
    cv2.line(kernel, start, end, 1, 1, cv2.LINE_AA, 4)
    return cv2.filter2D(picture, -1, kernel / kernel.sum())


CONDITIONS = {
    "plain": Condition(),
    "inverted (dark phone)": Condition(paper=inverted),
    "mirrored": Condition(paper=mirrored),
    "glare": Condition(light=glare),
    "low light": Condition(light=dim, noise=5),
    "low light, noisy": Condition(light=dim, noise=9),
    "defocus": Condition(light=defocus),
    "motion blur": Condition(light=motion),
    "tilt 45°": Condition(tilt_deg=45),
    "tilt 60°": Condition(tilt_deg=60),
    "low contrast": Condition(paper=pale),
    "moiré": Condition(paper=moire),
    "finger on a corner": Condition(paper=finger),
    "2 px a module": Condition(module_px=2.0),
    "1.7 px a module": Condition(module_px=1.7),
    "crumpled": Condition(paper=crumpled),
    "1080p": Condition(size=(1080, 1920)),
    "480p": Condition(module_px=2.6, size=(480, 640)),
    "4 px, tilt 30°, motion": Condition(module_px=4.0, tilt_deg=30, light=motion),
}
