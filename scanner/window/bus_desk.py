"""The list of a bus in the window: who is missing is taken out, one key lets the others in."""

from __future__ import annotations

import queue
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Protocol

from checkin.domain.scanning.facts import Direction, WithoutBadge
from scanner.core.errors import (
    DeskBudget,
    DeskLocked,
    RequestRejected,
    ScannerError,
    SearchBudget,
    SearchClosed,
    ServerUnreachable,
    SpoolUnwritable,
)
from scanner.core.scan import Kind, ListedScan, Verdict
from scanner.gate.bus import (
    NO_LIST,
    bus_list_of,
    let_in_ids,
    moved,
    scans_of,
    spaced,
    summed_up,
    typed,
)
from scanner.gate.volunteer_requests import NO_SEARCH, BusKey
from scanner.window.background import Answer, BackgroundTasks
from scanner.window.bus_panel import BusPanel, noticed, scrolled
from scanner.window.state import Screen, with_notice
from scanner.window.system.keyboard import BACKSPACE, DOWN, ENTER, ESCAPE, UP

_READ_S = 8.0
_PIN_REFUSED = 403
_OPEN, _CHECK, _UNDO = "open", "check", "undo"
_LET_PASS = frozenset({Kind.ADMITTED, Kind.ALREADY, Kind.PENDING})
ANNULLED = "taken back at the gate"


class Lists(Protocol):
    """The methods of `OfflineGate` that a bus uses."""

    def leads_bus(self, code: str) -> bool:
        """Say whether a badge opens the list of a bus that is held."""
        ...

    def bus_list(self, code: str) -> dict[str, Any] | None:
        """Open the list that is held."""
        ...


class Letting(Protocol):
    """The methods of `Courier` that a bus uses."""

    def admit_bus(self, scans: Sequence[ListedScan], tell: Callable[[Verdict], None]) -> None:
        """Store the scans of a bus, and get the verdict of each."""
        ...

    def annul_bus(self, scan_ids: Sequence[str], reason: str) -> int:
        """Take back the scans of a bus, and return how many of them are."""
        ...


class BusDesk:
    """Opens the list of a bus, lets those in who are ticked, and takes the bus back."""

    def __init__(
        self,
        open_bus: Callable[[BusKey, str], dict[str, Any]],
        lists: Lists,
        courier: Letting,
        clock: Callable[[], datetime],
    ) -> None:
        """Take whom to ask.

        Args:
            open_bus: asks the server for a list, with a supervisor's PIN or an empty text.
            clock: tells this device's time.
        """
        self._open_bus = open_bus
        self._lists = lists
        self._courier = courier
        self._clock = clock
        self._asked = BusKey()
        self._verdicts: queue.Queue[Verdict] = queue.Queue()
        self._tasks = BackgroundTasks()

    def close(self) -> None:
        """Stop after what is running."""
        self._tasks.close()

    def heard(self, screen: Screen, verdict: Verdict, at_s: float) -> Screen:
        """Return the screen after a verdict: a leader's badge opens the list of their bus."""
        scan = verdict.scan
        passes = verdict.kind in _LET_PASS and scan.type == Direction.ENTRY
        if passes and scan.code and self._lists.leads_bus(scan.code):
            return self.open(screen, BusKey(code=scan.code), at_s)
        return screen

    def open(self, screen: Screen, key: BusKey, at_s: float, pin: str = "") -> Screen:
        """Ask for a list; it is shown when it comes. A list that is being worked on stays."""
        if screen.bus and screen.bus.result is None:
            return screen
        self._tasks.send(_OPEN, at_s, lambda: self._opened(key, pin))
        self._asked = key
        return replace(screen, bus=None)

    def pressed(self, screen: Screen, panel: BusPanel, name: str) -> Screen:
        """Return the screen after a key while the list is shown."""
        if panel.waiting:
            return screen
        if name == ESCAPE or (panel.result and name in (ENTER, " ")):
            return replace(screen, bus=None)
        if panel.result and name in (UP, DOWN):
            return replace(screen, bus=scrolled(panel, 1 if name == DOWN else -1))
        if panel.result:
            is_undo = name == "z" and not panel.is_undone
            return replace(screen, bus=self._undone(panel)) if is_undo else screen
        if name == ENTER and not panel.bus.people:
            return self.open(replace(screen, bus=None), panel.key, panel.asked_s, panel.pin or "")
        if name == ENTER and panel.pin is None and panel.bus.letters.strip():
            return replace(screen, bus=_kept_out(panel))
        if name == ENTER:
            return replace(screen, bus=self._entered(screen, panel))
        return replace(screen, bus=_retyped(panel, name))

    def take(self, screen: Screen, at_s: float) -> tuple[Screen, list[Verdict]]:
        """Return the screen after what was answered meanwhile, and a whole bus's verdicts."""
        while not self._tasks.answers.empty():
            screen = self._answered(screen, self._tasks.answers.get_nowait(), at_s)
        whole: list[Verdict] = []
        while not self._verdicts.empty():
            screen = _with_verdict(screen, self._verdicts.get_nowait())
            if screen.bus and screen.bus.result:
                whole += screen.bus.verdicts
        return screen, whole

    def _opened(self, key: BusKey, pin: str) -> dict[str, Any]:
        try:
            return self._open_bus(key, pin)
        except (ServerUnreachable, RequestRejected):
            held = self._lists.bus_list(key.code) if key.code else None
            if held is None or pin:
                raise
            return held

    def _entered(self, screen: Screen, panel: BusPanel) -> BusPanel:
        if screen.without_badge != WithoutBadge.SUPERVISORS:
            return self._admitted(panel)
        if not panel.pin:
            return noticed(replace(panel, pin=""), "bus_pin")
        self._tasks.send(_CHECK, panel.asked_s, lambda: self._opened(panel.key, panel.pin or ""))
        return noticed(panel, "asking")

    def _admitted(self, panel: BusPanel) -> BusPanel:
        scans = scans_of(panel.bus, self._clock(), panel.pin or "")
        try:
            self._courier.admit_bus(scans, self._verdicts.put)
        except ScannerError as fault:
            return noticed(panel, fault.code, **fault.details)
        going = replace(panel, waiting=len(scans), verdicts=(), notice=None)
        return going if scans else _summed_up(going)

    def _undone(self, panel: BusPanel) -> BusPanel:
        ids = let_in_ids(panel.verdicts)
        if not ids:
            return panel
        if not panel.is_asked:
            return noticed(replace(panel, is_asked=True), "bus_undo_again", count=len(ids))
        self._tasks.send(_UNDO, panel.asked_s, lambda: self._courier.annul_bus(ids, ANNULLED))
        return noticed(replace(panel, is_asked=False), "asking")

    def _answered(self, screen: Screen, answer: Answer, at_s: float) -> Screen:
        if answer.task == _OPEN:
            return _with_list(screen, answer, self._asked, at_s)
        panel = screen.bus
        if panel is None or panel.asked_s != answer.asked_s:
            return screen
        if answer.task == _CHECK:
            return replace(screen, bus=self._checked(panel, answer.fault))
        return replace(screen, bus=_taken_back(panel, answer))

    def _checked(self, panel: BusPanel, fault: ScannerError | None) -> BusPanel:
        if fault is None:
            return self._admitted(panel)
        key = "pin_refused" if isinstance(fault, RequestRejected) else "override_offline"
        return noticed(replace(panel, pin=""), key)


