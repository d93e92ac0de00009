"""For an address with http in place of https, or the reverse, the right one is told."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from checkin.domain.network.certificate_names import Names
from checkin.services.network.certificates.authority import CERTIFICATE, authority_of
from checkin.services.network.certificates.leaf import leaf_for
from checkin.words.languages import LANGUAGES
from scanner.core.errors import OtherSchemeAnswers, ServerUnreachable
from scanner.gate.gate import Wanted, gate_for
from scanner.server.device import keep_authority
from scanner.words import say
from tests.scanner.server.fake_server import PAIRING_CODE, FakeServer

pytestmark = pytest.mark.usefixtures("home")


@pytest.fixture
def server():
    with FakeServer() as server:
        yield server


@pytest.fixture
def laptop(server, tmp_path):
    """The folder of the authority of a server that speaks TLS from now on."""
    leaf_for(tmp_path, Names.of(["127.0.0.1"]), datetime.now(UTC))
    server.speak_tls(tmp_path / "server.pem", tmp_path / "server.pem")
    return tmp_path


def fault_at(address, **told):
    with pytest.raises(ServerUnreachable) as fault:
        gate_for(Wanted(address, pairing_code=PAIRING_CODE, **told))
    return fault.value


def asked_for_pairing(server):
    return [path for path in server.asked if path.endswith("/pair")]


def test_an_http_address_of_a_tls_server_is_reported_with_the_right_scheme(server, laptop):
    plain = f"http://127.0.0.1:{server.port}"

    fault = fault_at(plain)

    assert type(fault) is OtherSchemeAnswers
    assert fault.details == {"server": plain, "other": server.url}
    for language in LANGUAGES:
        assert server.url in say(language, fault.code, **fault.details)
    assert asked_for_pairing(server) == []


def test_an_https_address_of_an_http_server_is_reported_with_the_right_scheme(server):
    fault = fault_at(f"https://127.0.0.1:{server.port}")

    assert (type(fault), fault.details["other"]) == (OtherSchemeAnswers, server.url)
    assert asked_for_pairing(server) == []


@pytest.mark.parametrize("told", ["fingerprint", "cafile", "kept"])
def test_http_is_not_suggested_where_an_authority_is_known(server, tmp_path, told):
    """Somebody on the network could break TLS off, and read a code that is sent without it."""
    leaf_for(tmp_path, Names.of(["127.0.0.1"]), datetime.now(UTC))
    address, more = f"https://127.0.0.1:{server.port}", {}
    if told == "kept":
        keep_authority(address, authority_of(tmp_path).der)
    else:
        more = {"fingerprint": "0" * 64, "cafile": tmp_path / CERTIFICATE}
        more = {told: more[told]}

    assert type(fault_at(address, **more)) is ServerUnreachable


@pytest.mark.parametrize("mood", ["portal", "login", "proxy"])
def test_another_program_at_the_other_scheme_is_not_suggested(server, laptop, mood):
    server.mood = mood

    assert type(fault_at(f"http://127.0.0.1:{server.port}")) is ServerUnreachable


def test_a_server_that_is_away_does_not_answer_at_either():
    assert type(fault_at("http://127.0.0.1:9")) is ServerUnreachable
