"""A day's work in Chromium at https://localhost/marhaba.

It is done behind nginx that leaves the path as it is, behind nginx that takes it off, and behind a
plain proxy that takes it off and can pass no streams on.
"""

from __future__ import annotations

from contextlib import ExitStack

import pytest
from pypdf import PdfReader
from sqlalchemy import select

from checkin.db.models import Role, Scan
from checkin.services.badges.page import page_secret
from tests.browser.downloads import file_of_job
from tests.browser.gates.stations import (
    card,
    open_station,
    pairing_link_at,
    type_code,
    wait_for_list,
)
from tests.browser.gates.webcam import picture
from tests.browser.pages.test_delegation_import import people
from tests.support import factories
from tests.support.api_client import a_scan
from tests.support.factories import KEYS
from tests.support.others.reverse_proxies import nginx, plain_proxy, served_to_proxies
from tests.web.browsing import PASSWORD, an_operator

pytestmark = pytest.mark.browser

EVENT = "/events/rabat-2025"
#: what nobody else vouches for; for service workers this is the only way
_TRUST = ("--ignore-certificate-errors",)
LIST = "Nom,Téléphone\nAmina Alaoui,0612345678\n"


@pytest.fixture
def server(database_url, event, tmp_path):
    with served_to_proxies(database_url, tmp_path) as server:
        yield server


@pytest.fixture
def through(server, tmp_path):
    """A function that starts a proxy, by what it does with the path, and returns its address."""
    kinds = {
        "leaves": lambda: nginx(tmp_path, server.port),
        "strips": lambda: nginx(tmp_path, server.port, strips=True),
        "plain": lambda: plain_proxy(tmp_path, server.port),
    }
    with ExitStack() as running:
        yield lambda kind: running.enter_context(kinds[kind]()).url


@pytest.fixture
def codes(database, event, delegation):
    return factories.badges(database, event, 6, delegation=delegation)


def watched(page, url):
    """Note what the page asks of the host beside our path, and what fails in it."""
    page.strays = []
    page.on(
        "request",
        lambda asked: (
            page.strays.append(asked.url) if not asked.url.startswith((url, "blob:")) else None
        ),
    )
    page.on("pageerror", lambda fault: page.strays.append(str(fault)))
    return page


def sign_in(page, url):
    page.goto(url)
    page.wait_for_url(f"{url}/login?next=/marhaba/")
    page.fill("#email", "organiser@example.org")
    page.fill("#password", PASSWORD)
    page.press("#password", "Enter")
    page.wait_for_url(f"{url}/")


def bring_a_list(page, url, delegation, tmp_path):
    page.goto(f"{url}{EVENT}/delegations/{delegation.id}/import")
    file = tmp_path / "liste.csv"
    file.write_text(LIST, "utf-8")
    page.set_input_files("#file", file)
    page.click("form[data-sending] button")
    page.click("#review [value=register]")
    page.wait_for_selector(".notice, [role=status]")


def badges_pdf(page, url, delegation):
    page.goto(f"{url}{EVENT}/delegations/{delegation.id}/badges")
    press = "form[action$='badges.pdf'] button"
    return PdfReader(file_of_job(page, lambda: page.click(press)))


def arrive(page, url, token, code):
    """Scan over HTTP, from the page that is open, as a scanner at this address would."""
    status = page.evaluate(
        """async ([address, token, body]) => (await fetch(address, {
          method: "POST", body: JSON.stringify(body), credentials: "omit",
          headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json" },
        })).status""",
        [f"{url}/api/v1/scans", token, a_scan(code)],
    )
    assert status == 200


def test_the_office_works_below_the_path(
    through, worker, chromium, database, event, delegation, codes, tmp_path
):
    factories.a_category(database, event)
    an_operator(database, Role.ORGANISER)
    token = factories.a_new_device(database, event).token
    browser = chromium.start(more=_TRUST)
    known = len(people(database))

    for number, kind in enumerate(("leaves", "strips", "plain"), start=1):
        url = through(kind)
        page = watched(browser.new_context().new_page(), url)
        sign_in(page, url)
        if number == 1:
            bring_a_list(page, url, delegation, tmp_path)
            assert people(database)[known:] == [("Amina Alaoui", "+212612345678")]
            assert len(badges_pdf(page, url, delegation).pages) > 1

        page.goto(f"{url}{EVENT}/board")
        how = "polling" if kind == "plain" else "live"
        page.wait_for_selector(f"#state[data-state={how}]", timeout=30_000)
        arrive(page, url, token, codes[number])
        page.wait_for_function(
            "count => document.querySelector('[data-total=arrived]').textContent === count",
            arg=str(number),
        )
        assert page.get_attribute("#state", "data-state") == how

        page.click(".signed-in button")
        page.wait_for_url(f"{url}/login")
        assert page.strays == []
        page.context.close()


