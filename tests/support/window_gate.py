"""The window of a gate without its camera and its picture: what its keys do, at a real server."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from scanner.core.scan import Kind
from scanner.gate.desk_requests import Desk, DeskRequests
from scanner.gate.gate import Gate
from scanner.offline.held_list import HeldList
from scanner.offline.spool import Spool
from scanner.server.client import Client
from scanner.window import state
from scanner.window.bus_desk import BusDesk
from scanner.window.commands import Commands
from scanner.window.counter import Counter
from scanner.window.system.keyboard import Key
from tests.support.errands import BUS, FORM, FOUND, RESULT, VERDICT
from tests.support.waiting import wait_for

_SHOWS: dict[str, Callable[[state.Screen], object]] = {
    FORM: lambda screen: screen.form,
    FOUND: lambda screen: screen.form and screen.form.options,
    VERDICT: lambda screen: screen.recent.scans and not screen.form,
    BUS: lambda screen: screen.bus and screen.bus.bus.people,
    RESULT: lambda screen: screen.bus and screen.bus.result,
}


class WindowGate:
    """The parts of a window, put together as it does, and somebody at its keyboard."""

    def __init__(self, url: str, token: str, folder: Path, leader: str) -> None:
        client = Client(url, token=token)
        spool, held = Spool(folder, frame=client.clock.frame), HeldList(folder)
        self._gate = Gate(client=client, spool=spool, held=held, language="fr", type="entry")
        self._told: list[Any] = []
        self._station, self._courier = self._gate.open(self._told.append)
        self._courier.start()
        courier = self._courier
        desk = Desk(self._gate.desk, courier.came_today, self._gate.link, courier.decide_listed)
        self._requests = DeskRequests(
            client, courier.keep, courier.keep_newcomer, desk, client.clock.now
        )
        self._counter = Counter(
            *(self._requests, self._station, self._told.append, pytest.fail),
            *(courier.admit, courier.annul),
        )
        self._bus = BusDesk(self._requests.open_bus, courier.lists, courier, self._station.clock)
        commands = (self._station, self._counter, self._bus, pytest.fail, pytest.fail)
        self._commands = Commands(*commands)
        self._leader = leader
        self.screen = state.Screen(language="fr", online=True)
        wait_for(lambda: held.is_there, "the gate list")

    def press(self, key: str) -> None:
        """Press a key as a hand does: it is certain before the next one."""
        now_s = time.monotonic()
        name = {"space": " "}.get(key, key)
        self.screen = self._commands.typed(self.screen, [(Key(name), now_s)], now_s)
        self.screen = self._commands.typed(self.screen, [], now_s + 0.4)

    def click(self, button: str) -> None:
        """Fail: the window has no buttons."""
        raise NotImplementedError(button)

    def show(self) -> None:
        """Show the badge of the bus's leader to the camera."""
        self._station.saw(self._leader, time.monotonic())

    def wait_until(self, what: str) -> None:
        """Wait until something is on the screen."""
        wait_for(lambda: self._turned() and _SHOWS[what](self.screen), what, 60)

    @property
    def admitted(self) -> str:
        """The name of whom the newest verdict lets in; "" for nobody."""
        newest = self.screen.recent.listed[0].verdict
        return (
            str(newest.participant["name"])
            if newest.kind == Kind.ADMITTED and newest.participant
            else ""
        )

    def close(self) -> None:
        """End the threads and close the files."""
        self._bus.close()
        self._counter.background_tasks.close()
        self._courier.finish()
        self._gate.close()

    def _turned(self) -> bool:
        now_s = time.monotonic()
        while self._told:
            event = self._told.pop(0)
            self.screen = state.after(self.screen, event, now_s)
            if hasattr(event, "scan"):
                self.screen = self._bus.heard(self.screen, event, now_s)
        answers = self._counter.background_tasks.answers
        while not answers.empty():
            self.screen = self._counter.take(self.screen, answers.get_nowait(), now_s)
        self.screen, _whole = self._bus.take(self.screen, now_s)
        return True
