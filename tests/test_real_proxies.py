"""A real server behind real proxies, with the configuration files of `deploy`."""

from __future__ import annotations

import json
import os
import re
import socket
import ssl
import subprocess
import sys
from contextlib import ExitStack
from urllib.parse import urlsplit

import pytest
import requests
from requests.adapters import HTTPAdapter
from sqlalchemy import select

from checkin.db.models import Activity, OperatorSession, Role
from checkin.services.accounts.failed_sign_ins import FAILURES
from tests.browser.gates.stations import pairing_link_at
from tests.scanner.decode.pictures import qr, scene, write_video
from tests.support import factories
from tests.support.others import reverse_proxies
from tests.support.others.reverse_proxies import served_to_proxies
from tests.support.servers.server_process import ROOT, Server
from tests.support.waiting import wait_for
from tests.web.browsing import PASSWORD, an_operator

_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
#: addresses of this machine, each in a network of its own
AMINA, BILAL = "127.1.0.1", "127.2.0.1"


@pytest.fixture
def databases(sqlite_databases):
    """Proxies see no difference between databases."""
    return sqlite_databases


@pytest.fixture
def server(database_url, event, tmp_path):
    with served_to_proxies(database_url, tmp_path) as server:
        yield server


@pytest.fixture(
    params=["nginx", "nginx that strips", "plain", "caddy", "caddy that strips"],
)
def proxy(request, server, tmp_path):
    kind, _, strips = request.param.partition(" ")
    if kind == "plain":
        running = reverse_proxies.plain_proxy(tmp_path, server.port)
    else:
        running = getattr(reverse_proxies, kind)(tmp_path, server.port, strips=bool(strips))
    with running as proxy:
        yield proxy


class _From(HTTPAdapter):
    """Asks from one of this machine's addresses."""

    def __init__(self, address):
        self._address = address
        super().__init__()

    def init_poolmanager(self, *args, **more):
        super().init_poolmanager(*args, source_address=(self._address, 0), **more)


class Person:
    """A browser at an address of its own."""

    def __init__(self, proxy, address):
        # By its address: "localhost" might be IPv6, where these source addresses are none.
        self._proxy, self._session = proxy, requests.Session()
        self._session.mount("https://", _From(address))
        self._session.verify = str(proxy.trust)
        self._session.trust_env = False

    def __enter__(self):
        return self

    def __exit__(self, *_fault):
        self._session.close()

    def post(self, path, **more):
        return self._session.post(self._proxy.url + path, **more, timeout=20)

    def get(self, path, **more):
        return self._session.get(self._proxy.url + path, **more, timeout=20)

    def sign_in(self, email, password, **headers):
        page = self.get("/login")
        return self.post(
            "/login",
            data={"csrf_token": _TOKEN.search(page.text)[1], "email": email, "password": password},
            headers={"Referer": page.url, **headers},
            allow_redirects=False,
        )


def networks(database):
    with database.read() as session:
        failed = session.scalars(select(Activity).where(Activity.action.in_(FAILURES)))
        sessions = session.scalars(select(OperatorSession.network))
        return [row.details["network"] for row in failed], sessions.all()


AFTER = {f"Z{number}": "after it" for number in range(8)}
#: ways to write that one is Bilal
FORGERIES = [
    {"X-Forwarded-For": BILAL, "X-Forwarded-Host": "evil.example", "X-Forwarded-Prefix": "/evil"},
    {"x-forwarded-for": f"{BILAL},127.0.0.1"},
    {"Forwarded": f"for={BILAL}", "X-Real-IP": BILAL},
    # To a server that takes "-" and "_" for the same, as WSGI does, these are the same header, and
    # which of them counts depends on what stands after them.
    {"X_Forwarded_For": BILAL},
    {"X_Forwarded_For": BILAL, **AFTER},
    {"X-Forwarded_For": BILAL, **AFTER},
    {"X_Forwarded-For": BILAL, **AFTER},
]


def test_everybody_counts_for_themselves_whatever_they_write(proxy, database):
    an_operator(database, Role.ORGANISER)
    # The plain one passes on whatever it is sent, as no proxy should.
    forgeries = [one for one in FORGERIES if "plain" not in str(proxy.trust) or "_" not in str(one)]

    with Person(proxy, AMINA) as amina, Person(proxy, BILAL) as bilal:
        for number, forged in enumerate(forgeries):
            answer = amina.sign_in(f"{number}@example.org", "un mauvais", **forged)
            assert answer.status_code == 401
            assert "evil" not in answer.text
        signed_in = bilal.sign_in("organiser@example.org", PASSWORD)

    assert (signed_in.status_code, signed_in.headers["Location"]) == (302, "/marhaba/")
    assert {"Path=/marhaba", "Secure"} <= set(signed_in.headers["Set-Cookie"].split("; "))
    wait_for(lambda: len(networks(database)[0]) == len(forgeries), "all lines of the log")
    assert networks(database) == (["127.1.0.0/24"] * len(forgeries), ["127.2.0.0/24"])


