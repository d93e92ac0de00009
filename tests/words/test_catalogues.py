"""`say` uses the language asked for, and the default for an unknown one."""

from __future__ import annotations

import pytest

from checkin.words.catalogues import say


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("fr", "Caméra 2"),
        ("ar", "الكاميرا \u20682\u2069"),
        ("en", "Camera 2"),
        ("xx", "Caméra 2"),
        ("", "Caméra 2"),
    ],
)
def test_a_sentence_is_said_in_its_language_with_its_details(language, said):
    assert say("device", language, "Camera {number}", number=2) == said


def test_a_detail_that_the_sentence_needs_is_not_left_out_silently():
    with pytest.raises(KeyError):
        say("device", "fr", "Camera {number}")
