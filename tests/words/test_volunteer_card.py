"""The volunteer's card says what the screens say."""

from checkin.domain.scanning.card_words import CARD_WORDS
from checkin.words.catalogues import translated
from checkin.words.languages import LANGUAGES
from checkin.words.volunteer_card import volunteer_card


def test_the_card_has_the_screens_own_word_for_each_colour():
    told = {
        (language, face.mark): face.word.partition(" · ")[2]
        for language in LANGUAGES
        for face in volunteer_card(language).faces
    }

    assert told == {
        (language, mark): translated("device", language, CARD_WORDS[mark])
        for language in LANGUAGES
        for mark in ("admitted", "already", "refused", "pending")
    }
