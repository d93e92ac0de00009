"""Several nodes on one PostgreSQL: what one of them changes, all of them follow."""

from __future__ import annotations

import re
import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from email import message_from_bytes
from urllib.parse import urlsplit

import pytest
import requests

from checkin.db.models import Event, Role
from checkin.services.common import readiness
from checkin.services.gates import authentication
from checkin.services.gates.devices import NewDevice
from checkin.web.site.addressing import known_address
from checkin.words.languages import LANGUAGES
from tests.support import factories
from tests.support.api_client import a_scan
from tests.support.databases.databases import opened
from tests.support.others import reverse_proxies
from tests.support.others.pgbouncer import pgbouncer
from tests.support.racing import race
from tests.support.servers.nodes import boards, nodes
from tests.support.servers.server_process import Server
from tests.support.waiting import wait_for
from tests.web.browsing import PASSWORD, an_operator

pytestmark = pytest.mark.postgres
CSRF = re.compile(r'name="csrf_token" value="([^"]+)"')
#: the bound is a second: `test_no_node_keeps_what_another_may_change_for_more_than_a_second`
PATIENCE_S, BOUND_S = 10, 1.0
REVOKED = (401, "unauthenticated")
CLOSED, ADMITTED, IS_IN = (200, "invalid_time"), (200, None), (200, "already_redeemed")
NODES = 3
ALARM = {f"message_{language}": "Alarme" for language in LANGUAGES}
SETTINGS = {
    "name": "Rencontre régionale",
    "venue": "Complexe Ibn Rochd",
    "timezone": "Africa/Casablanca",
    "starts_at": "2025-06-14T15:00",
    "ends_at": "2025-06-14T19:00",
    "reentry": "single",
    "language": "fr",
    "retention_days": "30",
}
LONG_AGO = {"doors_open_at": "2025-06-14T08:00", "doors_close_at": "2025-06-14T09:00"}


@dataclass(frozen=True)
class Installation:
    """Three nodes of one installation, each a process with a home of its own.

    Attributes:
        device: at the only gate.
        codes: of people who have a place.
        url: where its people reach it: the first node, or a proxy before all of them.
        trust: the file with the authority of that proxy.
    """

    servers: Sequence[Server]
    database_url: str
    event: Event
    device: NewDevice
    codes: Sequence[str]
    url: str
    trust: str | None = None

    def scan(self, node: Server, code: str) -> tuple[int, str | None]:
        """Scan a badge at a node; return the status and why it was refused."""
        headers = {"Authorization": f"Bearer {self.device.token}"}
        answer = requests.post(
            f"{node.url}/api/v1/scans", json=a_scan(code), headers=headers, timeout=10
        )
        return answer.status_code, answer.json().get("error") or answer.json()["reason"]

    def all_answer(self, expected: tuple[int, str | None]) -> float:
        """Wait until each node answers a badge so that has come in before.

        Returns:
            After how many seconds the last of them did.
        """
        began = time.monotonic()
        for node in self.servers:
            wait_for(
                lambda node=node: self.scan(node, self.codes[0]) == expected,
                f"{expected} at {node.url}",
                PATIENCE_S,
            )
        return time.monotonic() - began


@contextmanager
def installation(url, folder, *, through=None, proxy_before=None):
    """Run three nodes with an event, an organiser and a device.

    Args:
        through: the address of a pooler before that database.
        proxy_before: runs a proxy before the ports of the nodes.
    """
    with opened(url) as database:
        event = factories.an_event(database)
        codes = factories.badges(database, event, 30)
        an_operator(database, Role.ORGANISER)
        device = factories.a_new_device(database, event)
    behind = {
        "CHECKIN_BASE_URL": "https://localhost/marhaba",
        "CHECKIN_TRUSTED_PROXIES": "127.0.0.1/32",
        "CHECKIN_DATABASE_DIRECT_URL": url,
    }
    with nodes(NODES, folder, through or url, **(behind if proxy_before else {})) as servers:
        known = (servers, url, event, device, codes)
        if proxy_before is None:
            yield Installation(*known, servers[0].url)
            return
        first, *others = (server.port for server in servers)
        with proxy_before(folder, first, others=others) as proxy:
            yield Installation(*known, proxy.url, str(proxy.trust))


