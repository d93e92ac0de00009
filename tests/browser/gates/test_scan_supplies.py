"""What the scan page and the server tell each other of a gate: waits, clock, loans, a stop."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import select

from checkin.db.models import Device, Lease, Role, Scan
from checkin.services.gates.stops import lift_stop, stop_entries
from tests.browser.gates.stations import (
    card,
    dismiss,
    open_station,
    pairing_link_at,
    stored,
    type_code,
    wait_for_list,
)
from tests.support import factories
from tests.web.browsing import an_operator

# Minutes of real browsers: script/proof runs these, script/test the shorter stories beside them.
pytestmark = [pytest.mark.browser, pytest.mark.proof]

WORDS = {
    "fr": "Alarme incendie : dirigez tout le monde vers la cour",
    "ar": "إنذار حريق: وجّهوا الجميع إلى الساحة",
    "en": "Fire alarm: send everybody to the yard",
}


@pytest.fixture
def codes(database, event, delegation):
    return factories.badges(database, event, 4, delegation=delegation)


@pytest.fixture
def page(context, pairing_link, codes):
    return opened(context, pairing_link)


def opened(context, link):
    page = open_station(context, link)
    page.asked = []

    def note(request):  # Playwright takes no method of a list
        page.asked.append(request)

    page.on("request", note)
    wait_for_list(page)
    return page


def asked(page, method, path):
    """Return what the page asked of a path of the API since it was opened, oldest first."""
    return [
        one
        for one in page.asked
        if one.method == method and urlsplit(one.url).path == f"/api/v1/{path}"
    ]


def said_online(page):
    page.wait_for_selector("#line[data-state=online]", timeout=20_000)
    page.wait_for_selector("#waiting", state="hidden", timeout=20_000)


def cut(context, page):
    context.set_offline(True)
    page.wait_for_selector("#line[data-state=offline]", timeout=20_000)


def shown(page, code):
    type_code(page, code)
    said = card(page)
    dismiss(page)
    return said


def turn(page, type):
    """Press the key that changes the direction, and wait until it is changed."""
    page.locator("#code").blur()
    page.keyboard.press("e")
    page.wait_for_selector(f"input[name=type][value={type}]:checked", state="attached")


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_a_stop_is_heard_at_once_and_its_words_are_shown_with_and_without_the_network(
    context, server, database, event, codes, language
):
    page = opened(context, pairing_link_at(server, database, event, language=language))
    organiser = an_operator(database, Role.ORGANISER)
    by = {"operator_id": organiser.id, "now": datetime.now(UTC)}
    factories.write(database, lambda s: stop_entries(s, event, WORDS, **by))
    # A heartbeat comes every 10 s, the next refresh of the list half a minute after the first.
    page.wait_for_selector("#lasting[data-stop=true]:not([hidden])", timeout=14_000)

    online = shown(page, codes[0])
    cut(context, page)
    offline = shown(page, codes[1])
    turn(page, "exit")
    left = shown(page, codes[2])
    context.set_offline(False)
    said_online(page)
    standing = page.text_content("#lasting")
    factories.write(database, lambda s: lift_stop(s, event, **by))
    page.wait_for_selector("#lasting", state="hidden", timeout=14_000)
    turn(page, "entry")

    assert [(said["kind"], said["sentence"]) for said in (online, offline)] == [
        ("refused", WORDS[language])
    ] * 2
    assert ("offline" in online, "offline" in offline) == (False, True)
    assert left["kind"] == "pending"
    assert standing == WORDS[language]
    assert shown(page, codes[3])["kind"] == "ok"
    assert page.faults == []


def test_the_board_hears_how_many_scans_wait_and_what_this_clock_says(
    context, pairing_link, codes, database
):
    context.add_init_script("{ const now = Date.now; Date.now = () => now() - 3_600_000; }")
    page = opened(context, pairing_link)
    cut(context, page)
    for code in codes[:2]:
        assert shown(page, code)["kind"] == "pending"
    page.asked.clear()

    context.set_offline(False)
    said_online(page)

    answered = [one for one in asked(page, "GET", "status") if one.response()]
    told = parse_qs(urlsplit(answered[0].url).query)
    assert told["waiting"] == ["2"]
    behind = datetime.now(UTC) - datetime.fromisoformat(told["device_time"][0])
    assert timedelta(minutes=59) < behind < timedelta(minutes=61)
    with database.read() as session:
        (skew_ms,) = session.scalars(select(Device.skew_ms))
        read_at = session.scalars(select(Scan.corrected_at)).all()
    assert abs(skew_ms - 3_600_000) < 60_000
    assert len(read_at) == 2
    assert all(abs(datetime.now(UTC) - at) < timedelta(minutes=1) for at in read_at)


def test_a_renewal_names_the_lease_at_hand_and_leaving_gives_that_one_back(page, database):
    def lease_at_hand():
        kept = {row["name"]: row["value"] for row in stored(page)["kept"]}
        return kept["lent"]["lease_id"]

    def reopened():
        page.asked.clear()
        with page.expect_request("**/api/v1/leases") as asking:
            page.reload()
        return asking.value.post_data_json

    def lose(route):
        route.fetch()
        route.abort()

    first = lease_at_hand()
    page.route("**/api/v1/leases", lose)
    named = [reopened()]
    page.wait_for_selector("#line[data-state=online]", timeout=20_000)
    assert lease_at_hand() == first
    page.unroute("**/api/v1/leases")
    named.append(reopened())
    wait_for_list(page)
    page.wait_for_timeout(500)
    last = lease_at_hand()
    page.on("dialog", lambda question: question.accept())
    page.click("#settings summary")
    page.click("#forget")
    page.wait_for_selector("#pairing:not([hidden])")

    assert named == [{"held": first}] * 2
    assert last != first
    (returned,) = asked(page, "DELETE", "leases")
    assert parse_qs(urlsplit(returned.url).query) == {"lease_id": [last]}
    with database.read() as session:
        ended = session.scalars(select(Lease.ended_at)).all()
    assert len(ended) >= 3
    assert None not in ended


def test_a_scan_that_was_cut_off_is_dated_when_it_was_read(page, codes, database):
    page.route("**/api/v1/scans", lambda route: None)  # the answer never comes
    type_code(page, codes[0])
    page.wait_for_timeout(300)
    assert [row["decided"] for row in stored(page)["waiting"]] == [None]
    page.goto("about:blank")
    page.wait_for_timeout(3_000)
    page.unroute("**/api/v1/scans")
    page.go_back()
    page.wait_for_selector("#station:not([hidden])")
    said_online(page)

    (sent,) = [one.post_data_json for one in asked(page, "POST", "scans") if one.response()]
    waited = moment(sent["device_time"]) - moment(sent["scanned_at"])
    assert waited >= timedelta(seconds=3)
    with database.read() as session:
        (read_at,) = session.scalars(select(Scan.corrected_at))
    assert abs(read_at - moment(sent["scanned_at"])) < timedelta(seconds=1)


def moment(text):
    return datetime.fromisoformat(text)
