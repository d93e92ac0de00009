"""A scanner that is killed again and again loses nothing that it has shown, and counts nobody
twice."""

from __future__ import annotations

import random
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.hardships.conftest import Begin, Hall
from tests.hardships.history import bring_everything, the_figures_are_the_log_s
from tests.support.waiting import wait_for

#: badges, and at least so many kills among them
SHORT, LONG = (8, 4), (200, 60)
LENGTHS = [SHORT, pytest.param(LONG, marks=[pytest.mark.proof, pytest.mark.timeout(3600)])]
#: in seconds, from the start of one life in four, and from the first picture of the others
_LIFE_S = (0.05, 3.0)
_ENDS_EARLY = 0.25


@contextmanager
def killed(hall: Hall, chance: random.Random) -> Iterator[list[int]]:
    """Kill the laptop's scanner at random moments and start it again; yield how often it was."""
    over, kills, laptop = threading.Event(), [0], hall.laptop

    def kill_again_and_again() -> None:
        while not over.wait(chance.uniform(*_LIFE_S)):
            laptop.kill()
            kills[0] += 1
            watched = laptop.camera.opened
            laptop.start()
            if chance.random() > _ENDS_EARLY:  # however busy the machine is, it gets to a badge
                wait_for(lambda: laptop.camera.opened > watched or over.is_set(), "a picture", 120)  # noqa: B023 - at once

    killer = threading.Thread(target=kill_again_and_again)
    killer.start()
    try:
        yield kills
    finally:
        over.set()
        killer.join()


def read_all(hall: Hall, codes: list[str], least: int) -> None:
    """Hold up each badge until something is said about it, through at least so many kills."""
    laptop = hall.laptop
    with killed(hall, random.Random(len(codes))) as kills:
        for at, code in enumerate(codes):
            laptop.hold_up(code)
            enough = least * (at + 1) // len(codes)  # spread over all of them
            wait_for(lambda: laptop.of(code) and kills[0] >= enough, code, 240)  # noqa: B023 - at once


@pytest.mark.parametrize("length", LENGTHS)
def test_online_every_badge_is_counted_once(begin: Begin, length: tuple[int, int]) -> None:
    badges, kills = length
    hall = begin(badges * 2)
    codes = hall.codes[:badges]
    hall.laptop.start()

    read_all(hall, codes, kills)
    hall.laptop.put_away()
    bring_everything(hall.laptop)

    assert hall.history.has_counted(codes)
    assert hall.history.lost(hall.laptop.verdicts) == []
    assert hall.history.conflicts() == 0
    the_figures_are_the_log_s(hall.server, hall.token, badges)


@pytest.mark.parametrize("length", LENGTHS)
def test_offline_every_badge_is_counted_once(begin: Begin, length: tuple[int, int]) -> None:
    badges, kills = length
    hall = begin(badges * 2)
    codes = hall.codes[:badges]
    hall.hold_list()
    hall.server.kill()

    read_all(hall, codes, kills)
    hall.laptop.put_away()
    assert {one["offline"] for one in hall.laptop.verdicts} == {True}
    hall.server.start()
    bring_everything(hall.laptop)

    assert hall.history.has_counted(codes)
    assert hall.history.lost(hall.laptop.verdicts) == []
    assert hall.history.conflicts() == 0
    the_figures_are_the_log_s(hall.server, hall.token, badges)
