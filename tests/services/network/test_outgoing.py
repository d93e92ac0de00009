"""Calls to addresses of others, against real servers that do their worst."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from checkin.domain.network.destinations import NOTHING_ELSE, DestinationRefused, outgoing_allowed
from checkin.services.network.outgoing import (
    Bounds,
    Caller,
    CallFailed,
    CallProblem,
    check_destination,
)
from tests.support.others.other_servers import other_server

HERE = outgoing_allowed("127.0.0.0/8")
CALLER = Caller(HERE)
SHORT = Bounds(total_s=0.6)


def leading_to(*addresses):
    return lambda _host, _port: addresses


PUBLIC = leading_to("1.1.1.1")


def reason_of(url, allowed=NOTHING_ELSE, resolve=PUBLIC):
    with pytest.raises(DestinationRefused) as refused:
        check_destination(url, allowed, resolve=resolve)
    return refused.value.reason


def problem_of(caller, url, bounds=SHORT, **more):
    with pytest.raises(CallFailed) as failed:
        caller.call("GET", url, bounds=bounds, **more)
    return failed.value.problem


def test_a_public_address_by_https_may_be_called_with_the_addresses_it_has():
    found = check_destination(
        "https://example.org/x", resolve=leading_to("1.1.1.1", "2606:4700::1")
    )

    assert (found.written.url, found.addresses) == (
        "https://example.org/x",
        ("1.1.1.1", "2606:4700::1"),
    )


def test_http_is_refused_before_anybody_is_asked_for_the_name():
    asked = []

    def resolve(host, _port):
        asked.append(host)
        return ("1.1.1.1",)

    assert reason_of("http://example.org/", resolve=resolve) == "destination_not_https"
    assert asked == []


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.0.0.1", "169.254.169.254", "::1", "fe80::1%eth0", "::ffff:10.0.0.1"],
)
def test_a_name_that_leads_inside_is_refused(address):
    assert reason_of("https://example.org/", resolve=leading_to(address)) == "destination_inside"


def test_one_address_inside_among_others_is_enough():
    mixed = leading_to("1.1.1.1", "192.168.0.1")

    assert reason_of("https://example.org/", resolve=mixed) == "destination_inside"


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "127.1", "2130706433", "0x7f.1", "[::1]", "localhost"]
)
def test_this_machine_is_refused_however_it_is_written(host):
    with pytest.raises(DestinationRefused) as refused:
        check_destination(f"https://{host}:8000/")

    assert refused.value.reason in ("destination_inside", "destination_written")


def test_an_unknown_name_is_told():
    def resolve(_host, _port):
        raise socket.gaierror(socket.EAI_NONAME, "unknown")

    assert reason_of("https://nobody.invalid/", resolve=resolve) == "destination_unknown"


def test_what_the_setting_names_may_be_called_and_nothing_else():
    network = outgoing_allowed("192.168.1.0/24")
    name = outgoing_allowed("intranet.example.org")
    inside = leading_to("192.168.1.7")

    assert check_destination("http://x.example.org/", network, resolve=inside)
    assert check_destination("http://intranet.example.org/", name, resolve=inside)
    assert reason_of("https://x.example.org/", name, inside) == "destination_inside"
    assert reason_of("https://x.org/", network, leading_to("10.1.1.1")) == "destination_inside"
    assert reason_of("http://x.org/", network, leading_to("1.1.1.1")) == "destination_not_https"


def test_an_answer_comes_with_its_status_headers_and_body():
    with other_server(lambda r, _h: r.answer(200, b"name\nAmina\n", ETag='"7"')) as server:
        answer = CALLER.fetch(f"{server.url}/list?x=1", {"If-None-Match": '"6"'})

    assert (answer.status, answer.headers["etag"], answer.body) == (200, '"7"', b"name\nAmina\n")
    [heard] = server.heard
    assert (heard.method, heard.path, heard.headers["if-none-match"]) == ("GET", "/list?x=1", '"6"')
    assert heard.headers["host"] == f"localhost:{server.port}"


def test_a_body_is_posted_and_no_redirect_is_followed():
    with other_server(lambda r, _h: r.answer(307, Location="/other")) as server:
        answer = CALLER.post(server.url, b"{}", {"Content-Type": "application/json"})

    assert answer.status == 307
    assert [(one.method, one.body) for one in server.heard] == [("POST", b"{}")]


def test_a_redirect_to_this_machine_is_refused_and_not_called():
    with (
        other_server(lambda r, _h: r.answer(200, b"the keys")) as inner,
        other_server(
            lambda r, _h: r.answer(302, Location=f"http://127.0.0.1:{inner.port}/")
        ) as outer,
    ):
        named = Caller(outgoing_allowed("localhost"))  # by its name alone
        with pytest.raises(DestinationRefused) as refused:
            named.fetch(outer.url)

    assert refused.value.reason in ("destination_inside", "destination_not_https")
    assert (len(outer.heard), inner.heard) == (1, [])


def test_control_with_the_network_allowed_the_redirect_is_followed_without_secrets():
    with (
        other_server(lambda r, _h: r.answer(200, b"there")) as inner,
        other_server(
            lambda r, _h: r.answer(302, Location=f"http://127.0.0.1:{inner.port}/")
        ) as outer,
    ):
        answer = CALLER.fetch(outer.url, {"Authorization": "Bearer x", "X-Plain": "y"})

    assert answer.body == b"there"
    assert outer.heard[0].headers["authorization"] == "Bearer x"
    assert "authorization" not in inner.heard[0].headers
    assert inner.heard[0].headers["x-plain"] == "y"


def test_redirects_that_go_on_and_on_end():
    with other_server(lambda r, _h: r.answer(302, Location="/again")) as server:
        assert problem_of(CALLER, server.url, Bounds(redirects=2)) == CallProblem.REDIRECTS

    assert len(server.heard) == 3


def test_a_redirect_to_another_scheme_is_refused():
    with (
        other_server(lambda r, _h: r.answer(302, Location="file:///etc/passwd")) as server,
        pytest.raises(DestinationRefused),
    ):
        CALLER.fetch(server.url)


class Rebinding:
    """A name server that answers otherwise from the second question on."""

    def __init__(self, first, then):
        self.answers = [first]
        self._then = then

    def __call__(self, _host, _port):
        return (self.answers.pop(),) if self.answers else (self._then,)


def test_the_connection_goes_to_the_address_that_was_checked_not_to_the_next_one():
    with other_server(lambda r, _h: r.answer(200, b"checked")) as server:
        # The second answer would be another address of this machine, where nobody listens.
        caller = Caller(HERE, Rebinding("127.0.0.1", "127.0.0.2"))
        answer = caller.fetch(f"http://rebinding.example.org:{server.port}/")

    assert answer.body == b"checked"
    assert server.heard[0].headers["host"] == f"rebinding.example.org:{server.port}"


def test_control_a_second_look_up_would_have_led_elsewhere():
    resolve = Rebinding("127.0.0.1", "127.0.0.2")
    resolve("rebinding.example.org", 80)
    with other_server(lambda r, _h: r.answer(200)) as server:
        caller = Caller(HERE, resolve)

        assert (
            problem_of(caller, f"http://rebinding.example.org:{server.port}/")
            == CallProblem.UNREACHABLE
        )


def test_a_name_that_is_rebound_to_this_machine_before_a_redirect_is_refused():
    with other_server(lambda r, _h: r.answer(302, Location="/again")) as server:
        caller = Caller(outgoing_allowed("127.0.0.1"), Rebinding("127.0.0.1", "169.254.169.254"))
        with pytest.raises(DestinationRefused) as refused:
            caller.fetch(f"http://rebinding.example.org:{server.port}/")

    assert refused.value.reason == "destination_inside"
    assert len(server.heard) == 1


def endless(reply, _heard):
    reply.send_response(200)
    reply.end_headers()
    while True:
        reply.wfile.write(b"x" * 65_536)


def dripping_body(reply, _heard):
    reply.send_response(200)
    reply.end_headers()
    while True:
        reply.wfile.write(b"x")
        time.sleep(0.05)


def dripping_headers(reply, _heard):
    reply.wfile.write(b"HTTP/1.1 200 OK\r\n")
    while True:
        reply.wfile.write(b"X")
        time.sleep(0.05)


def silent(_reply, _heard):
    time.sleep(5)


def test_an_endless_body_ends_at_its_bound():
    with other_server(endless) as server:
        assert problem_of(CALLER, server.url, Bounds(most_bytes=200_000)) == CallProblem.LARGE


def test_of_an_endless_body_the_beginning_may_be_enough():
    with other_server(endless) as server:
        answer = CALLER.fetch(server.url, bounds=Bounds(most_bytes=1_000, cut=True))

    assert answer.body == b"x" * 1_000


@pytest.mark.parametrize("answering", [dripping_body, dripping_headers, silent])
def test_a_slow_answer_ends_in_time(answering):
    with other_server(answering) as server:
        began = time.monotonic()
        problem = problem_of(CALLER, server.url)
        took = time.monotonic() - began

    assert problem == CallProblem.SLOW
    assert took < 3


def test_a_slow_handshake_and_a_slow_look_up_end_in_time():
    listener = socket.create_server(("127.0.0.1", 0))
    began = time.monotonic()
    with listener:
        problem = problem_of(CALLER, f"https://localhost:{listener.getsockname()[1]}/")
    over = threading.Event()
    with_slow_names = Caller(HERE, lambda _host, _port: over.wait(5) and ())
    names = problem_of(with_slow_names, "http://localhost/")
    over.set()

    assert (problem, names) == (CallProblem.SLOW, CallProblem.SLOW)
    assert time.monotonic() - began < 4


def test_a_body_that_breaks_off_is_no_answer():
    def broken(reply, _heard):
        reply.send_response(200)
        reply.send_header("Content-Length", "100")
        reply.end_headers()
        reply.wfile.write(b"x" * 10)
        reply.hang_up()

    with other_server(broken) as server:
        assert problem_of(CALLER, server.url, Bounds()) == CallProblem.UNREACHABLE


def test_what_does_not_speak_http_and_what_packs_unasked_is_no_answer():
    def rubbish(reply, _heard):
        reply.wfile.write(b"SSH-2.0-OpenSSH\r\n\r\n")
        reply.hang_up()

    with other_server(rubbish) as server:
        assert problem_of(CALLER, server.url, Bounds()) == CallProblem.NOT_HTTP
    with other_server(lambda r, _h: r.answer(200, b"\x1f", Content_Encoding="gzip")) as server:
        assert problem_of(CALLER, server.url, Bounds()) == CallProblem.NOT_HTTP


def test_where_nobody_listens_nobody_answers():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

    assert problem_of(CALLER, f"http://localhost:{port}/") == CallProblem.UNREACHABLE


@pytest.fixture
def certificate(tmp_path):
    """A certificate of localhost that no authority knows, and a context that trusts it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = made.public_bytes(serialization.Encoding.PEM) + key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    (tmp_path / "pair.pem").write_bytes(pem)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(tmp_path / "pair.pem")
    return server, ssl.create_default_context(cadata=pem.decode().partition("-----BEGIN PRIV")[0])


def test_by_https_the_certificate_has_to_be_of_the_name_that_was_written(certificate):
    ours, trusting = certificate
    with other_server(lambda r, _h: r.answer(200, b"ok"), ours) as server:
        there = Caller(HERE, leading_to("127.0.0.1"), trusting)

        assert there.fetch(f"https://localhost:{server.port}/").body == b"ok"
        assert problem_of(CALLER, server.url, Bounds()) == CallProblem.CERTIFICATE
        assert (
            problem_of(there, f"https://other.example.org:{server.port}/", Bounds())
            == CallProblem.CERTIFICATE
        )
