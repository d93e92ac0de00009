"""The WSGI environment that the application gets for a request, byte by byte."""

from __future__ import annotations

import json
import socket

import pytest

from checkin.web.asgi.environ import environ_of


def told(served, request: bytes) -> dict:
    answer = served.says(request)
    return json.loads(answer.partition(b"\r\n\r\n")[2])


def head(line: bytes, *headers: bytes) -> bytes:
    return b"\r\n".join([line, b"Host: gate.local:8000", b"Connection: close", *headers, b"", b""])


def test_the_whole_of_a_simple_request(served):
    environ = served.json("/a/b?x=1&y=%20")["environ"]

    port = environ.pop("REMOTE_PORT")
    assert port.isdigit()
    assert environ == {
        "REQUEST_METHOD": "GET",
        "SCRIPT_NAME": "",
        "PATH_INFO": "/a/b",
        "QUERY_STRING": "x=1&y=%20",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "SERVER_SOFTWARE": "granian",
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": str(served.port),
        "REMOTE_ADDR": "127.0.0.1",
        "wsgi.url_scheme": "http",
        "HTTP_HOST": f"127.0.0.1:{served.port}",
        "HTTP_ACCEPT": "*/*",
        "HTTP_ACCEPT_ENCODING": environ["HTTP_ACCEPT_ENCODING"],
        "HTTP_CONNECTION": "keep-alive",
        "HTTP_USER_AGENT": environ["HTTP_USER_AGENT"],
    }


@pytest.mark.parametrize(
    ("sent", "path"),
    [
        (b"/Kh%C3%A9misset", "/Khémisset".encode().decode("latin-1")),
        (b"/%FF%2Fx", "/\xff/x"),
        (b"/a+b%25", "/a+b%"),
        (b"/100%", "/100%"),
        (b"http://gate.local/absolute", "/absolute"),
    ],
)
def test_a_path_is_decoded_into_latin_1(sent, path, served):
    assert told(served, head(b"GET " + sent + b" HTTP/1.1"))["environ"]["PATH_INFO"] == path


def test_headers_arrive_as_their_bytes_are(served):
    sent = head(b"GET / HTTP/1.1", b"X-Name: Kh\xe9misset", b"X-Empty:", b"X-Arabic: \xd8\xa8")

    environ = told(served, sent)["environ"]

    names = ("HTTP_X_NAME", "HTTP_X_EMPTY", "HTTP_X_ARABIC", "HTTP_HOST")
    assert [environ[name] for name in names] == ["Kh\xe9misset", "", "\xd8\xa8", "gate.local:8000"]


def test_headers_that_are_repeated_are_one_list_and_cookies_one_line(served):
    sent = head(
        b"GET / HTTP/1.1",
        b"X-Forwarded-For: 10.0.0.1",
        b"X-Forwarded-For: 10.0.0.2",
        b"Cookie: a=1",
        b"Cookie: b=2",
    )

    environ = told(served, sent)["environ"]

    forwarded, cookies = environ["HTTP_X_FORWARDED_FOR"], environ["HTTP_COOKIE"]
    assert (forwarded, cookies) == ("10.0.0.1,10.0.0.2", "a=1; b=2")


def test_a_header_with_an_underscore_does_not_pass_for_another(served):
    sent = head(b"GET / HTTP/1.1", b"X_Forwarded_For: 10.9.9.9", b"Content_Length: 5")

    environ = told(served, sent)["environ"]

    assert {"HTTP_X_FORWARDED_FOR", "HTTP_CONTENT_LENGTH", "CONTENT_LENGTH"} & set(environ) == set()


def test_an_old_client_without_a_host_is_answered(served):
    environ = told(served, b"GET / HTTP/1.0\r\n\r\n")["environ"]

    assert (environ["SERVER_PROTOCOL"], environ["HTTP_HOST"]) == ("HTTP/1.0", "")


