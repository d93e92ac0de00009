"""How full a hall is, where a hall is small; and which words a stop is told in."""

from __future__ import annotations

import pytest

from checkin.domain.scanning.hall import Hall, Stop, hall_of
from tests.support.factories import NOW


@pytest.mark.parametrize(
    ("inside", "percent", "level"), [(0, 0, 0), (3, 75, 0), (4, 100, 100), (5, 125, 100)]
)
def test_a_hall_is_as_full_as_whole_percents_say(inside, percent, level):
    assert hall_of(inside, 4) == Hall(inside, 4, percent, level)


@pytest.mark.parametrize(
    ("inside", "percent", "level"),
    [
        (-1, 0, 0),
        (0, 0, 0),
        (799, 79, 0),
        (800, 80, 80),
        (899, 89, 80),
        (900, 90, 90),
        (999, 99, 90),
        (1000, 100, 100),
        (1001, 100, 100),
    ],
)
def test_the_hall_warns_at_80_90_and_100_percent(inside, percent, level):
    assert hall_of(inside, 1000) == Hall(inside, 1000, percent, level)


def test_an_empty_hall_stays_so_when_an_exit_is_counted_before_its_entry():
    assert hall_of(-1, 4) == Hall(-1, 4, 0, 0)


@pytest.mark.parametrize(
    ("language", "said"), [("ar", "قفوا"), ("en", "Stop"), ("fr", "Arrêt"), ("tzm", "Arrêt")]
)
def test_a_stop_is_told_in_the_readers_language_else_in_french(language, said):
    messages = {"fr": "Arrêt", "ar": "قفوا", "en": "Stop"}

    assert Stop(NOW, messages).message(language) == said
