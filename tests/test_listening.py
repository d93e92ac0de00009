"""Commands and messages name the address at which a running server listens."""

from __future__ import annotations

import email
import email.policy
import functools
import re

import pytest
import requests

from tests.support.servers.server_fork import by_fork
from tests.support.servers.server_process import Server, free_port
from tests.support.servers.venue_network import VenueServer, a_venue


@pytest.fixture
def venue_server(tmp_path):
    with a_venue("172.30.9.2/24") as venue:
        server = VenueServer(venue, tmp_path / "home")
        server.load_demo(30)
        server.start()
        yield server
        server.kill()


def test_a_server_on_all_networks_is_named_by_its_own_address_and_port(venue_server):
    paired = venue_server.command("device", "pair", "--gate", "Porte 1")
    sent = venue_server.command("badges", "send", "--limit", "1")
    shown = venue_server.command("address")

    [file] = (venue_server.home / "outbox").glob("*.eml")
    letter = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
    assert f"python -m scanner --server {venue_server.url} --pair " in paired
    assert f"browser: {venue_server.url}/scan#pair=" in paired
    assert "1 sent" in sent
    assert f"{venue_server.url}/b/" in letter.get_body(("plain",)).get_content()
    assert f"address: {venue_server.url} (this machine's address on the network)" in shown
    assert f"or:      http://172.30.9.2:{venue_server.port} (address --lan 172.30.9.2)" in shown


@pytest.mark.proof
def test_the_organiser_chooses_among_several_networks(venue_server):
    chosen = venue_server.command("address", "--lan", "172.30.9.2")
    paired = venue_server.command("device", "pair", "--gate", "Porte 1")

    other = f"http://172.30.9.2:{venue_server.port}"
    assert f"address: {other} (this machine's address on the network)" in chosen
    assert f"--server {other} --pair " in paired


@pytest.mark.proof
def test_a_server_that_starts_again_on_another_port_is_found_there(tmp_path):
    server = Server(tmp_path / "home")
    server.load_demo(10)
    server.start()
    first, code = server.port, server.command("device", "pair", "--gate", "Porte 1")
    server.kill()
    server.port = free_port()
    server.url = f"http://localhost:{server.port}"
    server.start()
    again = server.command("device", "pair", "--gate", "Porte 1")
    server.kill()

    assert server.port != first
    assert f"--server http://localhost:{first} " in code
    assert f"--server http://localhost:{server.port} " in again


def test_the_address_in_the_file_of_the_folder_where_it_was_started_rules(tmp_path):
    """So cookies are `Secure`, and invitations lead to it, wherever the program itself lies."""
    (tmp_path / ".env").write_text("CHECKIN_BASE_URL=https://marhaba.example.org\n")

    begin = functools.partial(by_fork, folder=tmp_path)
    server = Server(tmp_path / "home", begin=begin)
    server.load_demo(10)
    server.start()
    page = requests.get(f"{server.url}/login", timeout=10)
    server.kill()

    assert re.search(r"session=[^;]+; Secure; HttpOnly", page.headers["Set-Cookie"])
    assert "https://marhaba.example.org (from the file .env)" in (tmp_path / "home.log").read_text()
