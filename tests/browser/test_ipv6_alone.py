"""The scan page of a server that is reached by IPv6 alone: paired by a link with brackets."""

from __future__ import annotations

import json

import pytest

from tests.browser.gates.stations import card, open_station, type_code, wait_for_list
from tests.support.servers.server_process import Server

pytestmark = pytest.mark.browser


@pytest.fixture
def server(tmp_path):
    server = Server(tmp_path / "home", CHECKIN_BASE_URL="")
    server.load_demo(10)
    server.url = f"http://[::1]:{server.port}"
    server.start("--host", "::1")
    yield server
    server.kill()


def test_a_badge_is_admitted(server, context):
    told = json.loads(server.command("device", "pair", "--gate", "Porte 1", "--json"))
    page = open_station(context, f"{server.url}/scan?lang=fr#pair={told['pairing_code']}")
    wait_for_list(page)

    type_code(page, server.codes()[0]["code"])

    assert card(page)["kind"] == "ok"
    assert page.faults == []
