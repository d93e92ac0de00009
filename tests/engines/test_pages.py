"""The organisers' and coordinators' pages in the other engines: whole, quiet, and by keyboard."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.browser.test_accessibility import PAGES
from tests.engines.conftest import Hall, sign_in
from tests.engines.driven import ENTER, TAB, DrivenBrowser
from tests.engines.webkit import WebKit

pytestmark = pytest.mark.proof

_DELEGATION = "/events/rabat-2025/delegations/1"
_MORE = [
    "/operators",
    "/account/second-factor",
    "/events/rabat-2025/look",
    *(
        f"{_DELEGATION}{page}"
        for page in ("", "/import", "/badges", "/link", "/buses", "/arrivals")
    ),
]
_SIZES = [(450, 800), (1280, 900)]  # Firefox makes no window that is narrower
_BEYOND = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
_RING = "() => getComputedStyle(document.activeElement).outlineStyle"
_LIST = "Nom,Nom en arabe,Téléphone\nBahia Idrissi,بهية الإدريسي,12\n"


def test_signing_in_needs_only_the_keyboard(browser: DrivenBrowser, hall: Hall) -> None:
    browser.open(f"{hall.url}/login?lang=fr")
    browser.type("#email", "admin@example.org")
    browser.press(TAB + hall.password)
    assert browser.run(_RING) == "solid"
    browser.press(ENTER)

    browser.wait_for(".signed-in")
    assert browser.faults() == []


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_no_page_is_at_fault_or_wider_than_its_window(
    browser: DrivenBrowser, hall: Hall, language: str
) -> None:
    sign_in(browser, hall)
    browser.faults()
    found = []
    for width, height in _SIZES:
        browser.resize(width, height)
        for page in [page for page in PAGES if page != "/nowhere"] + _MORE:
            browser.open(f"{hall.url}{page}{'&' if '?' in page else '?'}lang={language}")
            found += [(page, width, fault) for fault in browser.faults()]
            if browser.run(_BEYOND) > 0:
                found.append((page, width, "wider than its window"))

    assert found == []


def test_a_file_is_sent_and_shown_row_by_row(
    browser: DrivenBrowser, hall: Hall, tmp_path: Path
) -> None:
    file = tmp_path / "liste.csv"
    file.write_text(_LIST, "utf-8")
    sign_in(browser, hall)
    browser.open(f"{hall.url}{_DELEGATION}/import?lang=fr")

    browser.type("#file", str(file))
    browser.click("form[data-sending] button")

    browser.wait_for("#review [aria-invalid=true]")
    assert browser.faults() == []


def test_control_a_fault_of_a_page_is_reported(browser: DrivenBrowser, hall: Hall) -> None:
    if isinstance(browser, WebKit):
        pytest.skip("WebKit's driver passes nothing of the console on")
    browser.open(f"{hall.url}/login?lang=fr")
    browser.faults()

    browser.run("() => setTimeout(() => { throw new Error('our own'); })")
    browser.run("() => { document.body.innerHTML += '<img src=\"http://127.0.0.1:1/x.png\">'; }")
    browser.run("() => new Promise((done) => setTimeout(done, 500))")

    told = " ".join(browser.faults())
    assert "our own" in told
    assert "Content" in told  # the policy's, against a picture from elsewhere
