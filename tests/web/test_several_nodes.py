"""Several nodes on one PostgreSQL: what one of them changes, all of them follow."""

from __future__ import annotations

import re
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from email import message_from_bytes
from pathlib import Path

import pytest
import requests

from checkin.db.models import Role
from checkin.services.common import readiness
from checkin.services.gates import authentication
from checkin.web.site.addressing import known_address
from checkin.words.languages import LANGUAGES
from tests.support import factories
from tests.support.api_client import a_scan
from tests.support.databases.databases import opened
from tests.support.racing import race
from tests.support.servers.server_fork import by_fork
from tests.support.servers.server_process import Server
from tests.support.waiting import wait_for
from tests.web.browsing import PASSWORD, an_operator

pytestmark = pytest.mark.postgres
CSRF = re.compile(r'name="csrf_token" value="([^"]+)"')
#: the bound is a second: `test_no_node_keeps_what_another_may_change_for_more_than_a_second`
PATIENCE_S = 10
REVOKED = (401, "unauthenticated")
CLOSED, ADMITTED, IS_IN = (200, "invalid_time"), (200, None), (200, "already_redeemed")


class Nodes:
    """Two servers of one installation, each a process with a home of its own."""

    def __init__(self, url: str, folder: Path) -> None:
        with opened(url) as database:
            self.event = factories.an_event(database)
            self.codes = factories.badges(database, self.event, 30)
            an_operator(database, Role.ORGANISER)
            self.device = factories.a_new_device(database, self.event)
        self.first, self.second = (
            Server(
                folder / name,
                begin=by_fork,
                CHECKIN_DATABASE_URL=url,
                CHECKIN_MASTER_KEY=factories.MASTER_KEY.hex(),
                CHECKIN_BASE_URL=factories.BASE_URL,
            )
            for name in ("first", "second")
        )

    def __iter__(self):
        return iter((self.first, self.second))

    def scan(self, node: Server, code: str) -> tuple[int, str | None]:
        """Scan a badge at a node; return the status and why it was refused."""
        headers = {"Authorization": f"Bearer {self.device.token}"}
        answer = requests.post(
            f"{node.url}/api/v1/scans", json=a_scan(code), headers=headers, timeout=10
        )
        return answer.status_code, answer.json().get("error") or answer.json()["reason"]


@pytest.fixture
def nodes(postgres_databases, tmp_path):
    with postgres_databases.fresh(tmp_path) as url:
        nodes = Nodes(url, tmp_path)
        for node in nodes:
            Path(node._environ["CHECKIN_HOME"]).mkdir()
            node.start()
        yield nodes
        for node in nodes:
            node.kill()


@pytest.fixture
def organiser(nodes) -> requests.Session:
    """A browser that has signed in at the first node."""
    browser = requests.Session()
    send(browser, nodes.first, "/login", email="organiser@example.org", password=PASSWORD)
    return browser


def send(browser, node, page, action=None, **fields):
    """Open a page of a node, fill in its form and send it; return the response."""
    opened_page = browser.get(node.url + page, timeout=10)
    fields["csrf_token"] = CSRF.search(opened_page.text)[1]
    return browser.post(node.url + (action or page), data=fields, timeout=10)


def follows(nodes, expected):
    """Wait until the second node answers a badge so that has come in before."""
    wait_for(
        lambda: nodes.scan(nodes.second, nodes.codes[0]) == expected, str(expected), PATIENCE_S
    )


def test_no_node_keeps_what_another_may_change_for_more_than_a_second():
    ages_s = {
        "a device, its event's settings and stops": authentication.KNOWN_FOR_S,
        "the public address": known_address.KNOWN_FOR_S,
        "readiness": readiness.KEPT_S,
    }

    assert {what: age for what, age in ages_s.items() if age > 1} == {}


def test_a_stop_and_a_revocation_at_one_node_hold_at_the_other(nodes, organiser):
    page = f"/events/{nodes.event.slug}"
    assert nodes.scan(nodes.second, nodes.codes[0]) == ADMITTED
    messages = {f"message_{language}": "Alarme" for language in LANGUAGES}

    assert send(organiser, nodes.first, f"{page}/stop", **messages).ok
    follows(nodes, CLOSED)

    assert send(organiser, nodes.first, f"{page}/stop", f"{page}/stop/lift").ok
    follows(nodes, IS_IN)

    revoke = f"{page}/devices/{nodes.device.id}/revoke"
    assert send(organiser, nodes.first, f"{page}/devices", revoke).ok
    follows(nodes, REVOKED)


def test_settings_that_one_node_changes_hold_at_the_other(nodes, organiser):
    page = f"/events/{nodes.event.slug}/settings"
    assert nodes.scan(nodes.second, nodes.codes[0]) == ADMITTED
    form = {
        "name": "Rencontre régionale",
        "venue": "Complexe Ibn Rochd",
        "timezone": "Africa/Casablanca",
        "starts_at": "2025-06-14T15:00",
        "ends_at": "2025-06-14T19:00",
        "reentry": "single",
        "language": "fr",
        "retention_days": "30",
        "doors_open_at": "2025-06-14T08:00",
        "doors_close_at": "2025-06-14T09:00",
    }

    assert send(organiser, nodes.first, page, **form).ok
    follows(nodes, CLOSED)


def test_a_sign_in_is_valid_at_every_node_and_a_sign_out_ends_it_everywhere(nodes, organiser):
    board = f"/events/{nodes.event.slug}/board"

    def opens():
        return [
            organiser.get(node.url + board, timeout=10, allow_redirects=False).status_code
            for node in nodes
        ]

    before = opens()
    send(organiser, nodes.second, board, "/logout")

    assert before == [200, 200]
    assert opens() == [302, 302]


def test_one_badge_scanned_at_all_nodes_at_once_is_admitted_once(nodes):
    servers = [*nodes] * 8

    for code in nodes.codes[:5]:
        told = race(len(servers), lambda at, code=code: nodes.scan(servers[at], code))
        assert Counter(told) == {ADMITTED: 1, (200, "already_redeemed"): 15}


def test_two_nodes_that_send_mail_at_once_send_no_message_twice(nodes, tmp_path):
    with opened(nodes.first._environ["CHECKIN_DATABASE_URL"]) as database:
        for number in range(12):
            factories.a_participant(
                database, nodes.event, f"Amina Tazi {number}", email=f"amina{number}@example.org"
            )

    with ThreadPoolExecutor(2) as threads:
        list(threads.map(lambda node: node.command("badges", "send"), nodes))

    sent = [
        message_from_bytes(file.read_bytes())["To"]
        for name in ("first", "second")
        for file in (tmp_path / name / "outbox").glob("*.eml")
    ]
    assert len(sent) == len(set(sent)) == 12
