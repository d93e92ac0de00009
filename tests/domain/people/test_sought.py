"""What a volunteer types into the search is read by its form."""

from __future__ import annotations

import pytest

from checkin.domain.people.sought import Sought, shown_ending, sought
from checkin.protocol.codes import format_code, token_hash

TOKEN = bytes(range(16))
CODE = format_code(TOKEN)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("  El-Fassi ", Sought(words=("el", "fassi"))),
        ("Karim@Example.org", Sought(email="karim@example.org")),
        ("06 12 00 07 77", Sought(phone="+212612000777")),
        ("+212612000777", Sought(phone="+212612000777")),
        ("777", Sought(number=777)),
        ("0777", Sought(number=777, phone_ending="0777")),
        ("٠٧٧٧", Sought(number=777, phone_ending="0777")),
        ("#7", Sought(number=7)),
        ("N° 7", Sought(number=7)),
        ("no 0777", Sought(number=777)),
        ("رقم 7", Sought(number=7)),
        (CODE, Sought(token_hash=token_hash(TOKEN))),
        (f" {CODE[:10].lower()}-{CODE[10:]}", Sought(token_hash=token_hash(TOKEN))),
        ("militant 12", Sought(words=("militant", "12"))),
        ("100%", Sought(words=("100",))),
        ("@karim", Sought(words=("karim",))),
        ("+999999999999", Sought(words=("999999999999",))),
    ],
)
def test_a_text_is_read_by_its_form(typed, meant):
    assert sought(typed) == meant


@pytest.mark.parametrize(
    ("typed", "is_nothing"),
    [("ab", True), ("12", True), ("", True), ("#1", False), ("a bc", False), ("7@", True)],
)
def test_too_little_searches_for_nothing(typed, is_nothing):
    assert sought(typed).is_nothing == is_nothing


def test_two_digits_of_a_telephone_are_shown():
    assert (shown_ending("+212612000777"), shown_ending(None)) == ("77", None)
