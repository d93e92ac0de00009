"""Firefox at a venue's server over TLS: warned first, trusted after the steps of /trust."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engines import firefox
from tests.engines.conftest import show_to_camera
from tests.engines.driven import BrowserFault
from tests.engines.firefox import Firefox
from tests.support.lan import needs_namespaces, two_machines
from tests.support.servers.venue_server import (
    ADDRESS,
    VenueServer,
    add_to_nss,
    needs_certutil,
    served_with,
)

pytestmark = [
    pytest.mark.proof,
    needs_namespaces,
    needs_certutil,
    pytest.mark.skipif(
        firefox.program() is None, reason="no Firefox: script/proof engines installs it"
    ),
]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[VenueServer]:
    with two_machines() as (here, _), here.entered():
        here.add(f"{ADDRESS}/24")
        server = VenueServer(tmp_path_factory.mktemp("venue") / "home")
        server.password = server.load_demo(20)
        server.start()
        yield server
        server.kill()


def started(folder: Path, server: VenueServer, *, trusting: bool) -> Firefox:
    """Start a Firefox that takes no certificate which it does not trust."""
    folder.mkdir()
    if trusting:
        add_to_nss(folder, server.authority)  # its cert9.db, as "Import…" writes it
    return Firefox(folder, takes_any_certificate=False)


def test_firefox_warns_before_the_authority_is_trusted(server: VenueServer, tmp_path: Path) -> None:
    browser = started(tmp_path / "fresh", server, trusting=False)
    try:
        with pytest.raises(BrowserFault, match="insecure certificate"):
            browser.open(f"{server.url}/login")
    finally:
        browser.close()


def test_firefox_signs_in_and_scans_once_the_authority_is_trusted(
    server: VenueServer, tmp_path: Path
) -> None:
    browser = started(tmp_path / "trusting", server, trusting=True)
    try:
        browser.open(f"{server.url}/login?lang=fr")
        browser.type("#email", "admin@example.org")
        browser.type("#password", server.password)
        browser.click("main button")
        browser.wait_for(".signed-in")

        told = json.loads(server.command("device", "pair", "--gate", "Porte 1", "--json"))
        browser.open(f"{server.url}/scan?lang=fr#pair={told['pairing_code']}&ca={'A1' * 32}")
        browser.wait_for("#pairing:not([hidden])")
        show_to_camera(browser, server.codes()[0]["code"])
        browser.click("#pairing button")
        kind = browser.wait("() => document.querySelector('#verdicts .verdict')?.dataset.kind")
        assert kind == "ok"
        browser.wait("() => document.documentElement.dataset.kept === 'yes'", seconds=30)
        with (
            served_with(server.folder, "127.0.0.1", "example.org") as forged,
            pytest.raises(BrowserFault, match="insecure certificate"),
        ):
            browser.open(forged)
    finally:
        browser.close()
