"""axe-core finds nothing serious on any page, in three languages, light and dark."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from checkin.db.models import Operator, Role
from checkin.domain.events.details import DEMO_CONTACT
from checkin.domain.scanning.verdict import Status
from checkin.services.scanning.storage import Decided
from tests.browser.accessibility import serious_findings
from tests.browser.first_sign_in import code_now, shown_secret
from tests.support import factories
from tests.support.asked_jobs import ask
from tests.web.browsing import PASSWORD, an_operator
from tests.web.houses import a_hub

pytestmark = pytest.mark.browser

EVENT = "/events/rabat-2025"
PAGES = [
    "/",
    "/scan",
    "/nowhere",
    "/pins",
    "/activity",
    "/account",
    "/mail/settings",
    "/backup",
    "/mail/returned",
    "/telephone/settings",
    "/server-address",
    f"{EVENT}/board",
    f"{EVENT}/board?wall=1",
    f"{EVENT}/board/report",
    f"{EVENT}/devices",
    f"{EVENT}/hubs",
    f"{EVENT}/stop",
    f"{EVENT}/conflicts",
    f"{EVENT}/overrides",
    f"{EVENT}/participants",
    f"{EVENT}/participants/new",
    f"{EVENT}/participants/1",
    f"{EVENT}/participants/1/merge?q=mil",
    f"{EVENT}/participants/1/merge/2",
    f"{EVENT}/delivery",
    f"{EVENT}/delivery/message/fr",
    f"{EVENT}/messages",
    f"{EVENT}/messages/new",
    "/events/new",
    f"{EVENT}/settings",
    f"{EVENT}/categories",
    f"{EVENT}/quotas",
    f"{EVENT}/to-check",
    f"{EVENT}/legal",
    f"{EVENT}/delegations/1/link",
    f"{EVENT}/quotas/sheet",
    f"{EVENT}/export",
    f"{EVENT}/badges",
    f"{EVENT}/jobs",
    f"{EVENT}/jobs/1",
    f"{EVENT}/rehearsal",
    f"{EVENT}/rehearsal/badges",
    *(f"{EVENT}/start/{step}" for step in ("event", "categories", "delegations", "people")),
    *(f"{EVENT}/start/{step}" for step in ("address", "badges", "gate", "rehearsal")),
    f"{EVENT}/ready",
    f"{EVENT}/copy",
    f"{EVENT}/demo",
]
FRENCH, ARABIC, ENGLISH = "fr", "ar", "en"


@pytest.fixture
def a_day_at_the_gates(database, event, delegation):
    """Arrivals, a refusal and a conflict, so that pages have rows, warnings and marks."""
    factories.lay_down(database, contact=DEMO_CONTACT)
    device = factories.a_device(database, event)
    codes = factories.badges(database, event, 4, delegation=delegation)
    for code in (*codes, "HELLO"):
        factories.scan(database, device, code)
    factories.scan(database, device, codes[0], decided=Decided(Status.OK, None))
    a_hub(database, event, "Salle A")


@pytest.fixture
def a_job(organiser_page, database, event):
    """A job that the organiser has asked for, and that nobody does."""
    with database.read() as session:
        asker = session.scalars(select(Operator.id).where(Operator.role == Role.ORGANISER)).one()
    ask(database, "badge_sheets", event_id=event.id, operator_id=asker, design="card")


def findings(page, server, language, addresses):
    found = {}
    for address in addresses:
        page.goto(f"{server.url}{address}{'&' if '?' in address else '?'}lang={language}")
        page.evaluate("document.querySelectorAll('details').forEach(one => (one.open = true))")
        if serious := serious_findings(page):
            found[address] = serious
    return found


@pytest.mark.timeout(240)
@pytest.mark.parametrize(
    ("language", "scheme", "pages"),
    [(FRENCH, "light", PAGES[::2]), (ARABIC, "dark", PAGES[1::2])],
    ids=["fr-light", "ar-dark"],
)
def test_no_page_has_a_serious_finding(
    server, organiser_page, a_day_at_the_gates, a_job, language, scheme, pages
):
    """Each page in one of two ways: the proofs look at each in every way."""
    organiser_page.emulate_media(color_scheme=scheme, reduced_motion="reduce")

    assert findings(organiser_page, server, language, pages) == {}


@pytest.mark.proof
@pytest.mark.timeout(240)
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", [FRENCH, ARABIC, ENGLISH])
def test_no_page_has_a_serious_finding_in_any_language_light_or_dark(
    server, organiser_page, a_day_at_the_gates, a_job, language, scheme
):
    organiser_page.emulate_media(color_scheme=scheme, reduced_motion="reduce")

    assert findings(organiser_page, server, language, PAGES) == {}


def test_the_sign_in_page_has_no_serious_finding(server, chromium):
    page = chromium.start().new_page()
    for language in (FRENCH, ARABIC, ENGLISH):
        page.goto(f"{server.url}/login?lang={language}")
        assert serious_findings(page) == []


ACCOUNTS = [
    *("/", "/operators", "/operators/1", "/account", "/account/second-factor", "/activity"),
    "/mail/settings",
    "/backup",
    "/mail/returned",
    "/telephone/settings",
    "/server-address",
]


@pytest.mark.parametrize(
    ("language", "scheme"),
    [
        pytest.param(FRENCH, "light", marks=pytest.mark.proof),
        pytest.param(ENGLISH, "light", marks=pytest.mark.proof),
        (ARABIC, "dark"),
    ],
)
def test_no_account_page_has_a_serious_finding(server, database, event, chromium, language, scheme):
    chief = an_operator(database, Role.ADMINISTRATOR)
    page = chromium.start().new_page(color_scheme=scheme)
    page.goto(f"{server.url}/login?lang={language}")
    page.fill("#email", chief.email)
    page.fill("#password", PASSWORD)
    page.press("#password", "Enter")
    page.wait_for_selector(".pairing-qr")  # an administrator sets up the app first
    assert serious_findings(page) == []
    page.fill("#code", code_now(shown_secret(page)))
    page.press("#code", "Enter")
    page.wait_for_selector(".recovery-codes")
    assert serious_findings(page) == []
    page.click("main a.button")

    assert findings(page, server, language, ACCOUNTS) == {}
    page.goto(f"{server.url}/forgotten-password?lang={language}")
    assert serious_findings(page) == []


def test_control_a_page_with_a_fault_has_a_serious_finding(chromium):
    page = chromium.start().new_page()
    page.set_content("<html><body><img src='x'><input><p style='color:#ccc'>grey</p>")

    found = " ".join(serious_findings(page))

    assert all(rule in found for rule in ("image-alt", "label", "color-contrast", "html-has-lang"))
