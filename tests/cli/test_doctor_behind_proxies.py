"""What `doctor` says of a proxy that the settings do not name."""

from __future__ import annotations

from pathlib import Path

from checkin.services.network.unread_forwarding import ForwardingWatch
from tests.cli.conftest import Run
from tests.support.factories import NOW


def test_forwarded_headers_that_nobody_trusts_are_told_once_until_they_are(
    run: Run, home: Path, monkeypatch
) -> None:
    run("init")
    before = run("doctor")
    ForwardingWatch(home).saw("127.0.0.1", NOW)

    told = run("doctor")
    monkeypatch.setenv("CHECKIN_TRUSTED_PROXIES", "127.0.0.1/32")
    after = run("doctor")

    lines = [line for line in told.out.splitlines() if "X-Forwarded" in line]
    assert [line[:55] for line in lines] == [
        "look X-Forwarded-* headers arrived from 127.0.0.1, whom"
    ]
    assert told.code == before.code  # a stranger can send such headers, too
    assert "X-Forwarded" not in before.out + after.out
