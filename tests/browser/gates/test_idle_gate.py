"""A gate to which nobody comes: doors, a practice badge, a screen that stays on, the battery."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from checkin.db.models import Device, Scan
from tests.browser.gates.stations import VERDICT, open_station, type_code, wait_for_list
from tests.support import factories
from tests.support.waiting import wait_for

pytestmark = pytest.mark.browser

#: a laptop whose battery is nearly empty, and whose screen locks are counted
_LAPTOP = """
const battery = Object.assign(new EventTarget(), {level: 0.14, charging: false});
navigator.getBattery = async () => battery;
window.locks = [];
const ask = WakeLock.prototype.request;
WakeLock.prototype.request = async function (kind) {
  const lock = await ask.call(this, kind);
  window.locks.push(lock);
  return lock;
};
"""


#: the panel takes no place from the rest of the screen
_WITHIN_THE_PICTURE = """() => {
  const [panel, picture] = ["idle", "video"].map(
    (id) => document.getElementById(id).getBoundingClientRect());
  const shell = document.getElementById("typed").getBoundingClientRect();
  return panel.left >= picture.left && panel.right <= picture.right && shell.width > 250;
}"""


def test_an_idle_gate_practises_stays_awake_and_warns_of_its_battery(
    context, pairing_link, database, event, delegation
):
    (code,) = factories.badges(database, event, 1, delegation=delegation)
    context.add_init_script(_LAPTOP)
    page = open_station(context, pairing_link)
    wait_for_list(page)

    page.wait_for_selector("#idle:not([hidden])")
    page.wait_for_selector("#doors:not(:empty)")
    for width, height in ((1366, 768), (390, 844)):
        page.set_viewport_size({"width": width, "height": height})
        assert page.evaluate(_WITHIN_THE_PICTURE), f"at {width} px"
    assert page.text_content("#idle-gate") == "Porte 1"
    assert page.text_content("#battery") == "Batterie\u00a0: 14\u00a0%. Branchez le câble."
    assert page.evaluate("locks.map((lock) => lock.released)") == [False]
    assert page.is_hidden("#may-sleep")

    for kind in ("ok", "already", "refused"):
        page.keyboard.press("p")
        page.wait_for_selector(f"{VERDICT}[data-kind={kind}] [data-part=rehearsal]:not([hidden])")
    with database.read() as session:
        assert session.scalars(select(Scan)).all() == []
    wait_for(lambda: _told(database) == (14, False), "the battery told to the server", 20)

    page.keyboard.press("Escape")
    type_code(page, code)
    page.wait_for_selector(f"{VERDICT}[data-kind=ok]")
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    page.keyboard.press("p")
    page.wait_for_selector("#note:not(:empty)")
    assert page.is_hidden("#idle")

    page.on("dialog", lambda dialog: dialog.accept())
    page.evaluate("document.querySelector('#settings').open = true")
    page.click("#forget")
    page.wait_for_selector("#pairing:not([hidden])")
    assert page.evaluate("locks.map((lock) => lock.released)") == [True]
    assert page.faults == []


def _told(database):
    with database.read() as session:
        return tuple(session.execute(select(Device.battery, Device.charging)).one())
