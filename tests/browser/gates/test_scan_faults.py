"""The scan page explains faults and shows nothing green then."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import select, update

from checkin.db.models import Admission, Event, Scan
from tests.browser.gates.stations import (
    VERDICT,
    card,
    dismiss,
    open_station,
    ref_of,
    stored,
    type_code,
    wait_for_list,
)
from tests.support import factories
from tests.support.waiting import wait_for

# Minutes of real browsers: script/proof runs these, script/test the shorter stories beside them.
pytestmark = [pytest.mark.browser, pytest.mark.proof]


@pytest.fixture
def codes(database, event, delegation):
    return factories.badges(database, event, 2, delegation=delegation)


def answer_scans_with(page, status, body):
    """Let another server than Marhaba's answer the page's scans."""
    page.evaluate(
        """([status, body]) => {
          const real = window.fetch;
          window.fetch = (address, asked) => address === "/api/v1/scans"
            ? Promise.resolve(new Response(JSON.stringify(body), {status}))
            : real(address, asked);
        }""",
        [status, body],
    )


def recorded(database):
    with database.read() as session:
        return [str(scan_id) for scan_id in session.scalars(select(Scan.scan_id))]


def spoil(route):
    """Have the server refuse a scan, which it signs: something on the way has changed the body."""
    body = json.loads(route.request.post_data) | {"source": "nowhere"}
    route.continue_(post_data=json.dumps(body))


def test_a_scan_that_the_server_will_never_take_is_set_aside_and_sent_later_as_a_refusal(
    page, codes, database
):
    page.route("**/api/v1/scans", spoil)

    type_code(page, codes[0])

    said = card(page)
    assert (said["kind"], said["word"]) == ("refused", "PROBLÈME")
    assert "source: Input should be" in said["sentence"]
    dismiss(page)
    assert page.text_content("#aside") == "Mis de côté\u00a0: 1"
    page.click("#aside")
    assert ref_of(codes[0])[:8] in page.text_content("#aside-list")
    assert codes[0][-6:] not in page.text_content("#aside-list")
    left = stored(page)
    assert (len(left["waiting"]), len(left["set_aside"])) == (0, 1)
    assert recorded(database) == []

    page.click("#aside-again")
    page.wait_for_selector("#aside", state="hidden")
    wait_for(lambda: recorded(database), "the scan", 60)
    with database.read() as session:
        told = session.execute(select(Scan.status, Scan.decided_status)).all()
        assert (told, session.scalars(select(Admission.id)).all()) == ([("error", "error")], [])


def test_the_page_of_a_public_networks_portal_is_not_our_server(page, codes, database):
    portal = {"status": 200, "content_type": "text/html", "body": "<h1>Wifi gratuit</h1>"}
    page.route("**/api/v1/**", lambda route: route.fulfill(**portal))

    type_code(page, codes[0])

    assert card(page)["kind"] == "pending"
    page.wait_for_selector("#line[data-state=offline]")
    page.unroute("**/api/v1/**")
    page.wait_for_selector("#waiting", state="hidden", timeout=20_000)
    assert len(recorded(database)) == 1


def test_a_portals_401_is_no_answer_of_our_server(page, codes, database):
    answer_scans_with(page, 401, {"message": "Connectez-vous au wifi"})

    type_code(page, codes[0])

    assert card(page)["kind"] == "pending"
    page.wait_for_selector("#waiting", state="hidden", timeout=20_000)
    assert len(recorded(database)) == 1


def test_a_token_that_is_not_taken_any_more_erases_nothing(page, codes):
    answer_scans_with(page, 401, {"error": "unauthenticated", "detail": ""})

    type_code(page, codes[0])

    page.wait_for_selector("#pairing:not([hidden])")
    left = stored(page)
    assert len(left["entries"]) == 2
    assert [row["scan"]["badge_ref"] for row in left["waiting"]] == [ref_of(codes[0])]
    page.reload()
    page.wait_for_selector("#waiting", state="hidden")
    page.wait_for_selector("#line[data-state=online]")


def test_a_list_that_nobody_confirmed_for_half_an_hour_is_a_warning(context, page):
    context.set_offline(True)
    page.evaluate(
        """async () => {
          const asked = (request) =>
            new Promise(done => (request.onsuccess = () => done(request.result)));
          const database = await asked(indexedDB.open("marhaba-gate"));
          const kept = database.transaction("kept", "readwrite").objectStore("kept");
          const row = await asked(kept.get("confirmed_at"));
          await asked(kept.put({...row, value: row.value - 31 * 60_000}));
          database.close();
        }"""
    )

    page.reload()

    page.wait_for_selector("#lasting:not([hidden])", timeout=20_000)
    assert "plus de 30 minutes" in page.text_content("#lasting")
    assert page.text_content("#list-age") == "Liste\u00a0: 31 min"
    assert page.get_attribute("#list-age", "data-warn") == "true"


def test_a_clock_that_is_an_hour_off_is_said_and_corrected(chromium, pairing_link, codes, database):
    context = chromium.start().new_context()
    context.add_init_script("const now = Date.now; Date.now = () => now() + 3_600_000;")
    page = open_station(context, pairing_link)
    wait_for_list(page)

    off_s = int(page.text_content("#clock").split()[2])
    assert abs(off_s - 3600) < 5
    assert "plus d’une minute d’écart" in page.text_content("#lasting")
    context.set_offline(True)
    page.wait_for_selector("#line[data-state=offline]", timeout=20_000)
    type_code(page, codes[0])
    assert card(page)["kind"] == "pending"
    context.set_offline(False)
    page.wait_for_selector("#waiting", state="hidden", timeout=30_000)
    with database.read() as session:
        scan = session.scalars(select(Scan)).one()
    assert abs((scan.received_at - scan.corrected_at).total_seconds()) < 60
    assert 3_590 < (scan.scanned_at - scan.corrected_at).total_seconds() < 3_610


def test_an_insecure_address_is_said_with_its_fix_and_nothing_is_decided_there(
    chromium, pairing_link, codes, database, server
):
    rule = "--host-resolver-rules=MAP marhaba.test 127.0.0.1"
    link = pairing_link.replace("localhost", "marhaba.test")
    page = open_station(chromium.start(more=[rule]), link)
    page.wait_for_selector("#camera-problem:not([hidden])")
    assert "https" in page.text_content("#camera-problem p")
    type_code(page, codes[0])
    assert card(page)["kind"] == "ok"
    dismiss(page)
    server.kill()

    type_code(page, codes[1])
    assert card(page)["kind"] == "unconfirmed"
    (waiting,) = stored(page)["waiting"]
    server.start()

    page.wait_for_selector(VERDICT + "[data-kind=ok]", timeout=30_000)
    assert waiting["scan_id"] in recorded(database)
    assert len(recorded(database)) == 2


def test_a_new_version_is_offered_and_taken_without_losing_anything(
    context, page, codes, database, server
):
    context.set_offline(True)
    page.wait_for_selector("#line[data-state=offline]", timeout=20_000)
    type_code(page, codes[0])
    card(page)
    context.set_offline(False)
    before = page.evaluate("caches.keys()")
    elsewhere = update(Event).values(timezone="Asia/Tokyo")  # its clock is a part of the page
    factories.write(database, lambda s: s.execute(elsewhere))

    page.evaluate("navigator.serviceWorker.getRegistration().then(one => one.update())")
    page.click("#new-version")
    page.wait_for_selector("html[data-kept=yes]")

    page.wait_for_selector("#waiting", state="hidden", timeout=30_000)
    after = page.evaluate("caches.keys()")
    versions = [{name for name in names if "scan-" in name} for names in (before, after)]
    assert [len(names) for names in versions] == [1, 1]
    assert versions[0] != versions[1]
    assert len(recorded(database)) == 1
