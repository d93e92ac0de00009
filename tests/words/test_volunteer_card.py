"""The volunteer's card says what the screens say."""

import pytest

from checkin.domain.scanning.card_words import CARD_WORDS
from checkin.domain.scanning.messages import refusal_message, usual_act
from checkin.domain.scanning.next_steps import NextStep, Step, act_message
from checkin.domain.scanning.reasons import REASONS, Face
from checkin.words.catalogues import translated
from checkin.words.languages import LANGUAGES
from checkin.words.volunteer_card import volunteer_card

ORANGE = [row.reason for row in REASONS if row.face == Face.ALREADY]
#: the acts that name nothing: those that a card could promise
ACTS = [act for act in NextStep if "{" not in act_message(Step(act), "en", time="{")]


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


def on_orange(language):
    """Return the rule of the card's orange face, and its example: a reason and the act after it."""
    [todo] = [face.todo for face in volunteer_card(language).faces if face.mark == Face.ALREADY]
    rule, _, example = todo.removesuffix(".").partition(". ")
    reason, _, act = example.partition(":")
    return rule, reason.strip(), act.strip()


def contradicts(told, reason, language):
    """Say whether the card (rule, example's reason, its act) has another act than the screen."""
    rule, of, act = told
    acts_of_rule = [one for one in ACTS if act_message(Step(one), language) in rule]
    is_its_example = of == refusal_message(reason, language)
    return bool(acts_of_rule) or (is_its_example and act not in usual_act(reason, language))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("reason", ORANGE)
def test_no_orange_refusal_sends_elsewhere_on_the_card_than_on_the_screen(reason, language):
    assert not contradicts(on_orange(language), reason, language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_orange_face_says_to_follow_the_screen_with_an_example_of_its_own(language):
    rule, of, act = on_orange(language)

    assert (
        rule
        == {
            "en": "Follow the screen",
            "fr": "Suivez l’écran",
            "ar": "اتبعوا الشاشة",
        }[language]
    )
    assert of in [refusal_message(reason, language) for reason in ORANGE]
    assert act == act_message(Step(NextStep.HELP_DESK), language)


@pytest.mark.parametrize("reason", ORANGE)
def test_a_card_that_says_another_act_than_the_screen_is_noticed(reason):
    """The control: the card as it once was, and an example with an act of another reason."""
    sends = act_message(Step(NextStep.HELP_DESK), "en")
    waits = act_message(Step(NextStep.WAIT), "en")

    assert contradicts((f"Read the screen, then {sends}", "", ""), reason, "en")
    assert contradicts(("", refusal_message(reason, "en"), waits), reason, "en")
