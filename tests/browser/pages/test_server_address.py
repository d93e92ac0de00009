"""A telephone opens the QR, and the organiser's page turns green by itself."""

from __future__ import annotations

import re

import pytest

from tests.browser.accessibility import serious_findings
from tests.support.servers.venue_network import VenueServer, a_venue

pytestmark = pytest.mark.browser

TELEPHONE = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/130 Mobile Safari/537.36"


@pytest.fixture
def venue_server(tmp_path):
    with a_venue("172.30.9.2/24") as venue:
        server = VenueServer(venue, tmp_path / "home")
        server.password = server.load_demo(10)
        server.start()
        yield server
        server.kill()


def signed_in(server, chromium, language="fr"):
    page = chromium.start().new_context().new_page()
    page.goto(f"{server.url}/login?lang={language}")
    page.fill("#email", "admin@example.org")
    page.fill("#password", server.password)
    page.press("#password", "Enter")
    page.wait_for_url(server.url + "/")
    return page


@pytest.mark.parametrize(("language", "word"), [("fr", "Ouverte"), ("ar", "فُتح")])
def test_the_page_turns_green_when_a_telephone_opens_the_qr(venue_server, chromium, language, word):
    page = signed_in(venue_server, chromium, language)
    page.goto(venue_server.url + "/server-address")
    link = page.inner_text(".telephone-check .link").strip()
    before = page.inner_text(".telephone-check [role=status]")

    telephone = chromium.start().new_context(user_agent=TELEPHONE).new_page()
    telephone.goto(link)

    page.wait_for_selector(".telephone-check[data-opened=yes]")
    assert before.startswith("◷")
    assert page.inner_text(".telephone-check [role=status]").startswith(f"✓ {word}")
    assert link.startswith(venue_server.url + "/t/")
    assert telephone.locator(".notice-ok").is_visible()
    assert serious_findings(page) == []
    assert serious_findings(telephone) == []


def test_the_first_steps_go_on_once_it_is_green(venue_server, chromium):
    page = signed_in(venue_server, chromium)
    page.goto(venue_server.url + "/events/rabat-2025/start/address")
    go_on = page.locator(".when-opened a")
    hidden = go_on.is_hidden()

    telephone = chromium.start().new_context(user_agent=TELEPHONE).new_page()
    telephone.goto(page.inner_text(".telephone-check .link").strip())

    go_on.click()
    page.wait_for_url(re.compile(r"/start/(?!address)"))
    assert hidden
    assert page.locator(".first-steps [data-state=done] a[href$='/start/address']").count() == 1


def test_everything_shown_leads_to_the_address_of_the_network(venue_server, chromium):
    page = signed_in(venue_server, chromium)

    page.goto(venue_server.url + "/events/rabat-2025/devices")
    page.fill("#gate", "Porte 1")
    page.click("form[action$='/pairing'] button")
    pairing = page.inner_text(".pairing .link")
    page.goto(venue_server.url + "/events/rabat-2025/participants/1")
    badge = page.get_attribute("a[href*='/b/']:not([href*='wa.me']):not([href^='sms'])", "href")

    assert pairing.startswith(f"{venue_server.url}/scan#pair=")
    assert badge.startswith(f"{venue_server.url}/b/")


def test_the_chosen_network_holds_for_the_page_and_for_commands(venue_server, chromium):
    page = signed_in(venue_server, chromium)
    other = f"http://172.30.9.2:{venue_server.port}"
    page.goto(venue_server.url + "/server-address")

    page.check("input[value='172.30.9.2']")
    page.click("form[action$='/lan'] button")

    assert page.inner_text(".public-address") == other
    assert f"--server {other} " in venue_server.command("device", "pair", "--gate", "Porte 1")
