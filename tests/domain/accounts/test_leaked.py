"""Passwords that were published are refused, and nearly all others are not."""

from __future__ import annotations

import random

from checkin.domain.accounts.leaked import FILTER, FILTER_BYTES, is_leaked


def test_passwords_that_were_published_are_known_in_small_letters_too():
    published = [
        "civilization",
        "sanfrancisco",
        "qwertyytrewq",
        "KingdomHearts3",
        "raymondmissorten",
    ]

    assert [one for one in published if not is_leaked(one)] == []
    assert is_leaked("SanFrancisco")


def test_one_other_password_in_250_is_taken_for_a_published_one():
    rng = random.Random(1)
    others = [rng.randbytes(12).hex() for _ in range(5_000)]

    assert sum(map(is_leaked, others)) < len(others) / 150


def test_the_filter_is_whole_and_its_licence_beside_it():
    bits = FILTER.read_bytes()

    assert len(bits) == FILTER_BYTES
    # Half of the bits are set: any fewer, and passwords would be missing.
    assert 0.50 < int.from_bytes(bits).bit_count() / (8 * FILTER_BYTES) < 0.51
    assert "MIT License" in (FILTER.parent / "LICENSE").read_text()
