"""The sentences of the scanner other than verdicts, each under its own key.

`verdict_message` says a verdict's reason; `CARD_WORDS` is what else its card says, and
`IDLE_WORDS` what an idle gate says. The translations are in the catalogue `device`.
"""

from __future__ import annotations

from checkin.domain.gates.idle_words import IDLE_WORDS
from checkin.domain.scanning.bus_words import BUS_WORDS
from checkin.domain.scanning.card_words import CARD_WORDS
from checkin.words import catalogues
from checkin.words.languages import LANGUAGES
from scanner.words.faults import FAULTS
from scanner.words.forms import FORMS
from scanner.words.keys import KEYS
from scanner.words.labels import LABELS
from scanner.words.remarks import REMARKS

TABLES = (FAULTS, REMARKS, LABELS, FORMS, KEYS, CARD_WORDS, IDLE_WORDS, BUS_WORDS)
_WORDS = {key: sentence for table in TABLES for key, sentence in table.items()}


def say(language: str, key: str, **details: object) -> str:
    """Return the sentence or label `key` in `language`; an unknown language reads the default.

    Raises:
        KeyError: there is no such key, or a detail that the sentence needs is missing.
    """
    return catalogues.say("device", language, _WORDS[key], **details)


def next_language(language: str) -> str:
    """Return the language that the key L switches to."""
    tags = list(LANGUAGES)
    return tags[(tags.index(language) + 1) % len(tags)]
