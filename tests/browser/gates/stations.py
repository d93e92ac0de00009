"""A scan page at a gate, used as a volunteer does."""

from __future__ import annotations

import time
from datetime import UTC, datetime

from sqlalchemy import update

from checkin.db.models import Device
from checkin.protocol.base64url import bytes_of
from checkin.protocol.codes import parse_code
from checkin.protocol.gate_list import badge_tag
from checkin.services.gates.authentication import KNOWN_FOR_S
from checkin.services.gates.devices import gate_named, open_pairing
from tests.support import factories

VERDICT = "#verdicts .verdict"


def pairing_link_at(server, database, event, gate="Porte 1", language="fr", *, help_desk=False):
    """Return the link that an organiser shows for a gate."""

    def work(session):
        found = gate_named(session, event, gate, create=True)
        now = datetime.now(UTC)
        return open_pairing(session, event, found, now=now, help_desk=help_desk)

    return f"{server.url}/scan?lang={language}#pair={factories.write(database, work)}"


def open_station(browser, link, **viewport):
    """Open the link, press the button, and return the page of the station once its gate is open."""
    page = browser.new_page(**viewport)
    page.faults = []
    page.on("pageerror", lambda fault: page.faults.append(str(fault)))
    page.goto(link)
    page.fill("#station-name", "Poste de Samira")
    page.click("#pairing button")
    page.wait_for_selector("#station:not([hidden])")
    page.wait_for_selector("#code:enabled", state="attached")  # a key pressed earlier does nothing
    return page


def revoke_all(database):
    """Revoke every device, and wait until the server's process knows it."""
    factories.write(database, lambda s: s.execute(update(Device).values(revoked_at=factories.NOW)))
    time.sleep(KNOWN_FOR_S + 0.1)


def card(page):
    """Return what the verdict says, by part, and its kind."""
    page.wait_for_selector(VERDICT)
    return page.eval_on_selector(
        VERDICT,
        """card => ({kind: card.dataset.kind, ...Object.fromEntries(
            [...card.querySelectorAll('[data-part]:not([hidden])')]
              .map(part => [part.dataset.part, part.textContent]))})""",
    )


def type_code(page, text):
    """Write a code into its field and send it."""
    page.fill("#code", text)
    page.press("#code", "Enter")


def hand_scanner(page, keys, end="Enter"):
    """Press (code, key) pairs as fast as a hand scanner does, wherever the focus is.

    Return whether its end was kept from pressing a button or moving the focus.
    """
    return page.evaluate(
        """keys => keys.map(([code, key]) => !dispatchEvent(
             new KeyboardEvent("keydown", {code, key, cancelable: true}))).pop()""",
        [*keys, (end, end)],
    )


def wait_for_list(page):
    """Wait until the page holds a gate list and can open without network."""
    page.wait_for_selector("#list-age[data-warn=false]")
    page.wait_for_selector("html[data-kept=yes]")


def dismiss(page):
    """Leave the code's field, if it has the focus, and close the verdicts."""
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    page.wait_for_selector("#verdicts", state="hidden")


def ref_of(code):
    """Return what a device may keep of a badge's code."""
    token = parse_code(code)
    assert token is not None
    return bytes_of(badge_tag(token)).hex()


def stored(page):
    """Return what IndexedDB holds, row by row, by store."""
    return page.evaluate(
        """async () => {
          const asked = (request) => new Promise((done, failed) => {
            request.onsuccess = () => done(request.result);
            request.onerror = () => failed(request.error);
          });
          const database = await asked(indexedDB.open("marhaba-gate"));
          const found = {};
          for (const name of database.objectStoreNames)
            found[name] = await asked(database.transaction(name).objectStore(name).getAll());
          database.close();
          return found;
        }"""
    )


_KEPT = """async () => {
  const names = (await indexedDB.databases()).map((one) => one.name);
  if (!names.includes("marhaba-key")) return 0;
  const asked = (request) => new Promise((done, failed) => {
    request.onsuccess = () => done(request.result);
    request.onerror = () => failed(request.error);
  });
  const database = await asked(indexedDB.open("marhaba-key"));
  const count = await asked(database.transaction("keys").objectStore("keys").count());
  database.close();
  return count;
}"""


def is_paired(page):
    """Say whether the browser keeps a pairing or its key."""
    return page.evaluate(_KEPT) > 0
