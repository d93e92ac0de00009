"""Which of the computer's clocks measures durations."""

import time
from datetime import UTC, datetime, timedelta

import pytest

from scanner.offline import clock


@pytest.mark.parametrize(
    ("platform", "asked"),
    [("linux", time.CLOCK_BOOTTIME), ("darwin", time.CLOCK_MONOTONIC)],
)
def test_the_steady_clock_goes_on_while_the_lid_is_closed(monkeypatch, platform, asked):
    monkeypatch.setattr(clock.sys, "platform", platform)
    monkeypatch.setattr(clock.time, "clock_gettime", {asked: 7.0}.get)

    assert clock.steady_s() == 7.0


def test_a_system_without_such_a_clock_has_pythons_own(monkeypatch):
    monkeypatch.delattr(clock.time, "CLOCK_BOOTTIME")

    assert clock.steady_s() == pytest.approx(time.monotonic(), abs=1)


def test_a_later_run_knows_the_servers_time_though_the_wall_clock_was_set_meanwhile(monkeypatch):
    monkeypatch.setattr(clock, "boot_id", lambda: "this-boot")
    now = datetime.now(UTC)
    first = clock.DeviceClock()
    first.note(now + timedelta(minutes=3), now, 0.0)  # the wall clock is three minutes behind

    monkeypatch.setattr(clock, "wall_clock", lambda: datetime.now(UTC) + timedelta(days=1))
    skew_s = clock.skew_since(first.anchor(), kept_skew_s=-180.0)

    assert skew_s == pytest.approx(86_400 - 180, abs=5)


@pytest.mark.parametrize("anchor", ["", "an-earlier-boot 1750000000.000"])
def test_after_the_computer_was_off_the_skew_of_the_last_run_is_all_that_is_known(anchor):
    assert clock.skew_since(anchor, kept_skew_s=-180.0) == -180.0
