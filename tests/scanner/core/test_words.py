import inspect
import string

import pytest

from checkin.words.languages import LANGUAGES
from scanner import words
from scanner.core import errors
from scanner.core.scan import Kind
from scanner.gate.station import Sight

WORDS = {key: texts for table in words.TABLES for key, texts in table.items()}


def places(sentence):
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


@pytest.mark.parametrize("key", WORDS)
def test_every_sentence_says_the_same_in_three_languages(key):
    texts = WORDS[key]

    assert set(texts) == set(LANGUAGES)
    assert len({frozenset(places(text)) for text in texts.values()}) == 1


def test_every_fault_and_every_verdict_has_words():
    faults = [c for _, c in inspect.getmembers(errors, inspect.isclass)]
    codes = {fault.code for fault in faults if fault is not errors.ScannerError}

    assert codes | set(Kind) | {Sight.NOT_OURS, Sight.AGAIN} <= set(WORDS)


def test_no_key_has_two_sentences():
    assert sum(map(len, words.TABLES)) == len(WORDS)


def test_an_unknown_language_reads_french():
    assert words.say("zgh", "show_badge") == "Présentez le badge"
