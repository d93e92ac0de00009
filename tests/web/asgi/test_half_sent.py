"""Unfinished requests are answered in time, and use no resources that others need."""

from __future__ import annotations

import json
import os
import resource
import signal
import socket
import subprocess
import sys
from contextlib import ExitStack

import pytest
import requests

from checkin.web.api.app import MAX_BODY_BYTES
from checkin.web.asgi.bodies import (
    LONGEST_KEPT_BYTES,
    LONGEST_LIST_BYTES,
    SMALL_BYTES,
    Body,
    longest_kept,
)
from checkin.web.asgi.memory import PEOPLE_BYTES, Memories, Memory, holder_of
from checkin.web.people.importing.import_pages import MAX_UPLOAD_BYTES
from tests.support.api_client import a_scan
from tests.support.servers.server_fork import by_fork
from tests.support.servers.server_process import ROOT, Server, free_port
from tests.support.waiting import wait_for
from tests.web.asgi.conftest import Served, read_out
from tests.web.asgi.echo import THREADS

HALF = b"POST %s HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nabc"
SENDERS = 1000
_THREAD_FIRST = f"""
import sys
from granian import Granian
from granian.constants import Interfaces

target, threads = "tests.web.asgi.echo:app", {THREADS}
port = int(sys.argv[1])
Granian(target, port=port, interface=Interfaces.WSGI, blocking_threads=threads).serve()
"""


def test_a_sender_that_stops_halfway_is_told_and_cut_off(served):
    answer = served.says(HALF % b"/api/v1/scans")

    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 408 Request Timeout")
    assert json.loads(body)["error"] == "request_timeout"


def test_the_page_about_an_unfinished_request_is_in_three_languages(served):
    page = served.says(HALF % b"/login").decode()

    assert 'lang="fr"' in page
    assert 'lang="ar" dir="rtl"' in page
    assert "check the network" in page


def test_a_sender_in_chunks_is_told_too(served):
    sent = b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n"

    assert served.says(sent).startswith(b"HTTP/1.1 408 ")


def test_a_slowly_sent_body_has_a_time_limit_for_all_of_it(served):
    with served.connect(HALF % b"/") as connection:
        connection.settimeout(0.25)
        heard = b""
        while not heard:  # never silent for as long as it may be
            try:
                connection.sendall(b"x")
                heard = connection.recv(100)
            except TimeoutError:
                continue

    assert heard.startswith(b"HTTP/1.1 408 ")


def test_more_half_sent_bodies_than_threads_hold_no_thread(served):
    with ExitStack() as stack:
        half = [stack.enter_context(served.connect(HALF % b"/")) for _ in range(3 * THREADS)]
        assert requests.get(served.url, timeout=20).ok
        assert all(b" 408 " in read_out(connection) for connection in half)


def test_a_request_too_many_is_told_to_come_back(served):
    asking = b"GET /slow?2 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    with ExitStack() as stack:
        asked = [stack.enter_context(served.connect(asking)) for _ in range(2 * THREADS + 1)]
        answers = [read_out(connection) for connection in asked]

    statuses = sorted(answer.split()[1] for answer in answers)
    assert statuses == [b"200"] * (2 * THREADS) + [b"503"]
    assert any(b"retry-after: 2\r\n" in answer for answer in answers)


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    server = Server(tmp_path_factory.mktemp("half-sent") / "var", begin=by_fork)
    server.load_demo(60)
    server.start()
    yield server
    server.kill()


@pytest.fixture(scope="module")
def gate(installed):
    """A device's token, and badges that nobody has scanned."""
    codes = (line["code"] for line in installed.codes())
    return installed.token_at("Porte 1"), codes


@pytest.fixture
def _many_files():
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 2 * SENDERS + soft), hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@pytest.mark.usefixtures("_many_files")
@pytest.mark.parametrize(
    ("half", "trickle"),
    [(HALF % b"/api/v1/scans", b"x"), (b"POST / HTTP/1.1\r\nHost: ", b"x"), (b"", b"")],
    ids=["bodies", "heads", "nothing"],
)
def test_gates_go_on_beside_a_thousand_half_sent_requests(half, trickle, installed, gate):
    token, codes = gate
    server, statuses = Served(installed.port), []
    with ExitStack() as stack:
        senders = [stack.enter_context(server.connect(half)) for _ in range(SENDERS)]
        assert requests.get(f"{installed.url}/healthz", timeout=5).ok
        for _ in range(5):
            statuses.append(_scanned(installed, token, next(codes)))
            for sender in senders:
                sender.sendall(trickle)  # on a slow machine, too, they are still there at the end
        waiting = sum(map(_still_waits, senders))

    assert (statuses, waiting) == (["ok"] * 5, SENDERS)


def _scanned(server: Server, token: str, code: str) -> str:
    headers = {"Authorization": f"Bearer {token}"}
    reply = requests.post(
        f"{server.url}/api/v1/scans", json=a_scan(code), headers=headers, timeout=5
    )
    return reply.json()["status"]


def _still_waits(connection: socket.socket) -> bool:
    connection.setblocking(False)
    try:
        connection.recv(1)
    except BlockingIOError:
        return True
    return False


