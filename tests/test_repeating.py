"""Which tests `script/test` runs a second time."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

GATE = "tests/browser/gates/test_bus.py::test_a_bus_is_let_in"
DAY = "tests/modes/test_first_day.py::test_the_first_day[wheel]"


@pytest.fixture(scope="module")
def repeat():
    spec = importlib.util.spec_from_file_location("repeat", ROOT / "script/repeat.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_a_few_that_waited_for_a_browser_are_run_again(repeat):
    assert repeat.to_repeat([DAY, GATE]) == [GATE, DAY]


def test_a_control_of_a_race_is_run_again(repeat):
    control = "tests/services/test_quota.py::test_control_without_a_lock"

    assert repeat.to_repeat([control]) == [control]


def test_where_anything_else_failed_nothing_is(repeat):
    assert repeat.to_repeat([GATE, "tests/services/test_quota.py::test_race"]) == []


def test_where_many_failed_nothing_is(repeat):
    assert repeat.to_repeat([f"{GATE}[{number}]" for number in range(repeat.MOST + 1)]) == []
