"""Chromium, and a webcam in it that shows the pictures of a test, over and over."""

from __future__ import annotations

import itertools
import os
import shutil
from collections.abc import Sequence
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Error, sync_playwright

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
#: Every page is a window, whose address field would load two pages of its own: half a second of
#: the processor each time, for what nobody sees.
_UNSEEN = ["WebUIOmniboxPopup", "WebUIOmniboxAimPopup"]
#: What Playwright leaves out: of several such arguments Chromium hears only the last.
_LEFT_OUT_BY_PLAYWRIGHT = [
    "AimEnabled",
    "AvoidCorsURLLoaderRestartOnRedirect",
    "AvoidUnnecessaryBeforeUnloadCheckSync",
    "DestroyProfileOnBrowserClose",
    "HttpsFirstBalancedModeAutoEnable",
    "HttpsUpgrades",
    "LensOverlay",
    "MediaRouter",
    "NetworkTimeServiceQuerying",
    "OptimizationHints",
    "PaintHolding",
    "PreconnectToSearch",
    "ThirdPartyStoragePartitioning",
]
_LEFT_OUT = ",".join(_UNSEEN + _LEFT_OUT_BY_PLAYWRIGHT)


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


def write_idle_webcam(file: Path) -> None:
    """Write the YUV4MPEG2 file of a webcam that shows small and seldom that nobody is there.

    Reading thirty large pictures a second keeps a core busy for every page that is open.
    """
    width, height = 320, 180
    grey = bytes([118]) * (width * height) + bytes([128]) * (width * height // 2)
    file.write_bytes(f"YUV4MPEG2 W{width} H{height} F5:1 C420\nFRAME\n".encode() + grey)


class Chromium:
    """Starts browsers: one for all tests, and one of its own for a test that asks for more."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._program = shutil.which("chromium") or shutil.which("chromium-browser")

    def __enter__(self) -> Chromium:
        if self._program is None:
            pytest.skip("no Chromium: apt-get install --no-install-recommends chromium")
        self._playwright = sync_playwright().start()
        self._numbers = itertools.count()
        self._shared: Browser | None = None
        self._browsers: list[Browser | BrowserContext] = []
        return self

    def __exit__(self, *_fault: Any) -> None:
        self.tidy()
        if self._shared:
            self._shared.close()
        self._playwright.stop()

    def tidy(self) -> None:
        """Close what a test opened."""
        for context in self._shared.contexts if self._shared else []:
            context.close()
        while self._browsers:
            with suppress(Error):  # a test has killed it
                self._browsers.pop().close()

    def start(
        self,
        pictures: Sequence[tuple[Image.Image, float]] = (),
        *,
        camera: str = "allowed",
        more: Sequence[str] = (),
        home: Path | None = None,
        program: str = "",
    ) -> Browser:
        """Return a browser; camera: allowed, denied or missing; `more` arguments.

        Args:
            home: the folder of a user, who trusts authorities of their own.
            program: Chromium as it is started elsewhere than on this machine.
        """
        if pictures or camera != "allowed" or more or home or program:
            arguments = [*self._camera(pictures, camera), *more]
            browser = self._launch(*arguments, home=home, program=program)
            self._browsers.append(browser)
            return browser
        # Its contexts know nothing of each other: storage, workers, and the network that is cut.
        self._shared = self._shared or self._launch(*self._camera((), camera))
        return self._shared

    def keeping(self, profile: Path) -> BrowserContext:
        """Return a browser that keeps what its pages store in a folder."""
        context = self._playwright.chromium.launch_persistent_context(
            profile,
            executable_path=self._program,
            args=[*_ARGUMENTS, f"--disable-features={_LEFT_OUT}", *self._camera((), "allowed")],
        )
        self._browsers.append(context)
        return context

    def _launch(self, *arguments: str, home: Path | None = None, program: str = "") -> Browser:
        environ = {**os.environ, "HOME": str(home)} if home else None
        return self._playwright.chromium.launch(
            executable_path=program or self._program,
            env=environ,
            args=[*_ARGUMENTS, f"--disable-features={_LEFT_OUT}", *arguments],
        )

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
        file = self._folder / f"webcam-{next(self._numbers)}.{'mjpeg' if pictures else 'y4m'}"
        if pictures:
            write_webcam(file, pictures)
        else:
            write_idle_webcam(file)
        return [
            "--use-fake-device-for-media-stream",
            "--use-fake-ui-for-media-stream",
            f"--use-file-for-fake-video-capture={file}",
        ]