def _kept_out(panel: BusPanel) -> BusPanel:
    """Return the panel with the reason why Enter let nobody in: a badge may have typed its code."""
    bus = panel.bus if panel.bus.shown else typed(panel.bus, "")
    return noticed(replace(panel, bus=bus), "bus_letters")


def _retyped(panel: BusPanel, name: str) -> BusPanel:
    if name in (UP, DOWN):
        return replace(panel, bus=moved(panel.bus, 1 if name == DOWN else -1))
    if panel.pin is not None:
        pin = panel.pin[:-1] if name == BACKSPACE else panel.pin + name * (len(name) == 1)
        return replace(panel, pin=pin, notice=None)
    if name == " ":
        return replace(panel, bus=spaced(panel.bus), notice=None)
    letters = panel.bus.letters
    letters = letters[:-1] if name == BACKSPACE else letters + name * (len(name) == 1)
    return replace(panel, bus=typed(panel.bus, letters), notice=None)


def _with_list(screen: Screen, answer: Answer, key: BusKey, at_s: float) -> Screen:
    fault, asking = answer.fault, BusPanel(NO_LIST, key, at_s, pin="")
    if isinstance(fault, SearchBudget):
        return replace(screen, bus=noticed(asking, fault.code, **fault.details))
    if isinstance(fault, RequestRejected) and fault.error in NO_SEARCH:
        return with_notice(screen, fault.error, at_s, lasts_s=_READ_S)
    if isinstance(fault, RequestRejected) and fault.status == _PIN_REFUSED:
        return replace(screen, bus=noticed(asking, "pin_refused"))
    if isinstance(fault, (DeskBudget, DeskLocked, SearchClosed, SpoolUnwritable)):
        return with_notice(screen, fault.code, at_s, lasts_s=_READ_S, **fault.details)
    if fault:
        return with_notice(screen, "bus_not_opened", at_s, lasts_s=_READ_S)
    return replace(screen, form=None, bus=BusPanel(bus_list_of(answer.result), key, at_s))


def _with_verdict(screen: Screen, verdict: Verdict) -> Screen:
    admitted = screen.admitted + (verdict.kind == Kind.ADMITTED)
    screen = replace(screen, admitted=admitted, online=screen.online and not verdict.offline)
    panel = screen.bus
    if panel is None or not panel.waiting:
        return screen
    panel = replace(panel, verdicts=(*panel.verdicts, verdict), waiting=panel.waiting - 1)
    return replace(screen, bus=panel if panel.waiting else _summed_up(panel))


def _summed_up(panel: BusPanel) -> BusPanel:
    kinds = [verdict.kind for verdict in panel.verdicts]
    return replace(panel, result=summed_up(kinds, panel.bus.in_before))


def _taken_back(panel: BusPanel, answer: Answer) -> BusPanel:
    if answer.fault:
        return noticed(panel, "bus_undo_offline")
    of_all = {"count": answer.result, "all": len(let_in_ids(panel.verdicts))}
    return noticed(replace(panel, is_undone=True), "bus_undone", **of_all)
