"""The first day on the venue's laptop over TLS, at its address on the local network."""

from __future__ import annotations

import json
import re

import pytest
from playwright.sync_api import Error

from checkin.protocol.fingerprints import beginning, fingerprint_of
from checkin.services.network.certificates.authority import authority_of
from tests.browser.first_sign_in import first_sign_in
from tests.browser.gates.stations import card, type_code
from tests.browser.gates.webcam import picture
from tests.support.lan import needs_namespaces, two_machines
from tests.support.servers.venue_server import (
    ADDRESS,
    VenueServer,
    needs_certutil,
    served_with,
    trusting_home,
)

pytestmark = [pytest.mark.browser, needs_namespaces, needs_certutil]

EVENT = {
    "name": "Rencontre régionale",
    "name_ar": "اللقاء الجهوي",
    "venue": "Complexe Ibn Rochd",
    "slug": "rabat-2026",
}
QUOTAS = "Délégation,الوفد,Places\nKhémisset,الخميسات,1000\n"
PEOPLE = "Nom,Nom en arabe,Téléphone\nAmina Alaoui,أمينة العلوي,0612345678\n"


@pytest.fixture(scope="module")
def laptop(installed_chromium):
    """The organisers' machine, where the tests go on as well.

    What starts browsers for all tests stays outside.
    """
    with two_machines() as (here, _), here.entered():
        here.add(f"{ADDRESS}/24")
        yield here


@pytest.fixture(scope="module")
def server(laptop, tmp_path_factory):
    server = VenueServer(tmp_path_factory.mktemp("venue") / "home", worker=True)
    server.password = server.command("init").rpartition(": ")[2].strip()
    server.start()
    yield server
    server.kill()


@pytest.fixture
def browser(laptop, server, chromium, tmp_path):
    """Start Chromium on the laptop, trusting its authority unless told otherwise."""

    def start(pictures=(), *, trusting=True):
        home = tmp_path / ("trusting" if trusting else "fresh")
        if not home.exists():
            trusting_home(home, server.authority) if trusting else home.mkdir()
        program = laptop.program("/usr/bin/chromium", tmp_path)
        return chromium.start(pictures, home=home, program=program)

    return start


def test_the_first_day_over_tls(browser, server, tmp_path):
    page = browser().new_page()
    _sign_in(page, server)
    _create_the_event(page)
    _bring_the_delegation(page, tmp_path)
    _import_the_people(page, server, tmp_path)
    link = _pair_a_gate(page, server)
    (line,) = server.codes()

    gate = browser([(picture(None), 0.5), (picture(line["code"]), 3)]).new_page()
    gate.goto(link)
    gate.fill("#station-name", "Poste de Samira")
    gate.click("#pairing button")

    assert (card(gate)["kind"], card(gate)["name"]) == ("ok", "Amina Alaoui")
    gate.wait_for_selector("html[data-kept=yes]")  # the page's worker, too, was believed
    assert "ca=" not in gate.url
    page.goto(f"{server.url}/events/rabat-2026/board")
    page.wait_for_function("document.body.innerText.includes('1 / 1')")
    type_code(gate, line["code"])
    page.click("form.signed-in button")
    page.wait_for_url(re.compile("/login"))


def _sign_in(page, server):
    page.goto(f"{server.url}/login?lang=fr")
    first_sign_in(page, server.password)
    page.wait_for_url(server.url + "/")


def _create_the_event(page):
    page.click("a[href$='/events/new']")
    for field, text in EVENT.items():
        page.fill(f"#{field}", text)
    page.fill("#starts_at", "2026-12-05T15:00")
    page.fill("#ends_at", "2026-12-05T19:00")
    page.click("main form .button")
    page.wait_for_url(re.compile(r"/start/categories$"))
    page.click("a[href$='/start/delegations']")
    page.wait_for_url(re.compile(r"/start/delegations$"))


def _bring_the_delegation(page, tmp_path):
    file = tmp_path / "quotas.csv"
    file.write_text(QUOTAS, "utf-8")
    page.set_input_files("#file", file)
    page.click("form[action$='/quotas/sheet'] button")
    page.click("button[value=apply]")
    page.wait_for_url(re.compile(r"/start/categories$"))


