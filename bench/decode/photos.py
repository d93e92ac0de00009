"""Read labelled photographs in four rotations: NAME.png with its text in NAME.txt or NAME.bin."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from bench.decode.engines import Texts
from bench.decode.scenes import Grey
from scanner.camera.sources import IMAGE_SUFFIXES, read_image
from scanner.decode.base import grey_of

TURNS = (0, 1, 2, 3)
LONG_SIDE_PX = 1280


@dataclass
class Score:
    """How many of the photographs, each in four rotations, an engine read."""

    read: int = 0
    wrong: int = 0
    shown: int = 0
    spent_s: float = 0.0


def photographs(folder: Path) -> list[tuple[Path, str, Grey]]:
    """Return every image under `folder` that has a label."""
    found = []
    for path in sorted(folder.rglob("*")):
        label = _label(path) if path.suffix.lower() in IMAGE_SUFFIXES else None
        image = read_image(path) if label is not None else None
        if label is not None and image is not None:
            found.append((path, label, grey_of(image)))
    return found


def scored(engine: Texts, photos: list[tuple[Path, str, Grey]], *, fit: bool) -> Score:
    """Let an engine read every photograph in four rotations; `fit` shrinks it to 1280 px first."""
    score = Score()
    for path, label, whole in photos:
        for turn in TURNS:
            grey = np.ascontiguousarray(np.rot90(_fitted(whole) if fit else whole, turn))
            began_s = time.perf_counter()
            texts = {_plain(text) for text in engine(grey)}
            score.spent_s += time.perf_counter() - began_s
            score.shown += 1
            score.read += _plain(label) in texts
            wrong = texts - {_plain(label)}
            score.wrong += bool(wrong)
            if wrong:
                print(f"  other text in {path.name}, turn {turn * 90}: {sorted(wrong)[0][:60]!r}")
    return score


def _label(path: Path) -> str | None:
    text, data = path.with_suffix(".txt"), path.with_suffix(".bin")
    if text.is_file():
        return text.read_text(encoding="utf-8", errors="replace")
    return data.read_bytes().decode("latin-1") if data.is_file() else None


def _plain(text: str) -> str:
    return "".join(text.split())


def _fitted(grey: Grey) -> Grey:
    scale = LONG_SIDE_PX / max(grey.shape)
    if scale >= 1:
        return grey
    shrunk = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    return np.asarray(shrunk, dtype=np.uint8)
