"""What the scan page reads and weighs: `python -m bench.browser [--quick]`.

The page's own worker, in a real Chromium, reads the frames of `bench.decode` as the page feeds
them: every other one at twice its size. Prints, and asserts nothing.
"""

from __future__ import annotations

import argparse
import gzip
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from playwright.sync_api import Page, sync_playwright

from bench.decode.__main__ import SEED
from bench.decode.engines import stream
from bench.decode.scenes import CONDITIONS, Grey, scenes
from checkin.web.gates.kept_files import scan_page_files

STATIC = Path(__file__).parents[1] / "checkin" / "static"
LIMIT_KB = 700

_READ = """async (paths) => {
  const started = performance.now();
  if (!window.reader) {
    window.reader = new Worker("/scan/decoder.js", {type: "module"});
    await new Promise(ready => (window.reader.onmessage = ready));
    window.readyMs = performance.now() - started;
  }
  const { stepOf } = await import("/static/js/scan/camera/frames.js");
  const told = [];
  for (const [number, path] of paths.entries()) {
    const blob = await (await fetch(path)).blob();
    const frame = await createImageBitmap(blob);
    const answer = new Promise(got => (window.reader.onmessage = ({data}) => got(data)));
    window.reader.postMessage({frame, step: stepOf(number)}, [frame]);
    told.push(await answer);
  }
  return {told, readyMs: window.readyMs};
}"""


class _Files(SimpleHTTPRequestHandler):
    """Serves the static folder, and the frames that are measured now."""

    frames: dict[str, bytes] = {}
    extensions_map = SimpleHTTPRequestHandler.extensions_map | {".wasm": "application/wasm"}

    def do_GET(self) -> None:
        if self.path == "/scan/decoder.js":  # where the server has it
            self.path = "/static/js/scan/camera/decoder-worker.js"
        body = self.frames.get(self.path)
        if body is None:
            super().do_GET()
            return
        self.send_response(200)
        self.send_header("Content-Type", "image/png")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_said: object) -> None:
        """Say nothing."""


def main() -> None:
    """Print the rates by condition and the page's weight."""
    parser = argparse.ArgumentParser(prog="python -m bench.browser", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer samples")
    samples = 3 if parser.parse_args().quick else 12
    print_weight()
    with _browser() as page:
        print_rates(page, samples)


def print_weight() -> None:
    """Print what a first visit loads, compressed as a server does it."""
    packed = {name: _packed(STATIC / name) for name in scan_page_files(STATIC)}
    total_kb = sum(packed.values()) / 1024
    print(f"scan page: {len(packed)} files, {total_kb:.0f} KB compressed of {LIMIT_KB} allowed")
    for name, size in sorted(packed.items(), key=lambda one: -one[1])[:5]:
        print(f"  {name:44}{size / 1024:7.1f} KB")


def _packed(file: Path) -> int:
    body = file.read_bytes()
    return len(body) if file.suffix == ".woff2" else len(gzip.compress(body, 9))


def print_rates(page: Page, samples: int) -> None:
    """Print the share of codes read within three frames, by the browser and by the scanner."""
    print(f"\n% of {samples} codes read within 3 frames, seed {SEED}")
    print(f"{'':26}{'browser':>9}{'scanner':>9}")
    rates, times, ready_ms = [], [], 0.0
    for number, (title, condition) in enumerate(CONDITIONS.items()):
        read = np.zeros(2)
        for sample in range(samples):
            text, frames = scenes(condition, np.random.default_rng((SEED, number, sample)))
            texts, spent, ready_ms = _read_by_browser(page, frames)
            fresh = stream()
            read += [text in texts, any(text in fresh(frame) for frame in frames)]
            times += spent
        rates.append(100 * read / samples)
        print(f"{title:26}{rates[-1][0]:9.0f}{rates[-1][1]:9.0f}", flush=True)
    browser, scanner = np.mean(rates, axis=0)
    print(f"{'mean':26}{browser:9.1f}{scanner:9.1f}   difference {browser - scanner:+.1f} points")
    middle, late = np.percentile(times, [50, 95])
    print(f"first decode {ready_ms + times[0]:.0f} ms after the decoder was asked for")
    print(f"ms a frame in the worker: median {middle:.1f}, p95 {late:.1f} (shares the machine)")


def _read_by_browser(page: Page, frames: list[Grey]) -> tuple[set[str], list[float], float]:
    _Files.frames = {f"/frame-{n}.png": _png(frame) for n, frame in enumerate(frames)}
    answers: dict[str, Any] = page.evaluate(_READ, list(_Files.frames))
    texts = {text for told in answers["told"] for text in told["texts"]}
    return texts, [told["ms"] for told in answers["told"]], answers["readyMs"]


def _png(frame: Grey) -> bytes:
    return bytes(cv2.imencode(".png", frame, [cv2.IMWRITE_PNG_COMPRESSION, 1])[1])


@contextmanager
def _browser() -> Iterator[Page]:
    files = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Files, directory=str(STATIC.parent)))
    threading.Thread(target=files.serve_forever, daemon=True).start()
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        page = browser.new_page()
        page.goto(f"http://localhost:{files.server_port}/static/icon.svg")
        yield page
        browser.close()
    files.shutdown()


if __name__ == "__main__":
    main()
