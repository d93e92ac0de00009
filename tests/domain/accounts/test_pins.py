"""PINs: their form, and which are tried first."""

from __future__ import annotations

import pytest

from checkin.domain.accounts.passwords import is_guessable, is_pin


@pytest.mark.parametrize("text", ["1234", "00000000"])
def test_four_to_eight_digits_are_a_pin(text):
    assert is_pin(text)


@pytest.mark.parametrize("text", ["", "123", "123456789", "12a4", "١٢٣٤", "12 34", "-123"])
def test_other_texts_are_no_pin(text):
    assert not is_pin(text)


@pytest.mark.parametrize(
    "pin",
    [
        *("0000", "111111", "1234", "4321", "7890", "24680", "987654"),
        *("1212", "123123", "48214821", "1984", "2025"),
        *("2580", "0852", "1379", "1397", "7913", "3179"),
    ],
)
def test_what_people_try_first_is_guessable(pin):
    assert is_guessable(pin)


@pytest.mark.parametrize("pin", ["4821", "482913", "100200", "3019", "121231", "12121", "200417"])
def test_uncommon_pins_are_not_guessable(pin):
    assert not is_guessable(pin)


def test_few_pins_are_refused():
    looked_at = range(0, 10**6, 17)
    refused = sum(is_guessable(f"{number:06d}") for number in looked_at)

    assert 0 < refused < len(looked_at) / 500