def test_an_address_of_version_6_has_no_brackets():
    scope = {
        "method": "GET",
        "raw_path": b"/",
        "query_string": b"",
        "http_version": "1.1",
        "server": ("::1", "8000"),
        "client": ("fe80::1", "40000"),
        "scheme": "https",
        "headers": [(b"host", b"[::1]:8000")],
    }

    environ = environ_of(scope, b"", None)

    names = ("SERVER_NAME", "SERVER_PORT", "REMOTE_ADDR", "HTTP_HOST", "wsgi.url_scheme")
    expected = ["::1", "8000", "fe80::1", "[::1]:8000", "https"]
    assert [environ[name] for name in names] == expected


class TestABody:
    def test_a_body_with_a_length_is_read(self, served):
        told = served.json(method="POST", data=b"quota=5", headers={"Content-Type": "text/x"})

        sent = [told["environ"][name] for name in ("CONTENT_LENGTH", "CONTENT_TYPE")]
        assert (told["body"], sent) == ("quota=5", ["7", "text/x"])

    def test_an_empty_body_is_read(self, served):
        told = served.json(method="POST", data=b"", headers={"Content-Length": "0"})

        assert (told["body"], told["environ"]["CONTENT_LENGTH"]) == ("", "0")

    def test_a_chunked_body_has_its_length_once_it_is_complete(self, served):
        told = served.json(method="POST", data=iter([b"abc", b"defg"]))

        environ = told["environ"]
        length = environ["CONTENT_LENGTH"]
        assert (told["body"], length, "HTTP_TRANSFER_ENCODING" in environ) == (
            "abcdefg",
            "7",
            False,
        )

    def test_the_body_of_a_get_is_read(self, served):
        assert served.json(data=b"abc")["body"] == "abc"

    def test_a_long_body_arrives_complete(self, served):
        body = bytes(range(256)) * 8_000  # as long as a page takes

        assert served.json(method="PUT", data=body)["body"].encode("latin-1") == body

    def test_a_body_is_sent_after_the_server_answered_100_continue(self, served):
        sent = head(b"POST / HTTP/1.1", b"Expect: 100-continue", b"Content-Length: 3")
        with served.connect(sent) as connection:
            assert connection.recv(100).startswith(b"HTTP/1.1 100 ")
            connection.sendall(b"abc")
            assert b'"body": "abc"' in connection.recv(2**16)

    def test_a_body_longer_than_its_length_affects_only_its_own_connection(self, served):
        sent = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabcdefgh\r\n\r\n"

        answer = served.says(sent)

        assert answer.count(b"HTTP/1.1 200 OK") == 1
        assert b'"body": "abc"' in answer
        assert b"HTTP/1.1 400 Bad Request" in answer

    def test_an_incomplete_body_does_not_reach_the_application(self, served):
        sent = b"POST /?torn HTTP/1.1\r\nHost: x\r\nContent-Length: 30\r\n\r\nabc"
        with served.connect(sent) as connection:
            connection.shutdown(socket.SHUT_WR)
            assert connection.recv(100).startswith(b"HTTP/1.1 400 Bad Request")

    @pytest.mark.parametrize("length", [b"-1", b"1e3", b"3\r\nContent-Length: 4", b"\xb2"])
    def test_a_body_with_an_invalid_length_is_refused(self, length, served):
        sent = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: " + length + b"\r\n\r\nabc"

        assert served.says(sent).startswith(b"HTTP/1.1 400 Bad Request")


def test_requests_in_a_row_are_answered_in_their_order(served):
    line = b"POST /%d HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n%s\r\n%d"
    sent = [line % (at, b"Connection: close\r\n" if at == 4 else b"", at) for at in range(5)]

    answer = served.says(b"".join(sent))

    bodies = [part[:1] for part in answer.split(b'"body": "')[1:]]
    assert bodies == [b"0", b"1", b"2", b"3", b"4"]
