"""What lies on a gate's disk opens no entry and names nobody, whenever its browser ends."""

from __future__ import annotations

import random
import threading

import pytest
from playwright.sync_api import Error
from sqlalchemy import func, select

from checkin.db.models import Scan
from tests.browser.gates.profile import Profile
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
from tests.support.traces import forms_of, traces
from tests.support.waiting import wait_for

pytestmark = pytest.mark.browser

#: without a word that the page has, whose sentences and tables of spellings lie in its cache
PEOPLE = {
    "Touria Benmessaoud": "ثريا بنمسعود",
    "Tahar Ouazzani": "الطاهر الوزاني",
    "Ghizlane Chraïbi": "غزلان الشرايبي",
    "Bouchaïb Belhaj": "بوشعيب بلحاج",
}
TYPED = ("Zoubida Lahbabï", "زبيدة لحبابي")
INDEXED_DB = "IndexedDB"


@pytest.fixture
def codes(database, event, delegation):
    return [
        factories.a_badge(database, event, name, name_ar=name_ar, delegation=delegation)
        for name, name_ar in PEOPLE.items()
    ]


@pytest.fixture
def pairing_link(server, database, event):
    return pairing_link_at(server, database, event, help_desk=True)


@pytest.fixture
def profile(chromium, tmp_path):
    return Profile(chromium, tmp_path / "profile")


@pytest.fixture
def secrets(codes):
    names = [*PEOPLE, *PEOPLE.values(), *TYPED]
    words = {word for name in names for word in name.split()}
    return {
        **{f"code {number}": forms_of(code) for number, code in enumerate(codes)},
        **{word: forms_of(word) for word in words},
    }


def paired(profile, link):
    """Pair the browser of a profile, and return its page and the device's token."""
    context = profile.open()
    with context.expect_event("response", lambda told: told.url.endswith("/pair")) as told:
        page = open_station(context, link)
    wait_for_list(page)
    wait_for(lambda: has_lease(page), "places that are lent", 90)
    wait_for(lambda: stored(page)["pages"], "the people of the help desk", 90)
    return page, told.value.json()["device_token"]


def has_lease(page):
    return any(row["name"] == "lent" and row["value"] for row in stored(page)["kept"])


def opened(profile, server):
    """Open the scan page of a browser that was paired before."""
    page = profile.open().new_page()
    page.goto(f"{server.url}/scan?lang=fr")
    page.wait_for_selector("#station:not([hidden])")
    return page


def shown(page, code):
    type_code(page, code)
    kind = card(page)["kind"]
    dismiss(page)
    return kind


def search(page, text):
    page.click("#open-search")
    page.fill("#search-name", text)
    page.press("#search-name", "Enter")


def let_in_by_name(page, name):
    """Let in the one whom a name finds, and return the kind of the verdict."""
    search(page, name)
    page.wait_for_selector("#found button")
    page.keyboard.press("Enter")
    kind = card(page)["kind"]
    dismiss(page)
    return kind


def type_names(page):
    """Search for somebody in vain, and let somebody in who has no badge."""
    search(page, TYPED[0])
    page.click("#search-form [data-close]")
    page.click("#open-walk-in")
    page.fill("#walk-in-name", TYPED[1])
    page.press("#walk-in-name", "Enter")
    assert card(page)["name"] == TYPED[1]


def counted(database):
    with database.read() as session:
        return session.scalar(select(func.count(Scan.id)))


def test_a_browser_that_is_killed_has_no_code_token_or_name_on_its_disk(
    profile, pairing_link, codes, secrets, server, database
):
    page, token = paired(profile, pairing_link)
    secrets["the device's token"] = forms_of(token)
    assert shown(page, codes[0]) == "ok"
    server.kill()
    assert [shown(page, code) for code in codes[1:3]] == ["pending", "pending"]
    assert let_in_by_name(page, "belhaj bouchaib") == "pending"
    type_names(page)

    profile.kill()

    assert traces(profile.folder, secrets) == set()
    page = opened(profile, server)
    search(page, "belhaj")
    page.wait_for_selector("#search-form [role=alert]:has-text('reste fermée')")
    page.context.close()
    server.start()
    page = opened(profile, server)
    wait_for(lambda: counted(database) == 5, "the scans that waited")
    page.wait_for_selector("#waiting", state="hidden", timeout=20_000)
    page.context.close()
    assert traces(profile.folder, secrets) == set()


