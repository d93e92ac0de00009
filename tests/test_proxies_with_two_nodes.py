"""nginx and Caddy of `deploy` before two nodes, one of which is dead, or dies with a request."""

from __future__ import annotations

from contextlib import ExitStack

import pytest
import requests
from sqlalchemy import func, select

from checkin.db.models import Scan
from tests.support import factories
from tests.support.api_client import a_scan
from tests.support.others import reverse_proxies
from tests.support.others.reverse_proxies import served_to_proxies
from tests.support.servers.lossy_node import lossy_node
from tests.test_real_proxies import AMINA, Person

SCANS = 6


@pytest.fixture
def databases(sqlite_databases):
    """Proxies see no difference between databases."""
    return sqlite_databases


@pytest.fixture
def server(database_url, event, tmp_path):
    with served_to_proxies(database_url, tmp_path) as server:
        yield server


@pytest.fixture(params=["nginx", "caddy"])
def proxy_before(request, tmp_path):
    """A function that runs a proxy before two ports of this machine."""
    run = getattr(reverse_proxies, request.param)
    return lambda first, second: run(tmp_path, first, others=[second])


@pytest.fixture
def codes(database, event):
    return factories.badges(database, event, SCANS)


def sent(proxy, token, scan):
    """Send a scan through the proxy as a gate does, and return the answer."""
    return requests.post(
        f"{proxy.url}/api/v1/scans",
        json=scan,
        headers={"Authorization": f"Bearer {token}"},
        verify=str(proxy.trust),
        timeout=20,
    )


def stored(database, model):
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(model))


def test_a_node_that_dies_is_noticed_by_nobody(proxy_before, server, database, event, codes):
    token = factories.a_new_device(database, event).token

    with ExitStack() as first:
        node = first.enter_context(lossy_node(server.port))
        with proxy_before(node.server_port, server.port) as proxy, Person(proxy, AMINA) as amina:
            first.close()
            answers = [sent(proxy, token, a_scan(code)) for code in codes]
            pages = [amina.get("/login").status_code for _ in range(SCANS)]

    assert [one.status_code for one in answers] == [200] * SCANS
    assert pages == [200] * SCANS
    assert stored(database, Scan) == SCANS


def test_a_scan_whose_node_died_with_it_is_answered_by_the_other_and_counted_once(
    proxy_before, server, database, event, codes
):
    token = factories.a_new_device(database, event).token
    scans = [a_scan(code) for code in codes]

    with (
        lossy_node(server.port) as node,
        proxy_before(node.server_port, server.port) as proxy,
    ):
        answers = [sent(proxy, token, scan) for scan in scans]
        # As a gate does; nginx has done it already.
        answers = [
            sent(proxy, token, scan) if answer.status_code == 502 else answer
            for scan, answer in zip(scans, answers, strict=True)
        ]

    assert [one.status_code for one in answers] == [200] * SCANS
    replayed = [one.json()["replayed"] for one in answers].count(True)
    assert replayed == len(node.lost) > 0
    assert stored(database, Scan) == SCANS


def test_nginx_lets_no_gate_notice_that_a_node_died_with_its_scan(
    server, database, event, codes, tmp_path
):
    token = factories.a_new_device(database, event).token

    with (
        lossy_node(server.port) as node,
        reverse_proxies.nginx(tmp_path, node.server_port, others=[server.port]) as proxy,
    ):
        answers = [sent(proxy, token, a_scan(code)).status_code for code in codes]

    assert (answers, bool(node.lost)) == ([200] * SCANS, True)


def test_control_a_form_whose_node_died_with_it_is_not_sent_twice(proxy_before, server, database):
    with (
        lossy_node(server.port) as node,
        proxy_before(node.server_port, server.port) as proxy,
        Person(proxy, AMINA) as amina,
    ):
        codes = [
            amina.post("/login", data={"email": "a@example.org", "password": "b"}).status_code
            for _ in range(SCANS)
        ]

    # The server refuses a form without its token; what counts is how often it was asked.
    assert codes.count(502) == len(node.lost) > 0
    assert codes.count(400) == SCANS - len(node.lost)
