"""The scanner on a film, as a process of its own: `python -m bench.gate.scanner JSON`.

Everything is real except the camera. It prints a JSON line when a badge comes into view, when
it is read, for each verdict where there is no window, and at the end what the frames cost.
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path

import cv2

from bench.gate.film import Film, Webcam
from scanner.camera.sources import Live
from scanner.decode.base import Decoder, Grey, Reading
from scanner.decode.idle import Idle
from scanner.decode.stream import stream_decoder, zbar_or_none
from scanner.gate.gate import Wanted, gate_for
from scanner.gate.headless import run_headless


class Timed:
    """A decoder that records the time of each frame and prints when a code is first read."""

    def __init__(self, decoder: Decoder) -> None:
        self._decoder = decoder
        self._known: set[str] = set()
        self.cpu_ms: list[float] = []

    def read(self, grey: Grey) -> list[Reading]:
        began_s = time.thread_time()
        readings = self._decoder.read(grey)
        self.cpu_ms.append((time.thread_time() - began_s) * 1000)
        for text in {reading.text for reading in readings} - self._known:
            self._known.add(text)
            say(read=text)
        return readings


def say(**event: object) -> None:
    """Print an event with its time, by a clock that all processes of the machine share."""
    print(json.dumps({**event, "at_s": time.monotonic()}), flush=True)


def main() -> None:
    """Scan the film that the argument names."""
    asked = json.loads(sys.argv[1])
    cv2.setNumThreads(1)
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    decoder = Timed(Idle(stream_decoder(zbar_or_none())))
    gate = gate_for(Wanted(asked["server"], token=asked["token"], spool=Path(asked["spool"])))
    film = Film(Path(asked["film"]), asked["codes"])
    began_s = time.process_time()

    def ended() -> None:
        cpu_s = time.process_time() - began_s
        say(frames=len(decoder.cpu_ms), cpu_ms=decoder.cpu_ms, whole_cpu_s=cpu_s)

    camera = Webcam(film, lambda code: say(shown=code), ended)
    frames = Live("film", camera, ends=True)  # type: ignore[arg-type] # it reads like a capture
    if asked["window"]:
        from scanner.window.loop import run_window

        run_window(gate, frames, decoder)
    else:
        run_headless(gate, frames, decoder)


if __name__ == "__main__":
    main()
