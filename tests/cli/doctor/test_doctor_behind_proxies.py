"""What `doctor` says of a proxy that the settings do not name."""

from __future__ import annotations

from pathlib import Path

import pytest

from checkin.services.network.unread_forwarding import ForwardingWatch
from tests.cli.conftest import Ran, Run
from tests.support.factories import NOW


def line_of(ran: Ran) -> str:
    [line] = [line for line in ran.out.splitlines() if line[1:8] == " proxy:"]
    return line


def test_forwarded_headers_that_nobody_trusts_are_told_once_until_they_are(
    run: Run, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("init")
    before = run("doctor")
    ForwardingWatch(home).saw("127.0.0.1", NOW)

    told = run("doctor")
    monkeypatch.setenv("CHECKIN_TRUSTED_PROXIES", "127.0.0.1/32")
    after = run("doctor")

    assert line_of(told).startswith("– proxy: X-Forwarded-* headers arrived from 127.0.0.1, whom ")
    assert told.code == before.code  # a stranger can send such headers, too
    assert (line_of(before), line_of(after)) == ("– proxy: none", "✓ proxy: trusted: 127.0.0.1/32")


@pytest.mark.parametrize(
    ("sender", "network"), [("10.1.2.3", "10.1.2.3/32"), ("fd00::7", "fd00::7/128")]
)
def test_at_an_https_address_of_the_internet_the_proxy_must_be_named(
    run: Run, home: Path, monkeypatch: pytest.MonkeyPatch, sender: str, network: str
) -> None:
    monkeypatch.setenv("CHECKIN_BASE_URL", "https://checkin.example.org/marhaba")
    run("init")
    nobody_came = run("doctor")
    ForwardingWatch(home).saw(sender, NOW)
    somebody_came = run("doctor")

    line = "next: echo 'CHECKIN_TRUSTED_PROXIES={}' >>.env\n"
    assert (nobody_came.code, somebody_came.code) == (1, 1)
    assert line.format("127.0.0.1/32") in nobody_came.out
    assert line.format(network) in somebody_came.out
    assert line_of(somebody_came).startswith("✗ proxy: X-Forwarded-* headers arrived")
