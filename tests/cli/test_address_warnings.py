"""Commands warn of an address that contradicts the server, and refuse where .env rules."""

from __future__ import annotations

from ipaddress import ip_address
from pathlib import Path

import pytest

from checkin.cli.running import run as running
from checkin.services.network import public_address as service
from tests.cli.conftest import Run
from tests.cli.test_address import listen

ANOTHER = "this machine has 10.77.5.1, not 192.168.1.20; set an address that it has, or name "
ELSEWHERE = "the server answers at https://10.77.5.1:8000, not at http://10.77.5.1:8000; set "


@pytest.fixture
def laptop(run: Run, monkeypatch: pytest.MonkeyPatch) -> Run:
    """A machine with one address on a network, for which nobody has set an address."""
    monkeypatch.delenv("CHECKIN_BASE_URL")
    monkeypatch.setenv("CHECKIN_MDNS", "off")
    monkeypatch.setattr(service, "likely_lan_addresses", lambda: [ip_address("10.77.5.1")])
    own = [ip_address(text) for text in ("10.77.5.1", "127.0.0.1")]
    monkeypatch.setattr(service, "own_addresses", lambda: own)
    assert run("init").code == 0
    return run


def test_setting_another_machines_address_is_warned_of_before_the_first_start(laptop: Run) -> None:
    ran = laptop("address", "--set", "http://192.168.1.20:8000")

    assert ran.code == 0
    assert ran.out.startswith("address: http://192.168.1.20:8000 (set on")
    assert f"\nwarning: {ANOTHER}" in ran.out


def test_a_port_or_scheme_of_nobody_is_warned_of_once_the_server_was_started(
    laptop: Run, home: Path
) -> None:
    before = laptop("address", "--set", "http://10.77.5.1:8000")
    listen(home, "0.0.0.0", 8000, "https")
    after = laptop("address")
    mended = laptop("address", "--set", "https://10.77.5.1:8000")

    assert "warning" not in before.out + mended.out
    assert f"\nwarning: {ELSEWHERE}" in after.out
    assert "\nor:      https://10.77.5.1:8000 (address --lan 10.77.5.1)\n" in after.out


def test_behind_a_trusted_proxy_nothing_is_warned_of(
    laptop: Run, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CHECKIN_TRUSTED_PROXIES", "127.0.0.1/32")
    listen(home, "0.0.0.0", 8000, "https")

    for url in ("http://192.168.1.20:8000", "http://10.77.5.1:8000"):
        assert "warning" not in laptop("address", "--set", url).out
        assert "10.77.5.1, not" not in laptop("doctor").out
        assert "✓ server's address: " in laptop("doctor").out


def test_the_doctor_calls_one_bad_and_the_other_worth_a_look(laptop: Run, home: Path) -> None:
    listen(home, "0.0.0.0", 8000, "https")

    laptop("address", "--set", "http://10.77.5.1:8000")
    bad = laptop("doctor")
    laptop("address", "--set", "http://192.168.1.20:8000")
    look = laptop("doctor")

    assert bad.code == 1
    assert f"\n✗ server's address: {ELSEWHERE}" in bad.out
    assert "\n    python -m checkin address --set https://10.77.5.1:8000\n" in bad.out
    assert f"\n– server's address: {ANOTHER}" in look.out


@pytest.fixture
def started(laptop: Run, monkeypatch: pytest.MonkeyPatch) -> Run:
    """`run` up to where it would serve."""
    monkeypatch.setattr(running, "serve", lambda *_arguments, **_named: None)
    monkeypatch.setattr(running, "free_address", lambda host, _port: host)
    for name in ("CHECKIN_HOME", "CHECKIN_DATABASE_URL", "MARHABA_DOTENV"):
        monkeypatch.setenv(name, running.os.environ.get(name, ""))  # `run` sets them for good
    return laptop


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("http://192.168.1.20:8000", ANOTHER),
        (
            "https://10.77.5.1:8000",
            "the server answers at http://10.77.5.1:8000, not at https://10.77.5.1:8000; set ",
        ),
    ],
)
def test_run_says_so_and_which_address_works_here(started: Run, url: str, sentence: str) -> None:
    started("address", "--set", url)

    ran = started("run", "--host", "0.0.0.0")

    assert f"\nwarning:    {sentence}" in ran.out
    assert "\nworks here: http://10.77.5.1:8000\n" in ran.out
    assert "\nor:         http://10.77.5.1:8000, chosen by: " in ran.out


def test_run_warns_of_nothing_where_all_agrees(started: Run) -> None:
    ran = started("run", "--host", "0.0.0.0")

    assert "\naddress:    http://10.77.5.1:8000 (this machine's address" in ran.out
    assert "warning" not in ran.out
    assert "works here" not in ran.out


@pytest.mark.parametrize("place", ["the environment", "the file .env"])
@pytest.mark.parametrize(
    ("option", "value", "variable", "ruling"),
    [
        ("--set", "https://page.example.org", "CHECKIN_BASE_URL", "http://192.168.1.20"),
        ("--set", "", "CHECKIN_BASE_URL", "http://192.168.1.20"),
        ("--lan", "10.77.5.1", "CHECKIN_BASE_URL", "http://192.168.1.20"),
        ("--sender", "a@example.org", "CHECKIN_MAIL_FROM", "b@example.org"),
    ],
)
def test_an_address_set_by_the_environment_cannot_be_set_by_the_command(
    laptop: Run,
    home: Path,
    monkeypatch: pytest.MonkeyPatch,
    place: str,
    option: str,
    value: str,
    variable: str,
    ruling: str,
) -> None:
    dotenv = home.parent / ".env"
    if place == "the environment":
        monkeypatch.setenv(variable, ruling)
    else:
        dotenv.write_text(f"{variable}={ruling}\n")

    ran = laptop("address", option, value)

    assert (ran.code, ran.out) == (1, "")
    assert ran.err == (
        f"error: {variable} in {place} rules, and nothing was changed: change or remove it there, "
        "then start the server again\n"
    )
    monkeypatch.delenv(variable, raising=False)
    dotenv.unlink(missing_ok=True)
    assert "set on the page" not in laptop("address").out


def test_nothing_is_kept_where_one_of_two_options_is_refused(
    laptop: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CHECKIN_MAIL_FROM", "b@example.org")

    ran = laptop("address", "--set", "https://m.example.org", "--sender", "a@example.org")

    assert ran.code == 1
    assert "m.example.org" not in laptop("address").out


def test_no_choice_is_offered_while_the_environment_rules(
    started: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    free = started("run", "--host", "0.0.0.0", "--port", 8000).out
    monkeypatch.setattr(
        service,
        "likely_lan_addresses",
        lambda: [ip_address("10.77.5.1"), ip_address("10.8.0.3")],
    )
    offered = started("address").out + started("run", "--host", "0.0.0.0").out
    monkeypatch.setenv("CHECKIN_BASE_URL", "http://192.168.1.20:8000")
    ruled = started("address").out + started("run", "--host", "0.0.0.0").out

    assert "or: " not in free
    assert offered.count("10.8.0.3:8000") == 2
    assert "or: " not in ruled
    assert "--lan" not in ruled
    assert "\nworks here: http://10.77.5.1:8000\n" in ruled
