"""A shift at the scan page without a mouse, from pairing to the settings, with visible focus."""

from __future__ import annotations

import pytest

from checkin.db.models import Participant, Role, Scan
from checkin.services.accounts.pins import set_pin
from tests.browser.gates.stations import VERDICT, wait_for_list
from tests.browser.gates.test_scan_errands import rows
from tests.support import factories
from tests.web.browsing import an_operator

pytestmark = pytest.mark.browser

PIN = "482193"
_FOCUS_IS_SEEN = """() => {
  if (document.activeElement === document.body) return true; // nothing has it yet
  const {outlineStyle, outlineWidth, boxShadow} = getComputedStyle(document.activeElement);
  return (outlineStyle !== "none" && parseFloat(outlineWidth) >= 2) || boxShadow !== "none";
}"""


@pytest.fixture
def codes(database, event, delegation):
    return factories.badges(database, event, 3, delegation=delegation)


@pytest.fixture
def hands(context, pairing_link, codes):
    """Two hands on a keyboard before a page that nobody has paired yet."""
    page = context.new_page()
    page.goto(pairing_link)
    return Hands(page)


class Hands:
    def __init__(self, page):
        self.page = page

    def press(self, *keys):
        for key in keys:
            self.page.keyboard.press(key)

    def write(self, text):
        self.page.keyboard.type(text)

    def tab_to(self, selector):
        """Go on with Tab until this has the focus; everything on the way shows that it has it."""
        for _ in range(40):
            assert self.page.evaluate(_FOCUS_IS_SEEN), self.page.evaluate(
                "document.activeElement.outerHTML.slice(0, 200)"
            )
            if self.page.evaluate("sought => document.activeElement.matches(sought)", selector):
                return
            self.press("Tab")
        raise AssertionError(f"Tab does not lead to {selector}")

    def leave(self, form):
        self.press("Escape")
        self.page.wait_for_selector(form, state="hidden")

    def wait_for(self, selector):
        self.page.wait_for_selector(selector)


def pair(hands):
    hands.wait_for("#station-name:focus")
    hands.write("Poste de Samira")
    hands.press("Enter")
    hands.wait_for("#station:not([hidden])")
    wait_for_list(hands.page)


def scan(hands, code):
    hands.press("t")
    hands.wait_for("#code:focus")
    hands.write(code)
    hands.press("Enter")


def test_a_whole_shift_without_a_mouse(hands, codes, database, event):
    supervisor = an_operator(database, Role.SUPERVISOR)
    factories.write(database, lambda s: set_pin(s, s.merge(supervisor), PIN, now=factories.NOW))
    pair(hands)

    scan(hands, codes[0])
    hands.wait_for(VERDICT + "[data-kind=ok]")
    hands.press("Escape", "z")
    hands.wait_for("#undo-scan[open]")
    hands.press("Enter")
    hands.wait_for("#note:not(:empty)")
    assert rows(database, Scan.id, Scan.annulled_at)[0][1] is not None

    factories.scan(database, factories.a_device(database, event, "Porte Nord"), codes[1])
    scan(hands, codes[1])
    hands.wait_for(VERDICT + "[data-kind=already]")
    hands.press("Escape")  # out of the field: the refusal stays
    hands.press("o")
    hands.wait_for("#override[open]")
    hands.write(PIN)
    hands.press("Tab")
    hands.write("Badge passé par erreur")
    hands.press("Enter")
    hands.wait_for(VERDICT + "[data-kind=ok]")

    hands.press("Escape", "f")
    hands.wait_for("#search-name:focus")
    hands.write("Militant 2")
    hands.press("Enter")
    hands.wait_for("#found li")
    hands.leave("#search")
    hands.press("w")
    hands.wait_for("#walk-in-name:focus")
    hands.write("Salma Idrissi")
    hands.press("Enter")
    hands.wait_for(VERDICT + "[data-kind=ok]")
    assert "Salma Idrissi" in [name for (name,) in rows(database, Participant.name)]

    hands.press("Escape", "?")
    hands.wait_for("#help[open]")
    hands.leave("#help")
    hands.tab_to("#settings summary")
    hands.press("Enter")
    hands.tab_to("#sound")
    hands.press("Space")
    hands.wait_for("#sound:not(:checked)")
    hands.tab_to("#forget")
