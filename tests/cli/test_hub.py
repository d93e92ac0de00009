"""`marhaba hub` says what is missing before it asks anybody for names."""

from __future__ import annotations

import sqlite3
import ssl
from contextlib import closing
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from threading import Thread

import pytest
from click.testing import CliRunner

from checkin.cli.hub import _exchange_of, hub
from checkin.cli.office import Office
from checkin.cli.setup import set_up
from checkin.db.models import Upstream
from checkin.db.sealing import VARIABLE
from checkin.domain.network.certificate_names import Names
from checkin.errors import MarhabaError
from checkin.services.network.certificates.authority import own_authority
from checkin.services.network.certificates.leaf import leaf_for


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("CHECKIN_HOME", str(tmp_path / "hub"))
    for name in ("CHECKIN_MASTER_KEY", "CHECKIN_HOURLY_COPIES", VARIABLE):
        monkeypatch.setenv(name, "")  # what the command sets goes with the test
    return tmp_path / "hub"


@pytest.fixture
def passphrase(tmp_path):
    file = tmp_path / "passphrase.txt"
    file.write_text("five words for a hall\n", "utf-8")
    return file


def refusal(*arguments: object) -> str:
    """Run the command, and return why it refuses."""
    office = Office()
    try:
        result = CliRunner().invoke(hub, [*map(str, arguments)], obj=office)
    finally:
        office.close()
    assert isinstance(result.exception, MarhabaError), (result.output, result.exception)
    return str(result.exception)


@pytest.mark.usefixtures("home")
def test_a_new_hub_needs_the_address_and_a_code(passphrase):
    told = refusal("--passphrase-file", passphrase, "--port", 18443)

    assert "--upstream URL and --pair CODE" in told
    assert "Hubs" in told


@pytest.mark.usefixtures("home")
def test_names_do_not_travel_without_tls(passphrase):
    told = refusal(
        *("--passphrase-file", passphrase, "--port", 18443),
        *("--upstream", "http://checkin.example.org", "--pair", "K7QF3M2P"),
    )

    assert "https://" in told


@pytest.mark.usefixtures("home")
def test_a_central_server_that_does_not_answer_is_named(passphrase):
    told = refusal(
        *("--passphrase-file", passphrase, "--port", 18443),
        *("--upstream", "http://127.0.0.1:9", "--pair", "K7QF3M2P"),
    )

    assert "http://127.0.0.1:9" in told
    assert "cannot be reached" in told


@pytest.fixture
def own_tls(tmp_path):
    """Serve with a certificate of an authority that this machine does not know; its address."""
    folder = tmp_path / "tls"
    own_authority(folder, now := datetime.now(UTC))
    leaf = leaf_for(folder, Names.of(["localhost"]), now)
    server = ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(leaf.file)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"https://localhost:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.usefixtures("home")
def test_a_central_server_with_an_authority_of_its_own_asks_for_its_fingerprint(
    passphrase, own_tls
):
    told = refusal(
        *("--passphrase-file", passphrase, "--port", 18443),
        *("--upstream", own_tls, "--pair", "K7QF3M2P"),
    )

    assert "--authority" in told


@pytest.mark.usefixtures("home")
def test_a_short_passphrase_is_refused(tmp_path):
    short = tmp_path / "short.txt"
    short.write_text("hall", "utf-8")

    assert "10 letters" in refusal("--passphrase-file", short, "--port", 18443)


def test_another_passphrase_opens_nothing_and_changes_nothing(home, passphrase, tmp_path):
    refusal("--passphrase-file", passphrase, "--port", 18443)  # it has made the sealed file
    refusal(
        *("--passphrase-file", passphrase, "--port", 18443),
        *("--upstream", "http://127.0.0.1:9", "--pair", "K7QF3M2P"),
    )
    before = (home / "marhaba.db").read_bytes()
    wrong = tmp_path / "wrong.txt"
    wrong.write_text("five wrong words for it", "utf-8")

    told = refusal("--passphrase-file", wrong, "--port", 18443)

    assert "passphrase does not open" in told
    assert (home / "marhaba.db").read_bytes() == before


@pytest.mark.usefixtures("home")
def test_a_hub_keeps_a_sqlite_file(passphrase, monkeypatch):
    monkeypatch.setenv("CHECKIN_DATABASE_URL", "postgresql+psycopg://localhost/x")

    told = refusal("--passphrase-file", passphrase, "--port", 18443)

    assert "CHECKIN_DATABASE_URL" in told


@pytest.mark.usefixtures("home")
def test_the_fingerprint_of_an_authority_has_to_be_whole(passphrase):
    told = refusal(
        *("--passphrase-file", passphrase, "--port", 18443, "--authority", "3F7A 91C2"),
        *("--upstream", "https://127.0.0.1:9", "--pair", "K7QF3M2P"),
    )

    assert "64 digits" in told


@pytest.mark.parametrize("options", [(), ("--forget",), ("--end",)], ids=["start", "forget", "end"])
def test_the_database_of_a_server_is_left_alone(home, passphrase, options):
    home.mkdir()
    with closing(sqlite3.connect(home / "marhaba.db")) as servers:
        servers.execute("CREATE TABLE participant (name)")
        servers.commit()
    before = (home / "marhaba.db").read_bytes()

    told = refusal("--passphrase-file", passphrase, "--port", 18443, *options)

    assert "no hub's" in told
    assert (home / "marhaba.db").read_bytes() == before
    assert [file.name for file in home.iterdir()] == ["marhaba.db"]


@pytest.mark.usefixtures("home")
def test_a_folder_without_a_hub_has_none_to_end(passphrase):
    assert "holds no hub" in refusal("--passphrase-file", passphrase, "--end")


@pytest.mark.usefixtures("home")
def test_a_hub_tells_the_addresses_that_its_machine_has_now(monkeypatch):
    def machine_is_at(address):
        own = [ip_address(address)]
        monkeypatch.setattr("checkin.services.hub.addresses.likely_lan_addresses", lambda: own)

    machine_is_at("192.168.1.7")
    with closing(Office()) as office:
        set_up(office)
        link = Upstream(url="http://127.0.0.1:9", authority="", token="")
        exchange = _exchange_of(office, link, "0.0.0.0", 1)
        before = exchange.addresses()
        machine_is_at("10.0.0.9")
        after = exchange.addresses()
        exchange.central.close()

    assert (before, after) == (["https://192.168.1.7:1"], ["https://10.0.0.9:1"])