@pytest.mark.parametrize("kind", ["leaves", "strips", "plain"])
def test_the_scan_page_works_below_the_path_with_the_network_and_without(
    through, chromium, server, database, event, codes, kind
):
    url = through(kind)
    link = pairing_link_at(server, database, event).replace(server.url, url)
    browser = chromium.start([(picture(None), 1), (picture(codes[0]), 4)], more=_TRUST)
    context = browser.new_context()
    context.on("page", lambda page: watched(page, url))
    page = open_station(context, link)

    assert card(page)["kind"] == "ok"
    wait_for_list(page)
    scopes = "navigator.serviceWorker.getRegistrations().then(all => all.map(one => one.scope))"
    assert page.evaluate(scopes) == [f"{url}/scan"]

    context.set_offline(True)
    page.reload()
    page.wait_for_selector("#station:not([hidden])")
    page.wait_for_selector("#line[data-state=offline]", timeout=20_000)
    # The camera reads again, too: its decoder was kept.
    page.wait_for_selector("#verdicts .verdict")
    type_code(page, codes[1])
    page.wait_for_selector(".verdict[data-kind=pending]")
    context.set_offline(False)
    page.wait_for_selector("#waiting", state="hidden", timeout=30_000)

    with database.read() as session:
        kept = session.scalars(select(Scan.source).order_by(Scan.id)).all()
    assert {"camera", "typed"} <= set(kept)  # a field that is filled in without a key was typed
    assert page.faults + page.strays == []
    # Another server on this host, under another path, has a storage of its own.
    names = "indexedDB.databases().then(all => all.map(one => one.name).sort())"
    assert page.evaluate(names) == ["marhaba-gate /marhaba/", "marhaba-key /marhaba/"]
    assert page.evaluate("Object.keys(localStorage).includes('marhaba.device')") is False


def test_a_badge_is_kept_below_the_path(through, chromium, database, event, delegation):
    amina = factories.a_participant(database, event, delegation=delegation)
    url = through("strips")
    context = chromium.start(more=_TRUST).new_context()
    page = watched(context.new_page(), url)
    address = f"{url}/b/{page_secret(KEYS, amina.badge_id)}"
    page.goto(address)
    page.wait_for_selector("html[data-kept=yes]")
    context.set_offline(True)

    page.goto(address)

    assert page.inner_text("h1").strip() == "Amina Alaoui"
    assert page.strays == []


def test_without_encryption_the_sign_in_says_which_address_to_use(server, chromium, database):
    """At an address of the network, where browsers drop the cookies of an encrypted site."""
    an_operator(database, Role.ORGANISER)
    # A name that is no localhost to the browser, and leads to this machine.
    more = ("--host-resolver-rules=MAP event.test 127.0.0.1",)
    page = chromium.start(more=more).new_page()
    page.goto(f"http://event.test:{server.port}/login?lang=ar")
    address = "https://localhost/marhaba/login"
    assert page.locator(f"[role=alert] a[href='{address}']").count() == 1

    page.fill("#email", "organiser@example.org")
    page.fill("#password", PASSWORD)
    page.press("#password", "Enter")

    page.wait_for_selector(f"main a[href='{address}']")
    assert "غير مشفَّر" in page.inner_text("main")


def test_requests_of_the_machine_itself_need_neither_https_nor_the_path(server, chromium, database):
    an_operator(database, Role.ORGANISER)
    page = chromium.start().new_page()
    page.goto(f"{server.url}/login")
    assert page.locator("[role=alert]").count() == 0

    page.fill("#email", "organiser@example.org")
    page.fill("#password", PASSWORD)
    page.press("#password", "Enter")

    page.wait_for_url(f"{server.url}/marhaba/")
