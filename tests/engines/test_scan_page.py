"""A volunteer's laptop with Firefox, or a Mac: the scan page from its pairing to a lost network."""

from __future__ import annotations

import pytest

from tests.engines.conftest import Hall, show_to_camera
from tests.engines.driven import ENTER, DrivenBrowser

pytestmark = pytest.mark.proof

_CARD = """() => {
  const card = document.querySelector("#verdicts:not([hidden]) .verdict");
  return card && card.dataset.kind;
}"""
#: the newest of the last scans; the card of a read badge goes by itself, perhaps between two looks
_LISTED = """() => document.querySelector("#recent li:first-child")?.dataset.kind"""
_READY = """() => document.documentElement.dataset.kept === "yes" &&
  document.querySelector("#list-age")?.dataset.warn === "false" &&
  !document.querySelector("#code").disabled"""


def _open_gate(browser: DrivenBrowser, hall: Hall, gate: str, language: str = "fr") -> None:
    browser.faults()  # those of the page before
    browser.open("about:blank")  # another fragment alone would not load the page again
    browser.open(hall.pairing_link(gate, language))
    browser.wait_for("#pairing:not([hidden])")


def _pair(browser: DrivenBrowser) -> None:
    browser.click("#pairing button")
    browser.wait(_READY, seconds=30)


def _type_code(browser: DrivenBrowser, code: str) -> str:
    browser.run("() => document.querySelector('#verdicts').click()")
    browser.type("#code", code + ENTER)
    kind: str = browser.wait(_CARD)
    return kind


@pytest.mark.parametrize("language", ["fr", "ar", "en"])
def test_the_page_pairs_and_gives_a_verdict_without_a_fault(
    browser: DrivenBrowser, hall: Hall, language: str
) -> None:
    _open_gate(browser, hall, f"Porte {language}", language)
    _pair(browser)

    assert _type_code(browser, hall.take_code()) == "ok"
    assert browser.faults() == []
    assert browser.run("() => document.fonts.check('16px Vazirmatn')")
    assert browser.text("#line") == {"fr": "En ligne", "ar": "متصل", "en": "Online"}[language]


def test_a_badge_before_the_camera_is_read(browser: DrivenBrowser, hall: Hall) -> None:
    _open_gate(browser, hall, "Porte caméra")
    show_to_camera(browser, hall.take_code())
    browser.click("#pairing button")

    assert browser.wait(_LISTED, seconds=30) == "ok"
    assert browser.faults() == []


def test_a_french_hand_scanner_keeps_out_of_the_browsers_own_search(
    browser: DrivenBrowser, hall: Hall
) -> None:
    _open_gate(browser, hall, "Porte douchette")
    _pair(browser)
    browser.run("""() => {
      window.kept = [];
      addEventListener("keydown", (event) => window.kept.push([event.key, event.defaultPrevented]));
    }""")

    browser.press("'/é")

    assert browser.run("() => window.kept") == [["'", True], ["/", True], ["é", True]]


def test_the_page_goes_on_without_its_server_and_sends_what_waited(
    browser: DrivenBrowser, hall: Hall
) -> None:
    _open_gate(browser, hall, "Porte hors ligne")
    _pair(browser)
    before = hall.arrived()
    hall.server.kill()
    try:
        browser.reload()
        browser.wait("() => document.querySelector('#code')?.disabled === false", seconds=30)
        browser.wait_for("#line[data-state=offline]")
        code = hall.take_code()
        assert _type_code(browser, code) == "pending"
        assert _type_code(browser, hall.take_code()) == "pending"
        browser.run("() => document.querySelector('#verdicts').click()")
        browser.wait("() => !document.querySelector('#waiting').hidden")
    finally:
        hall.server.start()

    browser.wait("() => document.querySelector('#waiting').hidden", seconds=30)
    assert hall.arrived() == before + 2
    assert _type_code(browser, code) == "already"
