"""The scan page of a gate, at which somebody does errands."""

from __future__ import annotations

from playwright.sync_api import Page

from tests.browser.gates.stations import VERDICT as CARD
from tests.browser.gates.stations import type_code
from tests.support.errands import BUS, DOWN, ENTER, FORM, FOUND, RESULT, SPACE, VERDICT

_KEYS = {ENTER: "Enter", DOWN: "ArrowDown", SPACE: "Space"}
_BUTTONS = {"search": "#open-search", "first": "#found li:first-child button"}
_SHOWS = {
    FORM: "#search[open]",
    FOUND: "#found button:focus",
    VERDICT: CARD,
    BUS: "#bus[open]",
    RESULT: "#bus-result:not([hidden])",
}


class PageGate:
    """The keyboard and the mouse of a page that is paired and has its list."""

    def __init__(self, page: Page, leader: str) -> None:
        self.page = page
        self._leader = leader

    def press(self, key: str) -> None:
        """Press a key."""
        self.page.keyboard.press(_KEYS.get(key, key))

    def click(self, button: str) -> None:
        """Press a button with the mouse."""
        self.page.click(_BUTTONS[button])

    def show(self) -> None:
        """Show the badge of the bus's leader."""
        type_code(self.page, self._leader)

    def wait_until(self, what: str) -> None:
        """Wait until something is on the screen."""
        self.page.wait_for_selector(_SHOWS[what], timeout=60_000)
