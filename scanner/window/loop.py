"""The main loop of the window. Decoding and network have their own threads."""

from __future__ import annotations

import queue
import sys
import time
from dataclasses import replace
from typing import TypeVar

import cv2

from checkin.domain.scanning.rehearsal import Practice
from checkin.domain.scanning.verdict import Source
from scanner.camera.sources import Frame, Frames, open_source
from scanner.camera.steady import Steady
from scanner.core.errors import DeviceWiped, ScannerError
from scanner.core.scan import Verdict
from scanner.core.sound import Sound, gravest
from scanner.decode.base import Decoder
from scanner.gate.desk_requests import Desk, DeskRequests
from scanner.gate.gate import Gate
from scanner.gate.volunteer_requests import delegations_in
from scanner.server.events import Annulled, GateEvent, Stopped
from scanner.window import state
from scanner.window.bus_desk import BusDesk
from scanner.window.commands import Commands
from scanner.window.counter import Counter
from scanner.window.decoder_thread import DecoderThread, Remark, SeenCode
from scanner.window.drawing.compose import HEIGHT_PX, WIDTH_PX, compose
from scanner.window.drawing.text import can_shape
from scanner.window.practice import shown_practice
from scanner.window.system.awake import kept_awake
from scanner.window.system.display import TITLE, shown_window
from scanner.window.system.listening import Keyboard
from scanner.window.system.surroundings import Surroundings
from scanner.words import say

_WAIT_FOR_KEY_MS = 25
_BATTERY_EVERY_S = 10.0
T = TypeVar("T")