PLANT = """async ([device, codes]) => {
  localStorage.setItem("marhaba.device", JSON.stringify(device));
  const asked = (request) => new Promise((done, failed) => {
    request.onsuccess = () => done(request.result);
    request.onerror = () => failed(request.error);
  });
  const opening = indexedDB.open("marhaba-door", 2);
  opening.onupgradeneeded = () => {
    const {result: database} = opening;
    const stores = {kept: "name", entries: "tag", tombstones: "tag", clocks: "frame"};
    for (const name of ["waiting", "walk_ins", "passages", "set_aside", "contradicted"])
      stores[name] = "scan_id";
    for (const [name, keyPath] of Object.entries(stores))
      database.createObjectStore(name, {keyPath});
    opening.transaction.objectStore("kept").put({name: "device_id", value: device.id});
  };
  const database = await asked(opening);
  for (const [number, code] of codes.entries()) {
    const scan_id = crypto.randomUUID(), scanned_at = new Date().toISOString();
    const scan = {scan_id, code, type: "entry", source: "camera", scanned_at};
    const row = {scan_id, position: number + 1, scan, decided: null, frame: "f", lease_id: null};
    const writing = database.transaction("waiting", "readwrite", {durability: "strict"});
    await asked(writing.objectStore("waiting").put(row));
  }
  database.close();
}"""


def test_what_an_earlier_version_stored_is_found_by_the_search_sent_and_erased(
    profile, codes, secrets, server, database, event
):
    new = factories.a_new_device(database, event)
    device = {
        "id": new.id,
        "token": new.token,
        "gate": {"id": 1, "name": "Porte 1"},
        "event": {"slug": event.slug, "name": event.name, "timezone": event.timezone},
        "opened": True,
    }
    page = profile.open().new_page()
    page.goto(f"{server.url}/healthz")
    page.evaluate(PLANT, [device, codes])
    page.context.close()
    stored = profile.folder / "Default"
    found = {name for name, _ in traces(stored / INDEXED_DB, secrets)}
    assert found == {f"code {number}" for number in range(len(codes))}
    token = {"the device's token": forms_of(new.token)}
    assert traces(stored / "Local Storage", token)

    page = opened(profile, server)
    wait_for(lambda: counted(database) == len(codes), "the scans that waited")
    page.wait_for_selector("#waiting", state="hidden", timeout=20_000)
    wait_for_list(page)
    assert page.evaluate("localStorage.getItem('marhaba.device')") is None
    page.context.close()

    assert traces(profile.folder, secrets) == set()
    assert shown(opened(profile, server), codes[0]) == "already"


@pytest.mark.proof
@pytest.mark.timeout(1200)
def test_a_browser_that_is_killed_at_any_instant_has_no_code_token_or_name_on_its_disk(
    profile, pairing_link, codes, secrets, server, database
):
    page, token = paired(profile, pairing_link)
    secrets["the device's token"] = forms_of(token)
    for number in range(12):
        dice = random.Random(number)
        if number % 3 == 1:
            server.kill()
        power = threading.Timer(dice.uniform(0.05, 4), profile.kill)
        power.start()
        go_on_until_killed(page, codes, dice)
        power.join()

        assert traces(profile.folder, secrets) == set(), number
        if number % 3 == 2:
            server.start()
        page = opened(profile, server)
    page.wait_for_selector("#waiting", state="hidden", timeout=30_000)
    page.context.close()
    assert traces(profile.folder, secrets) == set()


def go_on_until_killed(page, codes, dice):
    """Show badges, one after the other, until there is no browser any more."""
    try:
        while True:
            type_code(page, dice.choice(codes))
            page.wait_for_timeout(dice.uniform(20, 400))
    except Error:
        pass
