"""From nothing to a rehearsed gate with the keyboard alone, in French and in Arabic."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from checkin.db.models import Delegation, Event, Role, Scan
from tests.browser.accessibility import serious_findings
from tests.browser.gates.stations import card, open_station, type_code
from tests.browser.pages.test_delegation_import import open_link, press_until
from tests.web.browsing import PASSWORD, an_operator

pytestmark = pytest.mark.browser

SHEET = "Délégation,الوفد,Places\nKhémisset,الخميسات,1000\nRabat,الرباط,trop\n"
#: Morocco's clocks are those of UTC from September 2026 on
STARTS = datetime(2026, 12, 5, 15, 0, tzinfo=UTC)
STEPS = [
    *("event", "categories", "delegations", "people"),
    *("address", "badges", "gate", "rehearsal"),
]
FIELDS = {
    "name": "Rencontre régionale",
    "name_ar": "اللقاء الجهوي",
    "venue": "Complexe Ibn Rochd",
    "slug": "rabat-2026",
}


@pytest.fixture
def event():
    """None: the wizard begins with nothing."""


def signed_in(server, database, browser, language):
    an_operator(database, Role.ORGANISER)
    page = browser.new_page()
    # Choosers are caught only some time after somebody listens, and nothing says when.
    page.on("filechooser", lambda _chooser: None)
    page.goto(f"{server.url}/login?lang={language}")
    page.fill("#email", "organiser@example.org")
    page.fill("#password", PASSWORD)
    page.press("#password", "Enter")
    page.wait_for_url(server.url + "/")
    return page


def press_button(page, form):
    press_until(page, f"e.tagName === 'BUTTON' && e.form && e.form.action.endsWith('{form}')")
    with page.expect_navigation():
        page.keyboard.press("Enter")


def fill_with_keys(page, field, text):
    press_until(page, f"e.id === '{field}'")
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(text)


def create_the_event(page):
    open_link(page, "/events/new")
    for field, text in FIELDS.items():
        fill_with_keys(page, field, text)
    for field, hour in (("starts_at", "0300PM"), ("ends_at", "0700PM")):
        press_until(page, f"e.id === '{field}'")
        # The parts of a moment stand in the order of the browser's own language, American English.
        page.keyboard.type("12052026")
        page.keyboard.press("ArrowRight")
        page.keyboard.type(hour)
    press_button(page, "/events/new")
    page.wait_for_url(re.compile(r"/events/rabat-2026/start/categories$"))


def leave_out(page, step):
    page.wait_for_url(re.compile(rf"/start/{step}$"))
    press_button(page, f"/start/{step}/skip")


def bring_the_delegations(page, tmp_path):
    file = tmp_path / "quotas.csv"
    file.write_text(SHEET, "utf-8")
    press_until(page, "e.id === 'file'")
    with page.expect_file_chooser() as chooser:
        page.keyboard.press("Enter")
    chooser.value.set_files(file)
    press_button(page, "/quotas/sheet")
    press_until(page, "e.getAttribute('aria-invalid') === 'true'")
    page.keyboard.press("Control+a")
    page.keyboard.insert_text("320")
    press_until(page, "e.value === 'apply'")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/(start/people|ready)$"))


def pair_the_gate(page, browser, server, language):
    press_button(page, "/start/gate")
    code = page.get_attribute(".pairing a[href*='#pair=']", "href").partition("#")[2]
    station = open_station(browser, f"{server.url}/scan?lang={language}#{code}")
    page.wait_for_selector(".pairing-state[data-state=paired] .when-paired")
    open_link(page, "/start")
    page.wait_for_url(re.compile(r"/start/rehearsal$"))
    return station


def rehearse(page, station, server, word):
    press_button(page, "/rehearsal/begin")
    station.wait_for_selector("#rehearsal:not([hidden])")
    sheet = page.context.new_page()
    sheet.goto(f"{server.url}/events/rabat-2026/rehearsal/badges")
    codes = [text.replace("-", "") for text in sheet.locator(".practice-code").all_inner_texts()]
    type_code(station, codes[0])
    shown = card(station)
    assert (shown["kind"], shown["rehearsal"].startswith(word), len(codes)) == ("ok", True, 6)
    press_button(page, "/rehearsal/end")
    open_link(page, "/start")
    page.wait_for_url(re.compile(r"/ready$"))


@pytest.mark.timeout(180)
@pytest.mark.parametrize(
    ("language", "word"),
    [("fr", "EXERCICE"), pytest.param("ar", "تمرين", marks=pytest.mark.proof)],
)
def test_from_nothing_to_a_rehearsed_gate_without_a_mouse(
    server, database, chromium, tmp_path, language, word
):
    browser = chromium.start().new_context()
    page = signed_in(server, database, browser, language)

    create_the_event(page)
    leave_out(page, "categories")
    bring_the_delegations(page, tmp_path)
    for step in ("people", "address", "badges"):  # on localhost no telephone opens an address
        leave_out(page, step)
    station = pair_the_gate(page, browser, server, language)
    rehearse(page, station, server, word)

    with database.read() as session:
        event = session.scalars(select(Event)).one()
        quotas = session.execute(select(Delegation.name, Delegation.quota).order_by("quota"))
        assert (event.slug, event.name_ar) == ("rabat-2026", "اللقاء الجهوي")
        assert (event.starts_at, event.ends_at - event.starts_at) == (STARTS, timedelta(hours=4))
        assert [tuple(row) for row in quotas] == [("Rabat", 320), ("Khémisset", 1000)]
        assert session.scalars(select(Scan)).all() == []
    assert page.locator(".first-steps [data-state=done]").count() == 4
    assert page.locator(".first-steps [data-state=skipped]").count() == 4
    # Nobody is registered: that is never ready.
    assert page.locator("[data-check=people][data-light=act]").count() == 1
    assert page.get_attribute("html", "dir") == ("rtl" if language == "ar" else "ltr")
    assert serious_findings(page) == []


def test_every_step_is_skipped_and_taken_up_again_another_day(server, database, chromium, tmp_path):
    browser = chromium.start().new_context()
    page = signed_in(server, database, browser, "fr")
    create_the_event(page)

    for step in STEPS[1:]:
        leave_out(page, step)
    page.wait_for_url(re.compile(r"/ready$"))
    page.goto(server.url + "/")
    open_link(page, "/rabat-2026/start")
    open_link(page, "/start/delegations")
    bring_the_delegations(page, tmp_path)

    states = page.locator(".first-steps [data-state]").evaluate_all(
        "all => all.map(one => one.dataset.state)"
    )
    assert states == ["done", "skipped", "done", *["skipped"] * 5]
