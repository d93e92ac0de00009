"""What the board shows beside the counts, in a real Chromium: it changes by itself."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from urllib.request import Request, urlopen

import pytest
from sqlalchemy import select

from checkin.db.models import Operator
from checkin.services.gates.stops import lift_stop, stop_entries
from checkin.web.site.json import json_text
from tests.browser.pages.test_board import BOARD, LIVE, seconds_until
from tests.support import factories
from tests.support.api_client import a_scan

pytestmark = pytest.mark.browser

MESSAGES = {"fr": "Alarme incendie", "ar": "إنذار حريق", "en": "Fire alarm"}


@pytest.fixture
def event(database):
    return factories.an_event(database, capacity=10)


@pytest.fixture
def codes(database, event, delegation):
    return factories.badges(database, event, 10, delegation=delegation)


@pytest.fixture
def earlier(database, event, codes):
    """Four people came in over the last half hour."""
    device = factories.a_device(database, event)
    for ago, code in zip((30, 20, 10, 2), codes, strict=False):
        factories.scan(database, device, code, at=datetime.now(UTC) - timedelta(minutes=ago))


@pytest.fixture
def scan(server, database, event):
    token = factories.a_new_device(database, event).token

    def scan_one(code, **more):
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        body = json_text(a_scan(code, **more)).encode()
        with urlopen(Request(server.url + "/api/v1/scans", body, headers)) as answer:
            assert answer.status == 200

    return scan_one


def any_operator(session):
    return session.scalars(select(Operator.id)).first()


def opened(page, server, language="fr", wall=""):
    page.goto(f"{server.url}{BOARD}?lang={language}{wall}")
    seconds_until(page, "#state", LIVE[language])


def test_the_hall_warns_in_words_shape_and_colour_as_it_fills(
    server, organiser_page, scan, codes, earlier
):
    opened(organiser_page, server)
    seen = {}
    for code in codes[4:]:
        scan(code)
        inside = str(4 + len(seen) + 1)
        seconds_until(organiser_page, "[data-hall=inside]", inside)
        hall = organiser_page.locator("#hall")
        word = hall.locator(".hall-word")
        shape = word.evaluate("one => getComputedStyle(one, '::before').content")
        colour = word.evaluate("one => getComputedStyle(one).color")
        seen[inside] = (hall.get_attribute("data-level"), word.text_content(), shape, colour)

    assert [seen[inside][0] for inside in ("7", "8", "9", "10")] == ["0", "80", "90", "100"]
    for part in (1, 2):
        assert len({seen[inside][part] for inside in ("7", "8", "9", "10")}) == 4
    assert len({seen[inside][3] for inside in ("7", "8", "10")}) == 3


def test_a_stop_and_its_end_reach_the_board_by_themselves(server, organiser_page, database, event):
    opened(organiser_page, server, "ar")
    now = datetime.now(UTC)

    factories.write(
        database,
        lambda s: stop_entries(s, event, MESSAGES, operator_id=any_operator(s), now=now),
    )
    organiser_page.locator("#stopped").wait_for(timeout=5_000)
    told = organiser_page.text_content("[data-stopped-message]")
    factories.write(database, lambda s: lift_stop(s, event, operator_id=any_operator(s), now=now))
    organiser_page.locator("#stopped").wait_for(state="hidden", timeout=5_000)

    assert told == MESSAGES["ar"]


def test_a_supervisors_exception_reaches_the_board_by_itself(
    server, organiser_page, database, event, scan
):
    factories.a_supervisor(database)
    full = factories.a_delegation(database, event, "Tiflet", quota=0)
    code = factories.a_badge(database, event, delegation=full)
    opened(organiser_page, server)
    assert not organiser_page.locator("#overridden").is_visible()

    scan(code, force=True, force_reason="comité", supervisor_pin="246810")

    organiser_page.locator("#overridden").wait_for(timeout=5_000)
    told = organiser_page.text_content("[data-overridden]")
    assert told == "Entrées par dérogation\u00a0: 1"


@pytest.mark.parametrize(("language", "first"), [("fr", "start"), ("ar", "end")])
def test_the_curve_runs_with_the_script_and_has_a_table(
    server, organiser_page, earlier, scan, codes, language, first
):
    opened(organiser_page, server, language)
    before = organiser_page.locator("#curve-rows tr").count()
    scan(codes[5])
    scan("HELLO")
    organiser_page.locator("#refusal-rows b", has_text="1").wait_for(timeout=5_000)

    line = organiser_page.locator("[data-path=line]").evaluate(
        """path => { const at = (share) => path.getPointAtLength(share * path.getTotalLength())
            .matrixTransform(path.getScreenCTM()); return [at(0).x, at(1).x, at(0).y, at(1).y]; }"""
    )
    ticks = organiser_page.locator(".curve-times li")
    boxes = [ticks.nth(at).bounding_box()["x"] for at in range(5)]
    rows = organiser_page.locator("#curve-rows tr")

    assert (line[0] < line[1]) == (first == "start")
    assert line[2] > line[3], "it rises"
    assert boxes == sorted(boxes, reverse=first == "end")
    assert rows.count() >= before > 0
    assert rows.last.locator("td").last.text_content() == "5"


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_the_wall_is_read_from_the_other_end_of_the_hall(
    server, organiser_page, database, event, delegation, earlier, scan, language
):
    for at in range(6):
        factories.a_delegation(database, event, f"Province {at:02}", quota=500 - at)
    scan("HELLO")
    organiser_page.set_viewport_size({"width": 1920, "height": 1080})
    opened(organiser_page, server, language, "&wall=1")

    seen = organiser_page.evaluate(
        """() => { const all = (selector) => [...document.querySelectorAll(selector)];
          const drawn = (one) => one.getClientRects().length && one.offsetWidth > 1;
          const size = (one) => parseFloat(getComputedStyle(one).fontSize);
          for (const figure of all('[data-total]')) figure.textContent = '12\u00a0345';
          const texts = all('#content *').filter((one) => drawn(one)
            && [...one.childNodes].some((part) => part.nodeType === 3 && part.data.trim()));
          const rows = all('[data-delegation]');
          return {main: size(all('[data-total=arrived]')[0]), row: size(rows[0].cells[0]),
            bar: all('[data-delegation] .bar')[0].getBoundingClientRect().toJSON(),
            smallest: Math.min(...texts.map(size)), rows: rows.filter(drawn).length,
            empty: innerHeight - rows.at(-1).getBoundingClientRect().bottom,
            fits: document.documentElement.scrollWidth <= innerWidth
              && document.documentElement.scrollHeight <= innerHeight}; }"""
    )
    controls = organiser_page.locator("a:visible, button:visible, input:visible, summary:visible")

    assert seen["fits"]
    assert seen["main"] >= 320, "a figure of a fifth of the wall's height"
    assert seen["row"] >= 44
    assert seen["smallest"] >= 28
    assert seen["bar"]["width"] >= 500
    assert seen["bar"]["height"] >= 34
    assert seen["rows"] == 7
    assert seen["empty"] < 1080 / 20
    assert controls.count() == 0
    assert organiser_page.locator("[data-pace]").inner_text() != "0", "of the last five minutes"


def test_the_wall_says_nothing_that_is_private(server, organiser_page, scan, codes, earlier):
    scan(codes[0])
    opened(organiser_page, server, "en", "&wall=1")

    said = organiser_page.inner_text("#content")

    assert [
        word for word in ("Refused", "Already", "Gate", "supervisor", "▲") if word in said
    ] == []


def test_on_a_telephone_the_board_is_one_screen_and_unfolds(server, organiser_page, earlier):
    organiser_page.set_viewport_size({"width": 390, "height": 844})
    opened(organiser_page, server)

    height = organiser_page.evaluate("document.documentElement.scrollHeight")
    row = organiser_page.locator("[data-delegation] th")
    before = row.is_visible()
    organiser_page.locator("summary:has(#delegations)").press("Enter")

    assert height <= 844
    assert not before
    assert row.is_visible()


@pytest.mark.parametrize("language", ["fr", "ar"])
@pytest.mark.parametrize(
    "page",
    [
        "board",
        "participants",
        *(
            pytest.param(page, marks=pytest.mark.proof)
            for page in ("delegations", "settings", "devices")
        ),
    ],
)
def test_on_a_telephone_the_menu_is_one_line_and_opens_by_keyboard(
    server, organiser_page, event, language, page
):
    organiser_page.set_viewport_size({"width": 390, "height": 844})
    organiser_page.goto(f"{server.url}/events/rabat-2025/{page}?lang={language}")
    button = organiser_page.locator("[popovertarget=menu]")
    links = organiser_page.locator("#menu a")

    assert organiser_page.locator(".top").bounding_box()["height"] <= 60
    assert not links.first.is_visible()
    button.focus()
    organiser_page.keyboard.press("Enter")
    organiser_page.keyboard.press("Tab")
    assert links.first.is_visible()
    assert links.first.evaluate("one => one === document.activeElement")
    organiser_page.keyboard.press("Escape")
    assert not links.first.is_visible()
    assert button.evaluate("one => one === document.activeElement")


def test_a_wall_turns_the_pages_of_a_longer_list(
    server, organiser_page, database, event, delegation
):
    names = [f"Province {at:02}" for at in range(12)]
    for at, name in enumerate(names):
        factories.a_delegation(database, event, name, quota=500 - at)
    organiser_page.set_viewport_size({"width": 1920, "height": 1080})
    opened(organiser_page, server, "fr", "&wall=1")

    seen = []
    for page in ("1 / 2", "2 / 2", "1 / 2"):
        seconds_until(organiser_page, ".delegations [data-page]", page)
        assert organiser_page.evaluate("document.documentElement.scrollHeight <= innerHeight")
        rows = organiser_page.locator("[data-delegation]:visible th")
        seen.append([name.split()[0:2] for name in rows.all_inner_texts()])

    assert len(seen[0]) == len(seen[1]), "no page is shorter than the others"
    assert {" ".join(name) for page in seen for name in page} == {"Khémisset", *names}
    assert [page[0] for page in seen] == [["Khémisset"]] * 3, "the largest delegation stays"
    assert seen[2] == seen[0]


def test_the_pages_of_a_wall_are_paused_and_go_on(server, organiser_page, database, event):
    for at in range(12):
        factories.a_delegation(database, event, f"Province {at:02}", quota=500 - at)
    organiser_page.clock.install()
    organiser_page.set_viewport_size({"width": 1920, "height": 1080})
    opened(organiser_page, server, "fr", "&wall=1")
    button, page = organiser_page.locator("[data-pause]"), organiser_page.locator("[data-page]")
    told = []

    organiser_page.keyboard.press("Tab")
    for _ in ("pause", "go on"):
        organiser_page.keyboard.press("Enter")
        before = page.inner_text()
        organiser_page.clock.run_for(9000)
        told.append((button.get_attribute("aria-label"), page.inner_text() != before))

    assert told == [("Continuer", False), ("Mettre en pause", True)]
