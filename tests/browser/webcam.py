"""Chromium, and a webcam in it that shows the pictures of a test, over and over."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Browser, sync_playwright

from badges.qr import qr_image

SIZE_PX = (1280, 720)
FRAMES_PER_S = 30
_ARGUMENTS = [
    "--no-sandbox",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--autoplay-policy=no-user-gesture-required",
]


def picture(code: str | None, *, module_px: int = 8) -> Image.Image:
    """Draw what a webcam sees: a badge's code on grey, or only grey."""
    seen = Image.new("RGB", SIZE_PX, (120, 120, 112))
    if code:
        badge = qr_image(code, module_px=module_px).convert("RGB")
        seen.paste(badge, ((SIZE_PX[0] - badge.width) // 2, (SIZE_PX[1] - badge.height) // 2))
    return seen


def write_webcam(file: Path, pictures: Sequence[tuple[Image.Image, float]]) -> None:
    """Write pictures, each for so many seconds, as the MJPEG file of a webcam."""
    with file.open("wb") as video:
        for shown, seconds in pictures:
            jpeg = BytesIO()
            shown.save(jpeg, "JPEG", quality=88)
            video.write(jpeg.getvalue() * round(seconds * FRAMES_PER_S))


class Chromium:
    """Starts browsers, and closes them all at the end."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._program = shutil.which("chromium") or shutil.which("chromium-browser")

    def __enter__(self) -> Chromium:
        if self._program is None:
            pytest.skip("no Chromium: apt-get install --no-install-recommends chromium")
        self._playwright = sync_playwright().start()
        self._browsers: list[Browser] = []
        return self

    def __exit__(self, *_fault: Any) -> None:
        for browser in self._browsers:
            browser.close()
        self._playwright.stop()

    def start(
        self,
        pictures: Sequence[tuple[Image.Image, float]] = (),
        *,
        camera: str = "allowed",
        more: Sequence[str] = (),
    ) -> Browser:
        """Start a browser; camera: allowed, denied or missing; `more` arguments."""
        browser = self._playwright.chromium.launch(
            executable_path=self._program,
            args=[*_ARGUMENTS, *self._camera(pictures, camera), *more],
        )
        self._browsers.append(browser)
        return browser

    def _camera(self, pictures: Sequence[tuple[Image.Image, float]], camera: str) -> list[str]:
        if camera == "denied":
            return [
                "--use-fake-device-for-media-stream",
                "--use-fake-ui-for-media-stream=deny",
            ]
        if camera == "missing":
            return [
                "--use-fake-device-for-media-stream=device-count=0",
                "--use-fake-ui-for-media-stream",
            ]
        file = self._folder / f"webcam-{len(self._browsers)}.mjpeg"
        write_webcam(file, pictures or [(picture(None), 1)])
        return [
            "--use-fake-device-for-media-stream",
            "--use-fake-ui-for-media-stream",
            f"--use-file-for-fake-video-capture={file}",
        ]
