"""The window: shows the screen and takes the keys. Decoding and network have their own threads."""

from __future__ import annotations

import queue
import sys
import time
from dataclasses import replace
from typing import TypeVar

import cv2

from scanner.camera import Frame, Frames
from scanner.courier import Happening, Stopped
from scanner.decode.base import Decoder
from scanner.errors import ScannerError
from scanner.gate import Gate
from scanner.scan import Verdict
from scanner.sound import Sound
from scanner.window import state
from scanner.window.compose import HEIGHT_PX, WIDTH_PX, compose
from scanner.window.eye import Eye
from scanner.window.text import can_shape
from scanner.words import say

TITLE = "Marhaba"
_WAIT_FOR_KEY_MS = 25
_QUIT = ("q", "\x1b")
_NEXT = (" ", "\r", "\n")
T = TypeVar("T")


class Window:
    """One gate on one screen."""

    def __init__(self, gate: Gate, frames: Frames, decoder: Decoder) -> None:
        self._gate = gate
        self._happenings: queue.Queue[Happening] = queue.Queue()
        self._station, self._courier = gate.open(self._happenings.put)
        self._eye = Eye(frames, decoder, self._station)
        self._sound = Sound()
        self._fault: ScannerError | None = None
        self._counted_at_s = 0.0
        self._drawn: tuple[Frame | None, state.Screen] | None = None
        self._screen = state.Screen(
            language=gate.language,
            gate=str(gate.place.get("name", "")),
            gate_id=gate.place.get("id"),
            timezone=str(gate.event.get("timezone", "")),
            type=gate.type,
        )

    def run(self) -> None:
        """Show the gate until somebody quits.

        Raises:
            ScannerError: the fault that was on the screen when they did.
        """
        _open_window()
        self._courier.start()
        self._eye.start()
        while self._turn():
            pass
        cv2.destroyAllWindows()
        self._close()
        if self._fault:
            raise self._fault

    def _turn(self) -> bool:
        new = self._take_events()
        frame, readings = self._eye.newest
        corners = tuple(reading.corners for reading in readings)
        screen = replace(self._screen, corners=corners)
        if (frame, screen) != self._drawn:  # frames compare by identity
            self._drawn = (frame, screen)
            cv2.imshow(TITLE, compose(screen, frame.image if frame else None))
        key = cv2.waitKey(_WAIT_FOR_KEY_MS)
        if new:
            self._sound.play(new[-1].kind)  # after the picture: never before the verdict
        return self._pressed(key) and cv2.getWindowProperty(TITLE, cv2.WND_PROP_VISIBLE) >= 1

    def _take_events(self) -> list[Verdict]:
        now_s = time.monotonic()
        happenings = _all_of(self._happenings)
        for happening in happenings:
            self._screen = state.after(self._screen, happening, now_s)
            if isinstance(happening, Stopped):
                self._fault = happening.fault
        for remark in _all_of(self._eye.remarks):
            self._screen = state.with_notice(self._screen, remark, now_s)
        self._notice_broken_camera(now_s)
        self._count_waiting(now_s)
        self._screen = state.at_time(self._screen, now_s)
        return [happening for happening in happenings if isinstance(happening, Verdict)]

    def _notice_broken_camera(self, now_s: float) -> None:
        if self._eye.fault and self._fault is None:
            self._fault = self._eye.fault
            self._screen = state.after(self._screen, Stopped(self._fault), now_s)

    def _count_waiting(self, now_s: float) -> None:
        # The spool's lock is held during an fsync: asking at every frame would make them wait.
        if now_s - self._counted_at_s < 0.25:
            return
        self._counted_at_s = now_s
        spool = self._gate.spool
        self._screen = replace(
            self._screen,
            waiting=spool.waiting_count(),
            aside=spool.set_aside_count(),
            skew_s=self._gate.client.skew_s,
        )

    def _pressed(self, key: int) -> bool:
        """Do what `key` asks; return False to quit."""
        letter = chr(key & 0xFF).lower() if key >= 0 else ""
        if letter in _QUIT:
            return False
        if letter in _NEXT:
            self._screen = state.dismissed(self._screen)
        elif letter == "l":
            self._screen = state.in_next_language(self._screen)
        elif letter == "e":
            self._screen = replace(self._screen, type=self._station.turn())
        elif letter == "z":
            self._annul_last()
        return True

    def _annul_last(self) -> None:
        last = self._screen.last
        if last is None:
            self._screen = state.with_notice(self._screen, "nothing_to_annul", time.monotonic())
        else:
            self._courier.annul(last.scan.scan_id, "taken back at the gate")

    def _close(self) -> None:
        self._eye.close()
        self._courier.finish()
        self._sound.close()
        if count := self._gate.spool.waiting_count():
            sys.stderr.write(say(self._screen.language, "still_waiting", count=count) + "\n")
        self._gate.close()


def run_window(gate: Gate, frames: Frames, decoder: Decoder) -> None:
    """Run the gate in a full-screen window until somebody quits.

    Raises:
        ScannerError: the camera broke, or the device was revoked.
    """
    if not can_shape():
        sys.stderr.write(say(gate.language, "no_raqm") + "\n")
    Window(gate, frames, decoder).run()


def _open_window() -> None:
    # Without GUI_NORMAL Qt adds a toolbar, and a menu on the right mouse button.
    cv2.namedWindow(TITLE, cv2.WINDOW_NORMAL | cv2.WINDOW_KEEPRATIO | cv2.WINDOW_GUI_NORMAL)
    cv2.resizeWindow(TITLE, WIDTH_PX, HEIGHT_PX)
    cv2.setWindowProperty(TITLE, cv2.WND_PROP_FULLSCREEN, cv2.WINDOW_FULLSCREEN)


def _all_of(source: queue.Queue[T]) -> list[T]:
    taken = []
    while True:
        try:
            taken.append(source.get_nowait())
        except queue.Empty:
            return taken
