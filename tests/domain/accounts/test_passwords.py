"""Which passwords are refused, and why."""

from __future__ import annotations

import pytest

from checkin.domain.accounts.passwords import Weakness, weakness_of

SENTENCE = "tabouret vert, lune orange et quatre chats "


@pytest.mark.parametrize(
    ("length", "weakness"),
    [(11, Weakness.SHORT), (12, None), (200, None), (201, Weakness.LONG)],
)
def test_a_password_has_12_to_200_characters(length, weakness):
    assert weakness_of((SENTENCE * 5)[:length]) == weakness


def test_a_password_of_ten_to_the_eighth_guesses_is_accepted():
    assert weakness_of("marhaba2025!x") is None


@pytest.mark.parametrize(
    "word",
    ["marhaba", "bienvenue", "motdepasse", "administrateur", "maroc", "rabat", "مرحبا"],
)
def test_a_word_that_everybody_here_knows_and_the_date_of_the_event_are_common(word):
    assert weakness_of(f"{word}14062025") == Weakness.COMMON


@pytest.mark.parametrize(
    ("password", "name", "weakness"),
    [
        ("SamiraAlaoui-k7q9xz", "Samira Alaoui", Weakness.PERSONAL),
        ("SamiraAlaoui-k7q9xz2", "Samira Alaoui", None),  # eight characters of their own
        ("Ali-Zaz-2026", "Ali Zaz", Weakness.PERSONAL),
        ("bokbo9xvboq7", "Bo Li", None),  # two letters are in any password
        ("anabelle anabelle", "Ana Anabelle", Weakness.PERSONAL),  # the longer name goes first
        ("k 7 q 9 x z 2", "Samira Alaoui", None),
    ],
)
def test_a_password_is_more_than_the_person_s_name(password, name, weakness):
    assert weakness_of(password, [name]) == weakness
