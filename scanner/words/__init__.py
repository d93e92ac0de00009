"""What the scanner says besides the verdicts, in French, Arabic and English.

`verdict_message` has the words of the verdicts.
"""

from __future__ import annotations

from checkin.domain.scanning.messages import DEFAULT_LANGUAGE, LANGUAGES
from scanner.words.faults import FAULTS
from scanner.words.forms import FORMS
from scanner.words.keys import KEYS
from scanner.words.labels import LABELS
from scanner.words.remarks import REMARKS

TABLES = (FAULTS, REMARKS, LABELS, FORMS, KEYS)
_WORDS = {key: texts for table in TABLES for key, texts in table.items()}


def say(language: str, key: str, **details: object) -> str:
    """Return the sentence or label `key` in `language`; an unknown language reads French.

    Raises:
        KeyError: there is no such key, or a detail that the sentence needs is missing.
    """
    return _WORDS[key][language if language in LANGUAGES else DEFAULT_LANGUAGE].format(**details)


def next_language(language: str) -> str:
    """Return the language that the key L switches to."""
    return LANGUAGES[(LANGUAGES.index(language) + 1) % len(LANGUAGES)]
