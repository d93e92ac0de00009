"""The application's answers arrive unchanged, however slowly they are read."""

from __future__ import annotations

import socket
from contextlib import ExitStack

import pytest
import requests

from tests.support.waiting import wait_for
from tests.web.asgi.conftest import read_out
from tests.web.asgi.echo import LONG, THREADS

GET = b"GET /%s HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"


@pytest.mark.parametrize("path", ["sized", "unsized"])
def test_a_long_answer_arrives_whole_and_is_closed(path, served):
    reply = requests.get(f"{served.url}/{path}?whole-{path}", timeout=20)

    assert (len(reply.content), set(reply.content)) == (LONG, {ord("x")})
    wait_for(lambda: f"whole-{path}" in served.json("/closed"))


def test_the_answer_to_a_head_request_has_the_length_and_no_body(served):
    head, _, body = served.says((GET % b"sized").replace(b"GET", b"HEAD")).partition(b"\r\n\r\n")

    assert (f"content-length: {LONG}".encode() in head, body) == (True, b"")


def test_a_304_answer_has_no_body(served):
    head, _, body = served.says(GET % b"not-modified").partition(b"\r\n\r\n")

    assert head.startswith(b"HTTP/1.1 304 Not Modified")
    assert (b'etag: "1"' in head, body) == (True, b"")


def test_headers_are_sent_as_they_are_and_as_often(served):
    head = served.says(GET % b"repeated").partition(b"\r\n\r\n")[0]

    lines = head.split(b"\r\n")
    assert [line for line in lines if line.startswith((b"set-cookie", b"x-name"))] == [
        b"set-cookie: a=1",
        b"set-cookie: b=2",
        b"x-name: Kh\xe9misset",
    ]


def test_data_of_the_wsgi_write_function_is_sent_first(served):
    assert requests.get(f"{served.url}/written", timeout=20).text == "first second"


@pytest.mark.parametrize("path", ["fault", "bad-header"])
def test_a_fault_is_a_500(path, served):
    reply = requests.get(f"{served.url}/{path}", timeout=20)

    assert (reply.status_code, reply.text) == (500, "Internal Server Error")


def test_an_answer_that_breaks_off_does_not_look_whole(served):
    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        requests.get(f"{served.url}/fault-midway", timeout=20)


@pytest.mark.parametrize("path", ["sized", "unsized"])
def test_clients_that_never_read_hold_no_thread_and_are_given_up(path, served):
    names = [f"stalled-{path}-{at}" for at in range(THREADS)]
    with ExitStack() as stack:
        asking = [GET % f"{path}?{name}".encode() for name in names]
        stalled = [stack.enter_context(served.connect(sent)) for sent in asking]
        assert requests.get(served.url, timeout=20).ok
        wait_for(lambda: set(names) <= set(served.json("/closed")), "them to be given up")
        assert len(read_out(stalled[0])) < LONG


def test_a_client_that_is_slow_gets_all_of_it(served):
    with served.connect(GET % b"unsized") as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2**16)
        assert requests.get(served.url, timeout=20).ok
        assert len(read_out(connection)) > LONG


def test_a_stream_whose_client_goes_away_frees_its_thread(served):
    names = [f"gone-{at}" for at in range(THREADS)]
    for name in names:
        with served.connect(GET % f"events?{name}".encode()) as stream:
            assert stream.recv(100).startswith(b"HTTP/1.1 200 OK")

    wait_for(lambda: set(names) <= set(served.json("/closed")), "the streams to end")
