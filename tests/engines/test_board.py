"""The live board in the other engines: streamed, and found again after the server was away."""

from __future__ import annotations

import pytest

from tests.engines.conftest import Hall, sign_in
from tests.engines.driven import DrivenBrowser

pytestmark = pytest.mark.proof

BOARD = "/events/rabat-2025/board"
_ARRIVED = """(count) => {
  const shown = document.querySelector("[data-total=arrived]").textContent;
  return Number(shown.replace(/\\D/g, "")) === count;
}"""
_POLLED_AFTER_S = 5


@pytest.mark.parametrize("view", ["", "?wall=1"])
def test_arrivals_are_streamed(browser: DrivenBrowser, hall: Hall, view: str) -> None:
    sign_in(browser, hall)
    browser.open(f"{hall.url}{BOARD}{view}")
    browser.wait_for("#state[data-state=live]")
    before = hall.arrived()

    assert hall.scan(hall.take_code())["status"] == "ok"

    browser.wait(_ARRIVED, before + 1, seconds=_POLLED_AFTER_S / 2)
    assert browser.faults() == []


def test_the_board_finds_its_server_again(browser: DrivenBrowser, hall: Hall) -> None:
    sign_in(browser, hall)
    browser.open(hall.url + BOARD)
    browser.wait_for("#state[data-state=live]")
    hall.server.kill()
    try:
        browser.wait_for("#state:not([data-state=live])")
    finally:
        hall.server.start()

    hall.scan(hall.take_code())

    browser.wait(_ARRIVED, hall.arrived(), seconds=2 * _POLLED_AFTER_S)
    browser.wait_for("#state[data-state=live]", seconds=60)