def _import_the_people(page, server, tmp_path):
    file = tmp_path / "people.csv"
    file.write_text(PEOPLE, "utf-8")
    page.goto(f"{server.url}/events/rabat-2026/quotas")
    page.click("tbody th a")
    page.click("a[href$='/import']")
    page.set_input_files("#file", file)
    page.click("form[action$='/import'] button")
    page.click("button[value=register]")
    page.wait_for_selector("text=Nouvelles inscriptions\u00a0: 1")


def _pair_a_gate(page, server):
    page.goto(f"{server.url}/events/rabat-2026/devices")
    page.fill("#gate", "Porte 1")
    page.click("form[action$='/devices/pairing'] button")
    link = page.inner_text(".pairing .link").strip()
    fingerprint = authority_of(server.folder).fingerprint
    assert re.fullmatch(f"{server.url}/scan#pair=[0-9A-Z]{{8}}&ca={fingerprint.upper()}", link)
    assert page.inner_text(".check") == beginning(fingerprint)
    return link


def _fault(page, url):
    with pytest.raises(Error) as caught:
        page.goto(url)
    return re.search(r"ERR_\w+", str(caught.value))[0]


def test_chromium_trusts_the_authority_at_every_name_that_resolves(browser, server):
    page = browser().new_page()

    for host in (ADDRESS, "127.0.0.1", "localhost"):
        assert page.goto(f"https://{host}:{server.port}/login").ok
    assert _fault(browser(trusting=False).new_page(), server.url) == "ERR_CERT_AUTHORITY_INVALID"


def test_one_name_outside_the_constraints_makes_the_leaf_invalid_for_chromium(browser, server):
    """The control: an authority that people trust is of no use against the rest of the world."""
    page = browser().new_page()

    with served_with(server.folder, "127.0.0.1", "marhaba.local", "marhaba.lan") as inside:
        page.goto(inside)
    for outside in ("192.0.2.2", "example.org", "laptop"):
        with served_with(server.folder, "127.0.0.1", outside) as address:
            assert _fault(page, address).startswith("ERR_CERT_"), outside


def test_the_page_about_trust_shows_what_the_browser_then_believes(browser, server):
    """From the warning to a trusted page, as on somebody's own computer."""
    fresh = browser(trusting=False).new_context(ignore_https_errors=True).new_page()
    fresh.goto(f"{server.url}/login?lang=fr")
    fresh.click("a[href$='/trust']")

    shown = fresh.inner_text(".fingerprint").replace(":", "").lower()
    with fresh.expect_download() as download:
        fresh.click("a[href$='/marhaba-ca.crt']")
    der = download.value.path().read_bytes()
    assert fingerprint_of(der) == shown == authority_of(server.folder).fingerprint


def test_the_scan_page_leads_from_a_missing_camera_to_the_page_about_trust(
    laptop, chromium, tmp_path
):
    """At an http address of the network no browser has a camera, and the page says why."""
    server = VenueServer(tmp_path / "home", tls=False)
    server.load_demo(3)
    server.start()
    page = chromium.start(program=laptop.program("/usr/bin/chromium", tmp_path)).new_page()
    told = server.command("device", "pair", "--gate", "Porte 1", "--json")
    try:
        page.goto(f"{server.url}/scan#pair={json.loads(told)['pairing_code']}")
        page.click("#pairing button")
        page.wait_for_selector("#station:not([hidden])")  # paired from now on
        for language in ("fr", "ar", "en"):
            page.goto(f"{server.url}/scan?lang={language}")
            page.wait_for_selector("#camera-problem[data-fix=insecure]")
            assert "https" in page.inner_text("#camera-problem")
            with page.expect_popup() as popup:
                page.click("#camera-trust a")
            popup.value.wait_for_selector(".notice-warn")
            assert popup.value.get_attribute("html", "lang")[:2] == language
            popup.value.close()
    finally:
        server.kill()
