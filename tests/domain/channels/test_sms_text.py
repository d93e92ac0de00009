"""How many messages a text takes, with the letters of every telephone and with all others."""

from __future__ import annotations

import pytest

from checkin.domain.channels.sms_text import first_that_fits, is_gsm, plain, segments


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 1),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("é" * 160, 1),
        ("€" * 80, 1),
        ("€" * 81, 2),
        # a sign of two places does not stand in two messages: 152 and 154 are used of 306
        ("a" * 152 + "€" + "a" * 152, 3),
        ("a" * 151 + "€" + "a" * 153, 2),
        ("م" * 70, 1),
        ("م" * 71, 2),
        ("م" * 134, 2),
        ("م" * 135, 3),
        ("ê" + "a" * 69, 1),
        ("ê" + "a" * 70, 2),
        ("😀" * 35, 1),
        ("😀" * 36, 2),
        ("م" * 66 + "😀" + "م" * 66, 3),
    ],
)
def test_segments_are_counted_as_telephones_count_them(text, count):
    assert segments(text) == count


def test_plain_texts_keep_the_letters_of_every_telephone():
    text = plain("\u2068Amina\u2069, «\u00a0l’entrée\u202f»… – \u200e")

    assert (text, is_gsm(text)) == ('Amina, " l\'entrée "... -', True)
    assert not is_gsm("fête")


def test_the_first_text_that_takes_two_messages_is_chosen_and_else_the_last():
    assert first_that_fits(["م" * 135, "م" * 134, "م"]) == "م" * 134
    assert first_that_fits(["م" * 135, "ن" * 136]) == "ن" * 136
