"""How fast the scan page reads a webcam: `python -m bench.browser_live [--seconds N]`.

The whole page in a real Chromium, paired with a real server, its webcam a film of badges at
1280×720 and 30 frames a second. Prints the frames read a second beside those that the camera gave,
and how long the page went without a paint. Asserts nothing.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
from pathlib import Path
from typing import Any

import cv2
from playwright.sync_api import Page, sync_playwright

from bench.gate.film import PER_S, filmed
from bench.setup.figures import percentile
from bench.setup.stores import sqlite_store
from bench.setup.venue import Venue, open_venue

BADGES = 10
AIM_PER_S = 15
_WATCH = """async (seconds) => {
  const video = document.getElementById("video");
  const read = () => Number(video.dataset.frames ?? 0);
  const gaps = [];
  let [given, last] = [[], performance.now()];
  const paint = (now) => { gaps.push(now - last); last = now; requestAnimationFrame(paint); };
  const frame = (_, { presentedFrames }) => {
    given.push(presentedFrames);
    video.requestVideoFrameCallback(frame);
  };
  requestAnimationFrame(paint);
  video.requestVideoFrameCallback(frame);
  const [before, began] = [read(), performance.now()];
  await new Promise((over) => setTimeout(over, 1000 * seconds));
  const spent = (performance.now() - began) / 1000;
  return { read: (read() - before) / spent, given: (given.at(-1) - given[0]) / spent, gaps };
}"""


def main() -> None:
    """Measure once and print."""
    parser = argparse.ArgumentParser(prog="python -m bench.browser_live", description=__doc__)
    parser.add_argument("--seconds", type=int, default=15)
    seconds = parser.parse_args().seconds
    with tempfile.TemporaryDirectory() as name, sqlite_store(Path(name) / "db") as store:
        venue, webcam = open_venue(store, 50), Path(name) / "webcam.mjpeg"
        write_webcam(webcam, venue.take_codes(BADGES))
        with venue.served() as (port, _), sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=shutil.which("chromium") or shutil.which("chromium-browser"),
                args=[
                    "--no-sandbox",
                    "--use-fake-ui-for-media-stream",
                    "--use-fake-device-for-media-stream",
                    f"--use-file-for-fake-video-capture={webcam}",
                ],
            )
            page = browser.new_page(viewport={"width": 1280, "height": 800})
            open_station(page, venue, port)
            print_figures(page.evaluate(_WATCH, seconds))
            browser.close()


def write_webcam(path: Path, codes: list[str]) -> None:
    """Write a film of badges in the form that Chromium plays as a webcam."""
    film = cv2.VideoCapture(str(filmed(path.with_suffix(".avi"), codes).path))
    with path.open("wb") as webcam:
        while (taken := film.read())[0]:
            picture = cv2.imencode(".jpg", taken[1], [cv2.IMWRITE_JPEG_QUALITY, 88])[1]
            webcam.write(picture.tobytes())
    film.release()


def open_station(page: Page, venue: Venue, port: int) -> None:
    """Pair the page as a volunteer does and wait for its first frames."""
    page.goto(f"http://localhost:{port}/scan#pair={venue.pairing_code('Porte 1')}")
    page.fill("#station-name", "Bench")
    page.click("#pairing button")
    page.wait_for_function("() => Number(document.getElementById('video').dataset.frames) > 5")


def print_figures(seen: dict[str, Any]) -> None:
    """Print frames a second and the page's pauses."""
    gaps = seen["gaps"]
    print(
        f"frames read a second: {seen['read']:.1f} of {seen['given']:.1f} that the camera gave "
        f"(film: {PER_S:.0f}; aim: {AIM_PER_S})"
    )
    print(
        f"ms between two paints of the page: median {percentile(gaps, 0.5):.0f}, "
        f"p95 {percentile(gaps, 0.95):.0f}, longest {max(gaps):.0f}"
    )


if __name__ == "__main__":
    main()
