"""Which of the computer's clocks measures durations."""

import time

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
