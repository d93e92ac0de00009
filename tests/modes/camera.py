"""What a telephone shows, and how cameras see it."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import TypeAlias

import numpy as np
from PIL import Image
from playwright.sync_api import Locator

from tests.badges.reading import codes_in
from tests.scanner.decode.pictures import write_video

Picture: TypeAlias = Image.Image

#: a poor webcam: reading thirty large pictures a second keeps a core busy as long as a page is open
SIZE_PX = (640, 360)
FRAMES_PER_S = 10
_GREY = (120, 120, 112)


def shown(part: Locator) -> Picture:
    """Return a part of a page as the screen shows it."""
    return Image.open(BytesIO(part.screenshot())).convert("RGB")


def before_a_camera(screen: Picture | None) -> Picture:
    """Return what a webcam sees of a screen that is held before it; None: nobody is there."""
    seen = Image.new("RGB", SIZE_PX, _GREY)
    if screen:
        held = screen.copy()
        held.thumbnail((SIZE_PX[0], SIZE_PX[1] * 9 // 10))
        seen.paste(held, ((SIZE_PX[0] - held.width) // 2, (SIZE_PX[1] - held.height) // 2))
    return seen


def text_in(screen: Picture) -> str:
    """Return what the one code in a picture says."""
    (text,) = codes_in(screen)
    return text


def write_webcam(file: Path, pictures: Sequence[tuple[Picture, float]]) -> None:
    """Write pictures, each for so many seconds, as the YUV4MPEG2 file of a webcam."""
    width, height = SIZE_PX
    with file.open("wb") as video:
        video.write(f"YUV4MPEG2 W{width} H{height} F{FRAMES_PER_S}:1 C420\n".encode())
        for shown, seconds in pictures:
            y, cb, cr = shown.convert("YCbCr").split()
            chroma = [part.resize((width // 2, height // 2)).tobytes() for part in (cb, cr)]
            frame = b"FRAME\n" + y.tobytes() + b"".join(chroma)
            video.write(frame * round(seconds * FRAMES_PER_S))


def film(path: Path, screens: Sequence[Picture]) -> Path:
    """Write a video in which one screen after the other is held before the camera."""
    grey = [np.asarray(before_a_camera(one).convert("L")) for one in screens]
    nobody = np.asarray(before_a_camera(None).convert("L"))
    write_video(path, [part for one in grey for part in (nobody, one)])
    return path
