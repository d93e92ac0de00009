"""A process that stands still for longer than anybody waits (a closed lid, a machine that swaps, a
paused virtual machine) goes on where it was."""

from __future__ import annotations

import os
import signal
import time

import pytest

from tests.hardships.conftest import Begin
from tests.hardships.history import bring_everything, the_figures_are_the_log_s
from tests.support.waiting import wait_for

#: the longest wait of a gate for the server is 1.5 s for a live scan
LENGTHS = [4.0, pytest.param(600.0, marks=[pytest.mark.proof, pytest.mark.timeout(1800)])]


@pytest.mark.parametrize("seconds", LENGTHS)
def test_a_frozen_scanner_goes_on(begin: Begin, seconds: float) -> None:
    hall = begin(30)
    codes = hall.codes[:12]
    hall.hold_list()
    laptop = hall.laptop

    for code in codes[:4]:
        assert laptop.show(code)["status"] == "ok"
    laptop.hold_up(codes[4])  # a scan may be under way
    time.sleep(0.1)
    laptop.freeze(seconds)
    wait_for(lambda: laptop.of(codes[4]), "the badge that was held up meanwhile", 120)
    for code in codes[5:]:
        assert laptop.show(code)["status"] == "ok"
    bring_everything(laptop)

    assert hall.history.has_counted(codes)
    assert hall.history.lost(laptop.verdicts) == []
    assert hall.history.conflicts() == 0
    the_figures_are_the_log_s(hall.server, hall.token, len(codes))


@pytest.mark.parametrize("seconds", LENGTHS)
def test_gates_go_on_while_the_server_is_frozen_and_what_it_had_half_taken_counts_once(
    begin: Begin, seconds: float
) -> None:
    hall = begin(60)
    codes = iter(hall.codes)
    hall.hold_list()
    laptop = hall.laptop
    laptop.show_until_online(codes)

    os.killpg(hall.server.pid, signal.SIGSTOP)
    until = time.monotonic() + seconds
    meanwhile = [laptop.show(next(codes)) for _ in range(7)]
    time.sleep(max(0.0, until - time.monotonic()))
    os.killpg(hall.server.pid, signal.SIGCONT)
    wait_for(lambda: laptop.waiting() == 0, "what waits", 120)
    laptop.show_until_online(codes)
    bring_everything(laptop)

    assert [(one["status"], one["offline"]) for one in meanwhile] == [("ok", True)] * 7
    assert hall.history.has_counted(laptop.accepted())
    assert hall.history.lost(laptop.verdicts) == []
    assert hall.history.conflicts() == 0
    the_figures_are_the_log_s(hall.server, hall.token, len(laptop.accepted()))
