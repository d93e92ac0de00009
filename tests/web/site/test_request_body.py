"""A client that sends too much gets an answer: the server reads on until it can be received."""

from __future__ import annotations

import http.client
import json
from io import BytesIO

import pytest

from checkin.web.site.refusals.request_body import LONGEST_READ_BYTES, drain_request_body
from tests.support.servers.server_fork import by_fork
from tests.support.servers.server_process import Server


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    server = Server(tmp_path_factory.mktemp("unread") / "var", begin=by_fork)
    server.command("init")
    server.start()
    yield server
    server.kill()


def sent(server, path, megabytes):
    """Send all of a body before reading, as simple programs do; return what is answered."""
    connection = http.client.HTTPConnection("localhost", server.port, timeout=10)
    body = json.dumps({"code": "x" * megabytes * 1_000_000})
    connection.request("POST", path, body, {"Content-Type": "application/json"})
    reply = connection.getresponse()
    reply.read()
    connection.close()
    return reply.status


@pytest.mark.parametrize(
    ("path", "status"), [("/api/v1/devices/pair", 413), ("/api/v1/scans", 401), ("/login", 413)]
)
@pytest.mark.parametrize("megabytes", [3, 10, 40])
def test_a_client_that_sends_too_much_still_gets_the_answer(megabytes, path, status, server):
    assert sent(server, path, megabytes) == status


def test_an_endless_body_is_not_read_to_its_end():
    class Endless(BytesIO):
        heard = 0

        def read(self, size=-1):
            self.heard += size
            return b"x" * size

    body = Endless()
    environ = {"wsgi.input": body, "HTTP_TRANSFER_ENCODING": "chunked"}

    assert drain_request_body(lambda *_: [b"no"])(environ, None) == [b"no"]
    assert body.heard == LONGEST_READ_BYTES
