"""Handle the keys: a hand scanner's code, a letter in a form, or a command."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from checkin.domain.scanning.verdict import Source
from checkin.protocol.codes import looks_like_ours
from scanner.core.typed import meant_code, meant_key
from scanner.gate.station import Sight, Station
from scanner.window import state
from scanner.window.counter import KEYS, Counter
from scanner.window.drawing.card import names_of
from scanner.window.keyboard import ENTER, ESCAPE
from scanner.window.keys import Burst, KeyCollector
from scanner.window.state import Screen

_QUIT = ("q", ESCAPE)
_NEXT = (" ", ENTER)
_HELP = ("?", "؟", "h")
_ASKS_S = 8.0


class Commands:
    """Carries out what the keys ask for.

    Attributes:
        is_over: somebody has quit.
    """

    def __init__(
        self, station: Station, counter: Counter, annul: Callable[[str, str], None]
    ) -> None:
        """Take whom to tell; `annul` gets a scan's id and a reason."""
        self._station = station
        self._counter = counter
        self._annul = annul
        self._keys = KeyCollector()
        self.is_over = False

    def typed(self, screen: Screen, keys: list[tuple[str, float]], now_s: float) -> Screen:
        """Return the screen after these keys, each with its time."""
        events = [event for name, at_s in keys for event in self._keys.pressed(name, at_s)]
        events += self._keys.at_time(now_s)
        for event in events:
            if isinstance(event, Burst):
                screen = self._burst(screen, event.text, now_s)
            else:
                screen = self._pressed(screen, event.name, now_s)
        return screen

    def _burst(self, screen: Screen, text: str, now_s: float) -> Screen:
        if screen.form_in_front and not looks_like_ours(meant_code(text)):
            for letter in text:  # quick fingers in a form
                screen = self._pressed(screen, letter, now_s)
        elif text.strip():
            sight = self._station.saw(text, now_s, Source.WEDGE)
            if sight in (Sight.NOT_OURS, Sight.AGAIN):
                return state.with_notice(screen, str(sight), now_s)
        return screen

    def _pressed(self, screen: Screen, name: str, now_s: float) -> Screen:
        form = screen.form_in_front
        if screen.is_helping:
            return replace(screen, is_helping=False)
        if screen.form and not form:
            # A verdict came while somebody typed a name: its next letter must not be a command.
            return state.dismissed(screen)
        if form:
            return self._counter.pressed(screen, form, name, now_s)
        command = meant_key(name)
        if command in KEYS:
            return self._counter.open(screen, KEYS[command], now_s)
        return self._quit(screen, now_s) if command in _QUIT else self._do(screen, command, now_s)

    def _quit(self, screen: Screen, now_s: float) -> Screen:
        """Quit; while something typed was not sent, only when the key is pressed again."""
        asked = screen.notice and screen.notice[0] == "drafts_unsent"
        if screen.drafts and not asked:
            return state.with_notice(screen, "drafts_unsent", now_s)
        self.is_over = True
        return screen

    def _do(self, screen: Screen, command: str, now_s: float) -> Screen:
        if command in _NEXT:
            return state.dismissed(screen)
        if command == "l":
            return state.in_next_language(screen)
        if command == "e":
            return replace(screen, type=self._station.turn())
        if command == "m":
            return replace(screen, is_mirrored=not screen.is_mirrored)
        if command == "s":
            return state.sound_switched(screen, now_s)
        if command == "z":
            return self._annul_last(screen, now_s)
        return replace(screen, is_helping=True) if command in _HELP else screen

    def _annul_last(self, screen: Screen, now_s: float) -> Screen:
        """Take the last scan back, once the key is pressed again while its name is shown."""
        if screen.last is None:
            return state.with_notice(screen, "nothing_to_annul", now_s)
        last = screen.last
        name = next(iter(names_of(last, screen.language)), last.scan.code[-6:])
        asking = state.with_notice(
            screen, "annul_again", now_s, lasts_s=_ASKS_S, name=name, scan_id=last.scan.scan_id
        )
        if screen.notice != asking.notice:
            return asking
        self._annul(last.scan.scan_id, "taken back at the gate")
        return replace(screen, notice=None)
