"""What befalls a gate on the way: a network without IPv4, a clock that is set while it scans."""

from __future__ import annotations

import socket
from datetime import UTC, datetime, timedelta

import pytest

from scanner.offline.clock import DeviceClock
from tests.scanner.decode.pictures import FATIMA, a_code
from tests.scanner.server.fake_server import FakeServer
from tests.scanner.server.test_answers_of_others import Laptop

A_DAY = timedelta(hours=24)


def has_ipv6():
    try:
        with socket.socket(socket.AF_INET6) as tried:
            tried.bind(("::1", 0))
    except OSError:
        return False
    return True


@pytest.mark.skipif(not has_ipv6(), reason="this machine has no IPv6")
def test_a_server_with_ipv6_alone_is_reached(tmp_path):
    with FakeServer({a_code(1): FATIMA}, host="::1") as server:
        laptop = Laptop(server, tmp_path, None)
        laptop.rounds(1)

        scan = laptop.scan(a_code(1))

        assert laptop.gate.link.online
        assert scan.scan_id in server.answers
        laptop.gate.close()


@pytest.mark.parametrize("jump", [A_DAY, -A_DAY])
def test_a_clock_that_jumps_between_two_runs_moves_no_scan(tmp_path, jump):
    with FakeServer({a_code(1): FATIMA}) as server:
        first = Laptop(server, tmp_path, None)
        first.rounds(1)
        first.gate.link.online = False
        read_at = datetime.now(UTC)
        first.scan(a_code(1))
        first.gate.close()

        clock = DeviceClock(lambda: datetime.now(UTC) + jump)
        second = Laptop(server, tmp_path, None, clock)
        second.rounds(2)

        [batch] = server.batches
        device_time, scanned_at = (
            datetime.fromisoformat(text)
            for text in (batch["device_time"], batch["scans"][0]["scanned_at"])
        )
        told = datetime.now(UTC) - (device_time - scanned_at)
        assert abs(told - read_at) < timedelta(seconds=20)
        second.gate.close()


@pytest.mark.parametrize("jump", [A_DAY, -A_DAY])
def test_a_clock_that_is_set_while_the_scanner_runs_is_not_asked_again(tmp_path, jump):
    offset = [timedelta()]
    clock = DeviceClock(lambda: datetime.now(UTC) + offset[0])
    with FakeServer({a_code(1): FATIMA}) as server:
        laptop = Laptop(server, tmp_path, None, clock)
        laptop.rounds(1)

        offset[0] = jump
        scan = laptop.scan(a_code(1))

        assert abs(scan.scanned_at - datetime.now(UTC)) < timedelta(seconds=20)
        assert not clock.is_off()
        laptop.gate.close()
