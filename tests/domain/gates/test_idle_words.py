"""What an idle gate says, in every language."""

from __future__ import annotations

from checkin.domain.gates.idle_words import IDLE_WORDS, idle_sentences


def test_a_gate_gets_its_sentences_with_their_places_open():
    assert idle_sentences("en") == IDLE_WORDS
    assert idle_sentences("fr")["doors_until"] == "Portes ouvertes jusqu’à {time}"
