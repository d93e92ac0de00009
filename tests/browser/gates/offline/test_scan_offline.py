"""The scan page without the network: it opens, decides, keeps, sends, and is wiped."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import func, select

from checkin.db.models import Admission, Conflict, Device, Scan
from tests.browser.gates.stations import (
    card,
    dismiss,
    is_paired,
    open_station,
    ref_of,
    revoke_all,
    stored,
    type_code,
    wait_for_list,
)
from tests.browser.gates.webcam import picture
from tests.support import factories

pytestmark = pytest.mark.browser

NAMES = ("Amina", "Alaoui", "أمينة", "العلوي")


@pytest.fixture
def codes(database, event, delegation):
    amina = factories.a_badge(
        database, event, "Amina Alaoui", name_ar="أمينة العلوي", delegation=delegation
    )
    return [amina, *factories.badges(database, event, 4, delegation=delegation)]


def shown(page, code):
    """Show a badge and return what the page says of it."""
    type_code(page, code)
    said = card(page)
    dismiss(page)
    return said


def cut(context, page):
    context.set_offline(True)
    page.wait_for_selector("#line[data-state=offline]", timeout=20_000)


def counted(database):
    with database.read() as session:
        return {
            "scans": {str(scan_id) for scan_id in session.scalars(select(Scan.scan_id))},
            "admitted": session.scalar(select(func.count(Admission.id))),
            "conflicts": session.scalar(select(func.count(Conflict.id))),
        }


def test_a_gate_that_is_cut_off_and_reloaded_goes_on_and_counts_are_exact(
    context, page, codes, database
):
    assert shown(page, codes[0])["kind"] == "ok"
    cut(context, page)

    offline = [shown(page, codes[1])]
    page.reload()
    page.wait_for_selector("#station:not([hidden])")
    page.wait_for_selector("#line[data-state=offline]", timeout=20_000)
    offline += [shown(page, code) for code in (codes[2], codes[0], codes[1])]
    page.wait_for_timeout(2_600)  # until the same badge is a new showing
    offline.append(shown(page, codes[2]))
    ours = {row["scan_id"] for row in stored(page)["waiting"]}

    assert [said["kind"] for said in offline] == [
        "pending",
        "pending",
        "already",
        "already",
        "already",
    ]
    assert (offline[0]["sentence"], offline[0]["name"]) == (
        "Laissez passer\u00a0: noté hors ligne",
        "Militant 0",
    )
    assert offline[0]["belonging"] == "Militant · Khémisset"
    assert "arrived" not in offline[0]
    assert offline[2]["name"] == "Amina Alaoui"
    assert offline[2]["first"].endswith("Porte 1")
    assert page.text_content("#waiting") == "Pas encore envoyés\u00a0: 5"
    assert len(ours) == 5
    assert not any(name in json.dumps(stored(page), ensure_ascii=False) for name in NAMES)

    context.set_offline(False)
    page.wait_for_selector("#line[data-state=online]", timeout=20_000)
    page.wait_for_selector("#waiting", state="hidden", timeout=20_000)

    found = counted(database)
    assert ours < found["scans"]
    assert (len(found["scans"]), found["admitted"], found["conflicts"]) == (6, 3, 0)
    assert shown(page, codes[3])["kind"] == "ok"
    assert page.faults == []


def test_a_server_that_is_slow_to_answer_is_not_waited_for(page, codes, database, server):
    page.route("**/api/v1/scans", lambda route: None)  # the answer never comes

    began = page.evaluate("performance.now()")
    said = shown(page, codes[0])
    took_ms = page.evaluate("performance.now()") - began

    assert said["kind"] == "pending"
    assert took_ms > 1_400
    page.wait_for_selector("#waiting", state="hidden", timeout=20_000)
    assert counted(database)["admitted"] == 1


def test_the_page_opens_without_network_in_each_language_and_keeps_no_answer_of_the_api(
    context, page, server
):
    context.set_offline(True)

    tags = {}
    for language in ("ar", "en", "fr"):
        page.goto(f"{server.url}/scan?lang={language}")
        page.wait_for_selector("html[data-kept=yes]")
        page.wait_for_selector("#station:not([hidden])")
        tags[language] = page.get_attribute("html", "lang")[:2], page.get_attribute("html", "dir")
    page.goto(f"{server.url}/scan")  # as a bookmark does
    page.wait_for_selector("#station:not([hidden])")
    kept = page.evaluate(
        """async () => {
          const names = await caches.keys();
          const all = await Promise.all(names.map(async n => (await caches.open(n)).keys()));
          return all.flat().map(request => new URL(request.url).pathname);
        }"""
    )

    assert tags == {"ar": ("ar", "rtl"), "en": ("en", "ltr"), "fr": ("fr", "ltr")}
    assert page.get_attribute("html", "lang")[:2] == "fr"
    assert "/static/vendor/zxing-wasm/zxing_reader.wasm" in kept
    assert [path for path in kept if not path.startswith(("/scan", "/static/"))] == []


def test_a_revoked_device_is_wiped(page, codes, database):
    shown(page, codes[0])
    assert len(stored(page)["entries"]) == 5
    revoke_all(database)

    type_code(page, codes[1])
    page.wait_for_selector("#pairing:not([hidden])")

    with database.read() as session:
        assert session.scalar(select(Device.wiped_at)) is not None
    left = stored(page)
    unsent = [row["scan"]["badge_ref"] for row in left.pop("waiting")]
    assert unsent == [ref_of(codes[1])]  # a scan is never lost: it holds a reference and a time
    assert {name for name, rows in left.items() if rows} <= {"clocks"}
    assert not is_paired(page)
    assert "gardés dans ce navigateur\u00a0: 1" in page.text_content("#pairing-problem")


def test_leaving_the_gate_erases_everything(page, codes):
    shown(page, codes[0])
    page.on("dialog", lambda asked: asked.accept())

    page.click("#settings summary")
    page.click("#forget")
    page.wait_for_selector("#pairing:not([hidden])")

    assert {name: rows for name, rows in stored(page).items() if rows} == {}
    assert not is_paired(page)


def test_a_full_disk_is_said_and_never_green(context, pairing_link, codes, database, server):
    session = context.new_cdp_session(context.new_page())
    here = {"origin": server.url}
    session.send("Storage.overrideQuotaForOrigin", {**here, "quotaSize": 1})
    page = open_station(context, pairing_link)

    said = shown(page, codes[0])

    assert (said["kind"], said["word"]) == ("refused", "PROBLÈME")
    assert "mémoire de cet appareil est pleine" in said["sentence"]
    assert counted(database)["scans"] == set()
    session.send("Storage.overrideQuotaForOrigin", here)
    assert shown(page, codes[0])["kind"] == "ok"


def test_a_browser_that_stores_nothing_is_said_and_never_green(
    context, pairing_link, codes, database
):
    context.add_init_script(
        "indexedDB.open = () => { throw new DOMException('no', 'SecurityError'); }"
    )
    page = open_station(context, pairing_link)

    assert "ne garde rien" in page.text_content("#trouble")
    assert shown(page, codes[0])["kind"] == "refused"
    assert counted(database)["scans"] == set()


def test_a_browser_that_erased_the_list_says_so(page, context, server):
    page.goto("about:blank")
    page.goto(f"{server.url}/healthz")
    page.evaluate(
        "new Promise(done => (indexedDB.deleteDatabase('marhaba-gate').onsuccess = done))"
    )

    page.goto(f"{server.url}/scan?lang=fr")

    page.wait_for_selector("#trouble:not([hidden])")
    assert "effacé ce que gardait cette page" in page.text_content("#trouble")


def test_a_gate_is_open_in_one_tab_only(context, page, server):
    second = context.new_page()
    second.goto(f"{server.url}/scan?lang=fr")

    second.wait_for_selector("#other-tab:not([hidden])")
    page.close()

    second.wait_for_selector("#station:not([hidden])")


def test_the_webcam_is_read_after_a_reload_without_network(chromium, pairing_link, codes, database):
    shows = [(picture(None), 2), (picture(codes[0]), 3), (picture(None), 4), (picture(codes[1]), 3)]
    context = chromium.start(shows).new_context()
    page = open_station(context, pairing_link)
    wait_for_list(page)
    cut(context, page)
    before = {row["scan_id"] for row in stored(page)["waiting"]}

    page.reload()

    page.wait_for_selector("#verdicts .verdict[data-kind=pending], .verdict[data-kind=already]")
    waiting = stored(page)["waiting"]
    fresh = [row["scan"]["source"] for row in waiting if row["scan_id"] not in before]
    assert fresh[:1] == ["camera"]
    context.set_offline(False)
    page.wait_for_selector("#waiting", state="hidden", timeout=30_000)
    assert {row["scan_id"] for row in waiting} <= counted(database)["scans"]
    assert 1 <= counted(database)["admitted"] <= 2  # each badge once, however often it was shown
    assert page.faults == []
