"""What `run --tls`, `doctor` and `device pair` say of the certificate."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest

from checkin.cli.running import run as running
from checkin.cli.running.venue_network import self_signed
from checkin.errors import SettingsError
from checkin.protocol.fingerprints import beginning
from checkin.services.network.certificates import machine
from checkin.services.network.certificates.authority import VARIABLE, authority_of
from checkin.services.network.serving import Serving, ServingNote, serving_now
from tests.cli.conftest import Run


@pytest.fixture(autouse=True)
def _own_network(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "none")  # what `run` sets is taken back after the test
    monkeypatch.delenv("CHECKIN_BASE_URL", raising=False)
    monkeypatch.setenv("CHECKIN_MDNS", "off")
    addresses = [ip_address(text) for text in ("127.0.0.1", "192.168.1.20", "192.0.2.2")]
    monkeypatch.setattr(machine, "own_addresses", lambda: addresses)
    monkeypatch.setattr("checkin.cli.doctor.certificate.lan_addresses", lambda: addresses[1:])
    monkeypatch.setattr(machine.socket, "gethostname", lambda: "laptop")


@pytest.mark.parametrize("host", ["192.0.2.2", "8.8.8.8", "example.org", "laptop"])
def test_a_host_outside_the_constraints_says_what_to_do(host: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=f"--host {host} is neither: use --host 0.0.0.0"):
        self_signed(tmp_path / "tls", host)

    assert not (tmp_path / "tls").exists()


def test_run_refuses_such_a_host_in_one_line(demo: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "free_address", lambda host, _port: host)

    ran = demo("run", "--tls", "--host", "192.0.2.2")

    assert ran.code == 1
    said = ran.err.splitlines()[-1]  # after a warning where this runs as root
    assert said.startswith("error: --tls makes certificates for private addresses")
    assert "--tls-cert and --tls-key" in ran.err


@pytest.fixture
def served(demo: Run, home: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the other commands say while `run --tls` serves."""
    said: list[str] = []

    def serve(*_arguments: object, beside, **_options: object) -> None:
        with beside(lambda: None):
            said.extend(demo(*command).out for command in _COMMANDS)

    monkeypatch.setattr(running, "serve", serve)
    for name in ("CHECKIN_HOME", "CHECKIN_DATABASE_URL", "CHECKIN_BASE_URL"):
        monkeypatch.setenv(name, "")
    monkeypatch.setenv("CHECKIN_HOME", str(home))
    monkeypatch.setenv("CHECKIN_BASE_URL", "https://192.168.1.20:8000")
    said.append(demo("run", "--tls").out)
    return said


_COMMANDS = (("doctor",), ("device", "pair", "--gate", "Porte 1"))


def test_commands_show_the_fingerprint_and_the_names_left_out_of_the_certificate(
    served: list[str], home: Path
) -> None:
    doctor, pair, run = served
    authority = authority_of(home / "tls")
    assert authority

    assert "✓ certificate\n" in doctor
    assert f"its fingerprint begins with {beginning(authority.fingerprint)}\n" in doctor
    assert "left out of the certificate: laptop, 192.0.2.2 (" in doctor
    until = (datetime.now(UTC) + timedelta(days=30)).date().isoformat()
    assert f"certificate: until {until}; renewed while the server runs" in doctor
    assert "mDNS: off (CHECKIN_MDNS)" in doctor
    assert "no address of this machine" not in doctor
    assert f"--fingerprint {authority.fingerprint}\n" in pair
    assert f"&ca={authority.fingerprint.upper()}\n" in pair
    assert f"authority:  {beginning(authority.fingerprint)} is the beginning" in run
    assert "left out:   laptop, 192.0.2.2:" in run


def test_after_the_server_stopped_no_note_of_it_is_left(
    served: list[str], demo: Run, home: Path
) -> None:
    assert served
    assert serving_now(home) is None
    assert "--fingerprint" not in demo("device", "pair", "--gate", "Porte 1").out


def test_doctor_objects_to_an_address_that_the_certificate_is_not_about(
    demo: Run, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CHECKIN_BASE_URL", "https://192.0.2.2:8000")
    until = (datetime.now(UTC) + timedelta(days=30)).isoformat()
    note = ServingNote(home)
    note.change(authority="a" * 64, names=("localhost", "192.168.1.20"), certificate_until=until)

    ran = demo("doctor")

    assert ran.code == 1
    assert "✗ certificate: the server's address names 192.0.2.2, which the certificate" in ran.out
    monkeypatch.setenv("CHECKIN_BASE_URL", "https://192.168.1.20:8000")
    assert demo("doctor").code == 0


def test_the_note_of_the_running_server_is_read_back_and_deleted(tmp_path: Path) -> None:
    note = ServingNote(tmp_path)

    note.change(mdns="marhaba.local is 10.0.0.1")
    note.change(names=("localhost",))
    assert serving_now(tmp_path) == Serving(names=("localhost",), mdns="marhaba.local is 10.0.0.1")
    (tmp_path / "serving.json").write_text(json.dumps({"of": "another version"}))
    assert serving_now(tmp_path) is None
    note.forget()
    note.forget()
    assert serving_now(tmp_path) is None