def test_control_with_a_thread_for_each_body_unfinished_ones_block_all_requests():
    """The control: what the server did before bodies were read first."""
    port = free_port()
    command = [sys.executable, "-c", _THREAD_FIRST, str(port)]
    process = subprocess.Popen(command, cwd=ROOT, start_new_session=True)
    server = Served(port)
    try:
        wait_for(server.answers, "the server")
        with ExitStack() as stack:
            for _ in range(THREADS):
                stack.enter_context(server.connect(HALF % b"/"))
            wait_for(lambda: _is_stuck(server), "all threads to be held", 60)
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(10)


def _is_stuck(server):
    try:
        requests.get(server.url, timeout=2)
    except requests.Timeout:
        return True
    return False


class TestMemory:
    def test_small_bodies_are_read_even_when_the_memory_is_used_up(self):
        body = heard(b"x" * SMALL_BYTES, Memory(0))

        assert (body.length, len(body.content())) == (SMALL_BYTES, SMALL_BYTES)
        assert not body.crowded_out

    def test_a_longer_body_needs_free_memory(self):
        memory = Memory(100)
        first, second = (heard(b"x" * (SMALL_BYTES + 60), memory) for _ in range(2))

        assert (first.crowded_out, second.crowded_out) == (False, True)
        assert second.content() == b""

    def test_the_memory_of_a_body_is_released(self):
        memory = Memory(100)
        for _ in range(3):
            body = heard(b"x" * (SMALL_BYTES + 60), memory)
            assert not body.crowded_out
            body.release()

    def test_what_is_too_long_for_its_path_is_counted_and_not_kept(self):
        memory = Memory(PEOPLE_BYTES)
        body = Body(None, memory)
        for _ in range(12):
            body.take(b"x" * 10**6)

        assert (body.length, body.content(), body.crowded_out) == (12 * 10**6, b"", False)
        assert memory.take(PEOPLE_BYTES)

    def test_one_client_can_use_only_its_share_of_the_memory(self):
        memory = Memory(100, share=50)
        taken = [memory.take(30, "a"), memory.take(30, "a"), memory.take(50, "b")]
        memory.give_back(30, "a")

        assert (taken, memory.take(50, "a")) == ([True, False, True], True)
        assert not memory.take(1, "c")

    def test_devices_have_a_memory_budget_of_their_own(self):
        memories = Memories()
        token = (b"authorization", b"Bearer x")
        asked = [
            a_scope(b"/api/v1/scans/batch", token),
            a_scope(b"/marhaba/api/v1/scans/batch", token),
            a_scope(b"/api/v1/pair"),
            a_scope(b"/login", token),
        ]

        of_devices = [memories.of(scope) is memories.devices for scope in asked]
        assert of_devices == [True, True, False, False]

    def test_a_device_s_body_is_read_when_the_memory_for_others_is_used_up(self):
        memories = Memories()
        for stranger in ("a", "b"):
            assert memories.people.take(PEOPLE_BYTES // 2, stranger)
        token = (b"authorization", b"Bearer x")
        asked = [a_scope(b"/api/v1/scans/batch", token), a_scope(b"/login")]

        crowded = [heard(b"x" * 4 * SMALL_BYTES, memories.of(scope)).crowded_out for scope in asked]
        assert crowded == [False, True]

    @pytest.mark.parametrize(
        ("address", "holder"),
        [
            ("192.168.1.7", "192.168.1.7"),
            ("::ffff:192.168.1.7", "192.168.1.7"),
            ("2001:db8::1", "2001:db8::/64"),
            ("2001:db8::2", "2001:db8::/64"),
        ],
    )
    def test_memory_is_counted_by_ipv4_address_or_ipv6_network(self, address, holder):
        assert holder_of({"client": (address, "40000")}) == holder


class TestWhatAPathTakes:
    @pytest.mark.parametrize(
        ("method", "path", "longest"),
        [
            ("POST", b"/events/rabat-2025/delegations/7/import", LONGEST_LIST_BYTES),
            ("POST", b"/marhaba/events/rabat-2025/delegations/7/import", LONGEST_LIST_BYTES),
            ("GET", b"/events/rabat-2025/delegations/7/import", LONGEST_KEPT_BYTES),
            ("POST", b"/events/rabat-2025/delegations/7/import/check", LONGEST_KEPT_BYTES),
            ("POST", b"/events/rabat-2025/quotas", LONGEST_KEPT_BYTES),
            ("POST", b"/nowhere", LONGEST_KEPT_BYTES),
        ],
    )
    def test_only_imported_lists_may_be_long(self, method, path, longest):
        assert longest_kept(a_scope(path, method=method)) == longest

    def test_the_import_page_has_the_address_that_may_be_long(self, app):
        paths = app.url_map.bind("localhost")
        path = paths.build("importing.upload", {"slug": "rabat-2025", "delegation_id": 7})

        assert longest_kept(a_scope(path.encode())) == LONGEST_LIST_BYTES

    def test_everything_else_fits(self):
        room_for_the_form_around_it = 100_000
        assert MAX_UPLOAD_BYTES + room_for_the_form_around_it <= LONGEST_LIST_BYTES
        assert MAX_BODY_BYTES <= LONGEST_KEPT_BYTES


def a_scope(path: bytes, *headers: tuple[bytes, bytes], method: str = "POST") -> dict:
    return {"raw_path": path, "method": method, "headers": headers}


def heard(content: bytes, memory: Memory) -> Body:
    body = Body(len(content), memory)
    body.take(content)
    return body