class Window:
    """The window of one gate."""

    def __init__(self, gate: Gate, frames: Frames, decoder: Decoder) -> None:
        self._gate = gate
        self._gate_events: queue.Queue[GateEvent] = queue.Queue()
        self._station, self._courier = gate.open(self._gate_events.put)
        self._eye = DecoderThread(frames, decoder, self._station)
        requests = DeskRequests(
            gate.client,
            self._courier.keep,
            self._courier.keep_newcomer,
            self._desk(),
            self._station.clock,
        )
        self._counter = Counter(
            requests,
            self._station,
            self._gate_events.put,
            self._look_through,
            self._courier.admit,
            self._courier.annul,
        )
        self._bus = BusDesk(
            requests.open_bus, self._courier.lists, self._courier, self._station.clock
        )
        self._commands = Commands(
            self._station,
            self._counter,
            self._bus,
            self._practise,
            self._courier.send_set_aside_again,
        )
        self._keyboard = Keyboard()
        self._sound = Sound()
        self._fault: ScannerError | None = None
        self._counted_at_s = 0.0
        self._surroundings = Surroundings(gate)
        self._drawn: tuple[Frame | None, state.Screen] | None = None
        place = gate.held.place() or gate.place
        self._screen = state.Screen(
            language=gate.language,
            gate=str(place.get("name", "")),
            gate_ar=str(place.get("name_ar") or ""),
            gate_id=place.get("id"),
            timezone=str(gate.event.get("timezone", "")),
            type=gate.type,
            delegations=delegations_in(gate.spool.memory.lent()),
        )

    def _desk(self) -> Desk:
        gate, courier = self._gate, self._courier
        return Desk(gate.desk, courier.came_today, gate.link, courier.decide_listed)

    def run(self) -> None:
        """Run the window until somebody quits.

        Raises:
            ScannerError: the fault that was on the screen when they did.
        """
        why = say(self._screen.language, "scans_badges")
        with shown_window(WIDTH_PX, HEIGHT_PX) as see_to_it, kept_awake(why) as is_awake:
            if not is_awake:
                self._remark("may_sleep", time.monotonic())
            self._courier.start()
            self._eye.start()
            while self._turn():
                see_to_it()
            self._keyboard.close()
        self._close()
        if self._fault:
            raise self._fault

    def _turn(self) -> bool:
        new = self._take_events()
        self._draw()
        keys = self._keyboard.wait(_WAIT_FOR_KEY_MS)
        if new and not self._screen.is_muted:
            self._sound.play(
                gravest(verdict.kind for verdict in new)
            )  # after the picture: never before the verdict
        self._screen = self._commands.typed(self._screen, keys, time.monotonic())
        return (
            not self._commands.is_over and cv2.getWindowProperty(TITLE, cv2.WND_PROP_VISIBLE) >= 1
        )

    def _draw(self) -> None:
        frame, readings = self._eye.newest
        sightings = tuple(state.Sighting(r.text, r.corners) for r in readings)
        screen = replace(self._screen, sightings=sightings)
        if (frame, screen) != self._drawn:  # frames compare by identity
            self._drawn = (frame, screen)
            cv2.imshow(TITLE, compose(screen, frame.image if frame else None))

    def _take_events(self) -> list[Verdict]:
        now_s = time.monotonic()
        gate_events = _all_of(self._gate_events)
        for gate_event in gate_events:
            self._take(gate_event, now_s)
        for remark in _all_of(self._eye.remarks):
            self._remark(remark, now_s)
        for answer in _all_of(self._counter.background_tasks.answers):
            self._screen = self._counter.take(self._screen, answer, now_s)
        self._screen, of_bus = self._bus.take(self._screen, now_s)
        self._notice_broken_source(now_s)
        self._count_waiting(now_s)
        self._screen = self._surroundings.look(self._screen, now_s)
        self._screen = state.at_time(self._screen, now_s)
        told = [gate_event for gate_event in gate_events if isinstance(gate_event, Verdict)]
        return told + of_bus

    def _take(self, gate_event: GateEvent, now_s: float) -> None:
        party = None
        if isinstance(gate_event, Verdict) and gate_event.scan.source == Source.CAMERA:
            party = self._eye.parties.party_of(gate_event.scan.code)
        self._screen = state.after(self._screen, gate_event, now_s, party=party)
        if isinstance(gate_event, Verdict):
            self._surroundings.note(gate_event, now_s)
            self._screen = self._bus.heard(self._screen, gate_event, now_s)
        if isinstance(gate_event, Annulled) and gate_event.outcome == "annulled":
            self._station.release(self._screen.recent.code_of(gate_event.scan_id))
        if isinstance(gate_event, Stopped):
            self._fault = gate_event.fault
            if isinstance(gate_event.fault, DeviceWiped):
                self._screen = self._counter.wiped(self._screen)

    def _remark(self, remark: Remark, now_s: float) -> None:
        if isinstance(remark, SeenCode):
            self._screen = state.with_sight(self._screen, remark.text, remark.sight, now_s)
            return
        if isinstance(remark, str):
            self._screen = state.with_notice(self._screen, remark, now_s)
            return
        self._screen = state.with_trouble(self._screen, remark)
        if remark is None:
            self._screen = state.with_notice(self._screen, "camera_back", now_s)

    def _notice_broken_source(self, now_s: float) -> None:
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
        )

    def _practise(self, practice: Practice) -> None:
        now = self._gate.client.clock.server_now()
        shown = shown_practice(practice, self._screen.gate, self._screen.language, now)
        self._gate_events.put(shown)

    def _look_through(self, number: int) -> None:
        self._eye.look_at(Steady(str(number), open_source))

    def _close(self) -> None:
        self._eye.close()
        self._courier.finish()
        self._counter.background_tasks.close()
        self._bus.close()
        self._sound.close()
        for key, count in self._gate.spool.left_over():
            sys.stderr.write(say(self._screen.language, key, count=count) + "\n")
        self._gate.close()


def run_window(gate: Gate, frames: Frames, decoder: Decoder) -> None:
    """Run the gate in a full-screen window until somebody quits.

    Raises:
        ScannerError: the camera broke, or the device was revoked.
    """
    if not can_shape():
        sys.stderr.write(say(gate.language, "no_raqm") + "\n")
    Window(gate, frames, decoder).run()


def _all_of(source: queue.Queue[T]) -> list[T]:
    taken = []
    while True:
        try:
            taken.append(source.get_nowait())
        except queue.Empty:
            return taken
