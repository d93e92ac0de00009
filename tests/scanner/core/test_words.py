import inspect

from scanner import words
from scanner.core import errors
from scanner.core.scan import Kind
from scanner.gate.station import Sight

WORDS = {key for table in words.TABLES for key in table}


def test_every_fault_and_every_verdict_has_words():
    faults = [c for _, c in inspect.getmembers(errors, inspect.isclass)]
    codes = {fault.code for fault in faults if fault is not errors.ScannerError}

    assert codes | set(Kind) | {Sight.NOT_OURS, Sight.AGAIN} <= WORDS


def test_no_key_has_two_sentences():
    assert sum(map(len, words.TABLES)) == len(WORDS)


def test_an_unknown_language_reads_the_default():
    assert words.say("zgh", "show_badge") == "Présentez le badge"
