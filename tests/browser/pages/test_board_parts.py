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
    for ago, code in zip((30, 20, 10, 5), codes, strict=False):
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
def test_the_wall_fits_its_projector_and_has_no_controls(server, organiser_page, earlier, language):
    organiser_page.set_viewport_size({"width": 1920, "height": 1080})
    opened(organiser_page, server, language, "&wall=1")

    sizes = organiser_page.evaluate(
        """() => { const size = (name) => parseFloat(getComputedStyle(
            document.querySelector(name)).fontSize);
          for (const figure of document.querySelectorAll('[data-total]')) {
            figure.textContent = '12\u00a0345';
          }
          return {main: size('[data-total=arrived]'), row: size('[data-delegation] th'),
            bar: document.querySelector('[data-delegation] .bar').getBoundingClientRect().width,
            fits: document.documentElement.scrollWidth <= innerWidth
              && document.documentElement.scrollHeight <= innerHeight}; }"""
    )
    controls = organiser_page.locator("a:visible, button:visible, input:visible, summary:visible")

    assert sizes["fits"]
    assert sizes["main"] >= 200, "read from the other end of a hall"
    assert sizes["bar"] >= 250
    assert organiser_page.locator("[data-total=refused]").count() == 0
    assert sizes["row"] >= 24
    assert controls.count() == 0


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