@pytest.fixture
def three(postgres_databases, tmp_path):
    with postgres_databases.fresh(tmp_path) as url, installation(url, tmp_path) as three:
        yield three


@pytest.fixture(params=["nginx", "caddy"])
def three_behind(request, postgres_databases, tmp_path):
    """Three nodes behind a proxy of `deploy`, with PostgreSQL behind pgbouncer."""
    proxy_before = getattr(reverse_proxies, request.param)
    with (
        postgres_databases.fresh(tmp_path) as url,
        pgbouncer(url) as pooled,
        installation(url, tmp_path, through=pooled, proxy_before=proxy_before) as three,
    ):
        yield three


class Organiser:
    """A browser in which an organiser has signed in, at the first node or through the proxy."""

    def __init__(self, of: Installation) -> None:
        self._of, self._browser = of, requests.Session()
        self._browser.verify, self._browser.trust_env = of.trust or True, False
        assert self.send(of.url, "/login", email="organiser@example.org", password=PASSWORD).ok

    def send(self, at: str, page: str, action: str = "", **fields: str) -> requests.Response:
        """Open a page at an address, fill in its form and send it; return the response."""
        opened_page = self._browser.get(at + page, timeout=10)
        fields["csrf_token"] = CSRF.search(opened_page.text)[1]
        return self._browser.post(
            at + (action or page), data=fields, headers={"Referer": opened_page.url}, timeout=10
        )

    def send_of_event(self, page: str, action: str = "", **fields: str) -> None:
        """Send the form of a page of the event where its people reach the installation."""
        of = f"/events/{self._of.event.slug}"
        assert self.send(self._of.url, of + page, action and of + action, **fields).ok

    def opens(self, page: str) -> list[int]:
        """Ask each node for a page as whoever is before it does; return the codes."""
        public = urlsplit(self._of.url)
        headers = {
            "X-Forwarded-For": "127.0.0.1",
            "X-Forwarded-Proto": public.scheme,
            "X-Forwarded-Host": public.netloc,
            "Cookie": "; ".join(f"{one.name}={one.value}" for one in self._browser.cookies),
        }
        return [
            requests.get(
                node.url + public.path + page, headers=headers, timeout=10, allow_redirects=False
            ).status_code
            for node in self._of.servers
        ]


@pytest.fixture
def organiser(three):
    return Organiser(three)


def stop_and_lift(three: Installation, organiser: Organiser) -> list[float]:
    """Stop all entries and let people in again; return after how long all nodes did."""
    organiser.send_of_event("/stop", **ALARM)
    stopped_s = three.all_answer(CLOSED)
    organiser.send_of_event("/stop", "/stop/lift")
    return [stopped_s, three.all_answer(IS_IN)]


def revoke(three: Installation, organiser: Organiser) -> float:
    """Revoke the device; return after how long all nodes refused it."""
    organiser.send_of_event("/devices", f"/devices/{three.device.id}/revoke")
    return three.all_answer(REVOKED)


def close_and_open_the_doors(three: Installation, organiser: Organiser) -> list[float]:
    """Change when the doors are open, twice; return after how long all nodes knew of it."""
    organiser.send_of_event("/settings", **SETTINGS, **LONG_AGO)
    closed_s = three.all_answer(CLOSED)
    organiser.send_of_event("/settings", **SETTINGS)
    return [closed_s, three.all_answer(IS_IN)]


def test_no_node_keeps_what_another_may_change_for_more_than_a_second():
    ages_s = {
        "a device, its event's settings and stops": authentication.KNOWN_FOR_S,
        "the public address": known_address.KNOWN_FOR_S,
        "readiness": readiness.KEPT_S,
    }

    assert {what: age for what, age in ages_s.items() if age > BOUND_S} == {}


