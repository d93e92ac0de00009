"""Handle the keys: a hand scanner's code, a letter in a form, or a command."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from dataclasses import replace

from checkin.domain.scanning.rehearsal import Practice
from checkin.domain.scanning.verdict import Source
from checkin.protocol.codes import looks_like_ours
from scanner.core.typed import code_letter, meant_code, meant_key
from scanner.gate.station import Station
from scanner.gate.volunteer_requests import BusKey, FoundBus
from scanner.window import state
from scanner.window.bus_desk import BusDesk
from scanner.window.counter import KEYS, Counter
from scanner.window.form import Form, Purpose
from scanner.window.keys import Burst, KeyCollector, Pressed
from scanner.window.state import Screen
from scanner.window.system.keyboard import ENTER, ESCAPE, Key

_QUIT = ("q", ESCAPE)
_NEXT = (" ", ENTER)
_HELP = ("?", "؟")
#: commands that act at once: somebody types right after them, or shows the next badge
AT_ONCE = frozenset("tfow ")


class Commands:
    """Carries out what the keys ask for.

    Attributes:
        acts: what each key does that opens no form.
        is_over: somebody has quit.
    """

    def __init__(
        self,
        station: Station,
        counter: Counter,
        bus: BusDesk,
        practise: Callable[[Practice], None],
        send_again: Callable[[], None],
    ) -> None:
        """Take whom to tell.

        Args:
            practise: shows the verdict of a practice badge.
            send_again: sends once more what was set aside.
        """
        self._send_again = send_again
        self._bus = bus
        self._station = station
        self._counter = counter
        self._practise = practise
        self._practices = itertools.cycle(Practice)
        self._keys = KeyCollector(AT_ONCE)
        self.acts: Mapping[str, Callable[[Screen, float], Screen]] = {
            **dict.fromkeys(_QUIT, self._quit),
            **dict.fromkeys(_NEXT, lambda screen, _now_s: state.dismissed(screen)),
            **dict.fromkeys(_HELP, lambda screen, _now_s: replace(screen, is_helping=True)),
            "e": lambda screen, _now_s: replace(screen, type=station.turn()),
            "l": lambda screen, _now_s: state.in_next_language(screen),
            "m": lambda screen, _now_s: replace(screen, is_mirrored=not screen.is_mirrored),
            "p": self._practised,
            "r": self._sent_again,
            "s": state.sound_switched,
        }
        self.is_over = False

    def typed(self, screen: Screen, keys: list[tuple[Key, float]], now_s: float) -> Screen:
        """Return the screen after these keys, each with its time."""
        for key, at_s in keys:
            in_form = _is_typing(screen)
            screen = self._after(screen, self._keys.pressed(key, at_s, in_form=in_form), now_s)
        in_form = _is_typing(screen)
        return self._after(screen, self._keys.at_time(now_s, in_form=in_form), now_s)

    def _after(self, screen: Screen, events: list[Pressed], now_s: float) -> Screen:
        for event in events:
            if isinstance(event, Burst):
                screen = self._burst(screen, event, now_s)
            else:
                screen = self._pressed(screen, event, now_s)
        return screen

    def _burst(self, screen: Screen, burst: Burst, now_s: float) -> Screen:
        code = meant_code(burst.text, burst.places)
        if _is_typing(screen) and not looks_like_ours(code):
            for letter in burst.text:  # quick fingers in a form
                screen = self._pressed(screen, Key(letter), now_s)
        elif burst.text.strip():
            sight = self._station.saw(burst.text, now_s, Source.WEDGE, burst.places)
            return state.with_sight(screen, code, sight, now_s)
        return screen

    def _pressed(self, screen: Screen, key: Key, now_s: float) -> Screen:
        form, bus = screen.form_in_front, screen.bus_in_front
        if screen.is_helping:
            return _after_help(screen, meant_key(key.name, key.place))
        if bus:
            name = meant_key(key.name, key.place) if bus.result else key.name
            return self._bus.pressed(screen, bus, name)
        if (screen.form and not form) or screen.bus:
            # A verdict came while somebody typed a name: its next letter must not be a command.
            return state.dismissed(screen)
        if form and key.name == ENTER and (found := _found_bus(form)):
            return self._bus.open(replace(screen, form=None), BusKey(bus_id=found.id), now_s)
        if form:
            typed = code_letter(key.name, key.place) if form.purpose == Purpose.CODE else key.name
            return self._counter.pressed(screen, form, typed, now_s)
        command = meant_key(key.name, key.place)
        if command in KEYS:
            return self._counter.open(screen, KEYS[command], now_s)
        act = self.acts.get(command)
        return act(screen, now_s) if act else screen

    def _quit(self, screen: Screen, now_s: float) -> Screen:
        """Quit; while something typed was not sent, only when the key is pressed again."""
        asked = screen.notice and screen.notice[0] == "drafts_unsent"
        if screen.drafts and not asked:
            return state.with_notice(screen, "drafts_unsent", now_s)
        self.is_over = True
        return screen

    def _sent_again(self, screen: Screen, _now_s: float) -> Screen:
        if screen.aside:
            self._send_again()
        return screen

    def _practised(self, screen: Screen, now_s: float) -> Screen:
        # While people come, it might be taken for the verdict of whoever stands there.
        if screen.idle is None:
            return state.with_notice(screen, "practice_later", now_s)
        self._practise(next(self._practices))
        return screen


def _after_help(screen: Screen, command: str) -> Screen:
    """Return the volunteer's card after the keys, when the key of the help is pressed again."""
    goes_on = command in _HELP and not screen.is_card_shown
    return replace(screen, is_helping=goes_on, is_card_shown=goes_on)


def _found_bus(form: Form) -> FoundBus | None:
    """Return the bus that is marked among what a search has found."""
    chosen = form.choice.value if form.purpose == Purpose.SEARCH and form.choice else None
    return chosen if isinstance(chosen, FoundBus) else None


def _is_typing(screen: Screen) -> bool:
    """Say whether letters are typed into something, and are no commands."""
    return bool(screen.form_in_front or screen.bus_in_front)