def test_a_scanner_pairs_and_scans_below_the_path(proxy, database, event, tmp_path):
    """By the QR of the devices page, which alone names the server and its path."""
    code = factories.a_badge(database, event, "Amina Alaoui")
    link = pairing_link_at(Server(tmp_path), database, event).partition("/scan")[2]
    film = [scene(qr(f"{proxy.url}/scan{link}")), scene(), scene(qr(code))]
    write_video(tmp_path / "gate.avi", film)

    done = subprocess.run(
        [
            *(sys.executable, "-m", "scanner", "--pair", "--headless"),
            *("--source", tmp_path / "gate.avi", "--cafile", proxy.trust),
        ],
        cwd=ROOT,
        check=False,
        env={**os.environ, "XDG_CONFIG_HOME": str(tmp_path), "XDG_STATE_HOME": str(tmp_path)},
        capture_output=True,
        encoding="utf-8",
        timeout=120,
    )

    verdicts = [json.loads(line) for line in done.stdout.splitlines()]
    assert [(one["code"], one["status"], one["offline"]) for one in verdicts] == [
        (code, "ok", False)
    ], done.stderr


@pytest.mark.parametrize("strips", [False, True])
def test_no_secret_address_is_in_the_log_of_nginx(server, tmp_path, strips):
    with (
        reverse_proxies.nginx(tmp_path, server.port, strips=strips) as proxy,
        Person(proxy, AMINA) as amina,
    ):
        for page in ("b", "n", "r", "password", "mail/bounces"):
            amina.get(f"/{page}/VERYSECRET")
        amina.get("/static/icon.svg", headers={"Referer": f"{proxy.url}/b/VERYSECRET"})
        log = proxy.trust.parent / "access.log"
        wait_for(lambda: "icon.svg" in log.read_text(), "the line of the log")

    assert "VERYSECRET" not in log.read_text()
    assert f"{AMINA} [" in log.read_text()


def test_what_is_searched_for_is_in_no_log_of_nginx(server, tmp_path):
    with reverse_proxies.nginx(tmp_path, server.port) as proxy, Person(proxy, AMINA) as amina:
        amina.get("/api/v1/participants?q=Bilal")
        amina.get("/static/icon.svg?x=Bilal")
        requests.get(f"{proxy.unencrypted}/events?q=Bilal", allow_redirects=False, timeout=20)
        log = proxy.trust.parent / "access.log"
        wait_for(lambda: "icon.svg" in log.read_text(), "the line of the log")

    assert "GET /marhaba/api/v1/participants" in log.read_text()
    assert "Bilal" not in log.read_text()


@pytest.mark.parametrize("kind", ["nginx", "caddy"])
def test_pages_are_led_to_https_and_the_api_is_not(server, tmp_path, kind):
    """A program that was given http:// has sent its token in clear, and is to notice."""
    with getattr(reverse_proxies, kind)(tmp_path, server.port) as proxy:

        def asked(method, path):
            there = f"{proxy.unencrypted}{path}"
            return requests.request(method, there, allow_redirects=False, timeout=20)

        page, read, scan = (
            asked("GET", "/scan?x=1"),
            asked("GET", "/api/v1/status"),
            asked("POST", "/api/v1/scans"),
        )

    assert page.status_code in (301, 308)
    assert page.headers["Location"] == "https://localhost/marhaba/scan?x=1"
    for refused in (read, scan):
        assert refused.status_code == 403
        assert "Location" not in refused.headers


@pytest.mark.parametrize("strips", [False, True])
@pytest.mark.parametrize("kind", ["nginx", "caddy"])
def test_proxies_tell_others_nothing_that_only_this_machine_should_know(
    server, tmp_path, kind, strips
):
    with (
        getattr(reverse_proxies, kind)(tmp_path, server.port, strips=strips) as proxy,
        Person(proxy, AMINA) as amina,
    ):
        figures = amina.get("/metrics")
        assert (figures.status_code, "Marhaba" in figures.text) == (404, False)
        assert amina.get("/healthz").status_code == 200


def test_an_address_with_too_many_unfinished_requests_keeps_no_other_out(server, tmp_path):
    with reverse_proxies.nginx(tmp_path, server.port, most=2) as proxy, ExitStack() as stack:
        amina, bilal = (stack.enter_context(Person(proxy, address)) for address in (AMINA, BILAL))
        assert amina.get("/healthz").status_code == 200
        for _ in range(2):
            stack.enter_context(_half_sent(proxy, AMINA))
        wait_for(lambda: amina.get("/healthz").status_code == 503, "both to be counted")

        assert bilal.get("/healthz").status_code == 200


def _half_sent(proxy, address):
    """Begin to sign in from an address, and stop."""
    port = urlsplit(proxy.url).port
    plain = socket.create_connection(("127.0.0.1", port), source_address=(address, 0))
    trusting = ssl.create_default_context(cafile=proxy.trust)
    connection = trusting.wrap_socket(plain, server_hostname="localhost")
    connection.sendall(
        b"POST /marhaba/login HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\nabc"
    )
    return connection


def test_hostile_headers_straight_to_the_server_never_crash_it(server):
    values = ["unknown", "[", "[::1]:99999, ::", "1" * 300_000, "10.0.0.1," * 30_000, "\x80\xff"]
    for value in values:
        headers = {
            f"X-Forwarded-{name}": value.encode("latin-1")
            for name in ("For", "Proto", "Host", "Prefix")
        }
        answer = requests.get(f"{server.url}/login", headers=headers, timeout=20)
        # Flask itself refuses nothing of this; the server in front may find it too long.
        assert answer.status_code in (200, 400, 431), (value[:20], answer.status_code)
    assert requests.get(f"{server.url}/healthz", timeout=20).ok