def test_a_stop_and_a_revocation_at_one_node_hold_at_the_others(three, organiser):
    assert three.scan(three.servers[1], three.codes[0]) == ADMITTED
    three.all_answer(IS_IN)

    stop_and_lift(three, organiser)
    revoke(three, organiser)


def test_settings_that_one_node_changes_hold_at_the_others(three, organiser):
    assert three.scan(three.servers[1], three.codes[0]) == ADMITTED
    three.all_answer(IS_IN)

    close_and_open_the_doors(three, organiser)


def test_a_sign_in_is_valid_at_every_node_and_a_sign_out_ends_it_everywhere(three, organiser):
    board = f"/events/{three.event.slug}/board"

    before = organiser.opens(board)
    organiser.send(three.servers[1].url, board, "/logout")

    assert before == [200] * NODES
    assert organiser.opens(board) == [302] * NODES


def test_behind_a_proxy_and_pgbouncer_nodes_follow_one_another_and_know_who_signed_in(three_behind):
    three, organiser = three_behind, Organiser(three_behind)
    first, *_others = three.servers
    assert three.scan(first, three.codes[0]) == ADMITTED
    three.all_answer(IS_IN)

    assert organiser.opens(f"/events/{three.event.slug}/board") == [200] * NODES
    told = race(6, lambda at: three.scan(three.servers[at % NODES], three.codes[1]))
    assert Counter(told) == {ADMITTED: 1, IS_IN: 5}
    stop_and_lift(three, organiser)
    revoke(three, organiser)


@pytest.mark.proof
@pytest.mark.timeout(300)
def test_the_others_follow_within_a_second(three_behind):
    """The best of three counts: others may keep the machine busy. Each waits for all nodes."""
    three, organiser = three_behind, Organiser(three_behind)
    assert three.scan(three.servers[0], three.codes[0]) == ADMITTED
    took_s = defaultdict(list)
    for arrived, code in enumerate(three.codes[1:4], 2):
        took_s["stop"] += stop_and_lift(three, organiser)
        took_s["settings"] += close_and_open_the_doors(three, organiser)
        took_s["board"].append(until_all_boards_show(three, code, arrived))
        with opened(three.database_url) as database:
            another = replace(three, device=factories.a_new_device(database, three.event, code))
        another.all_answer(IS_IN)
        took_s["revoked"].append(revoke(another, organiser))

    assert {what: times for what, times in took_s.items() if min(times) > BOUND_S} == {}


def until_all_boards_show(three: Installation, code: str, arrived: int) -> float:
    """Scan a badge at the first node; return after how long boards of all nodes counted it."""
    with ExitStack() as closing:
        opened_boards = [
            closing.enter_context(boards(1, node, three.device.token))[0] for node in three.servers
        ]
        told = [board.told_of(arrived=arrived) for board in opened_boards]
        assert three.scan(three.servers[0], code) == ADMITTED
        began = time.monotonic()
        assert all(one.result(PATIENCE_S) for one in told)
        return time.monotonic() - began


def test_one_badge_scanned_at_all_nodes_at_once_is_admitted_once(three):
    servers = [*three.servers] * 5

    for code in three.codes[:5]:
        told = race(len(servers), lambda at, code=code: three.scan(servers[at], code))
        assert Counter(told) == {ADMITTED: 1, IS_IN: 14}


def test_three_nodes_that_send_mail_at_once_send_no_message_twice(three, tmp_path):
    with opened(three.database_url) as database:
        for number in range(12):
            factories.a_participant(
                database, three.event, f"Amina Tazi {number}", email=f"amina{number}@example.org"
            )

    with ThreadPoolExecutor(NODES) as threads:
        list(threads.map(lambda node: node.command("badges", "send"), three.servers))

    sent = [
        message_from_bytes(file.read_bytes())["To"]
        for number in range(NODES)
        for file in (tmp_path / f"node-{number}" / "outbox").glob("*.eml")
    ]
    assert len(sent) == len(set(sent)) == 12
